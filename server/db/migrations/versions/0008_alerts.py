"""Who is told, and what was sent; the language of a client."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("language", sa.String(8), nullable=False, server_default="en"))
    op.create_table(
        "recipients",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("least", sa.String(16), nullable=False),
        sa.Column("always", sa.String(16), nullable=True),
        sa.Column("states", sa.String(64), nullable=False),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("recipient_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("due_s", sa.Double(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("composed_s", sa.Double(), nullable=True),
        sa.Column("finished_s", sa.Double(), nullable=True),
        sa.Column("message_id", sa.String(320), nullable=False),
        sa.Column("follows", sa.String(4000), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failing_s", sa.Double(), nullable=True),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
    )
    op.create_index("alerts_by_recipient", "alerts", ["client_id", "recipient_id", "composed_s"])
    op.create_index("alerts_by_state", "alerts", ["state", "channel", "finished_s"])
    op.create_table(
        "alert_items",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("alert_id", sa.String(32), primary_key=True),
        sa.Column("incident_id", sa.String(64), primary_key=True),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("news", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
    )
    op.create_index("alert_items_by_incident", "alert_items", ["client_id", "incident_id"])


def downgrade() -> None:
    """What still waits to be sent is lost: an older program sends nothing."""
    for table in ("alert_items", "alerts", "recipients"):
        op.drop_table(table)
    op.drop_column("clients", "language")
