"""Clients have a time zone: usage is counted by its days and months. The clients of before get the server's own."""

import sqlalchemy as sa
from alembic import op

from vigint_core.clock import zone_name

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("time_zone", sa.String(64), nullable=False, server_default="UTC"))
    table = sa.table("clients", sa.column("time_zone"))
    op.execute(sa.update(table).values(time_zone=zone_name()))
    op.create_index("calls_by_time", "calls", ["client_id", "at_s"])
    op.drop_index("ix_calls_client_id", "calls")


def downgrade() -> None:
    op.create_index("ix_calls_client_id", "calls", ["client_id"])
    op.drop_index("calls_by_time", "calls")
    op.drop_column("clients", "time_zone")
