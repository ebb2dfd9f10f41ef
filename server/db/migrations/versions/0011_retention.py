"""What is kept for how long, and what the daily job has erased."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("keep", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "retention_runs",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("begun_s", sa.Double(), nullable=False),
        sa.Column("finished_s", sa.Double(), nullable=True),
        sa.Column("erased", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("retention_runs")
    op.drop_column("clients", "keep")
