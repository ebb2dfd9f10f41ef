"""What changed, in order; reviews of incidents, and which windows belong to them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("last_event", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "events",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
    )
    op.create_index("ix_events_at_s", "events", ["at_s"])
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        incidents.add_column(sa.Column("reviews", sa.JSON(), nullable=False, server_default="[]"))
        incidents.add_column(sa.Column("review_state", sa.String(16), nullable=False, server_default="new"))
        incidents.add_column(sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
        incidents.add_column(sa.Column("shown", sa.Text(), nullable=True))
    op.drop_index("incidents_by_time", "incidents")
    op.create_index("incidents_by_time", "incidents", ["client_id", "opened_s", "id"])
    op.create_table(
        "incident_windows",
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("incident_id", sa.String(64), primary_key=True),
        sa.Column("window_id", sa.String(64), primary_key=True),
        sa.ForeignKeyConstraint(
            ["client_id", "incident_id"], ["incidents.client_id", "incidents.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("incident_windows_by_window", "incident_windows", ["client_id", "window_id"])


def downgrade() -> None:
    op.drop_table("incident_windows")
    op.drop_index("incidents_by_time", "incidents")
    with op.batch_alter_table("incidents") as incidents:
        for name in ("version", "reviews", "review_state", "locked", "shown"):
            incidents.drop_column(name)
    op.create_index("incidents_by_time", "incidents", ["client_id", "opened_s"])
    op.drop_table("events")
    op.drop_column("clients", "last_event")
