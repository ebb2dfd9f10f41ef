"""Links to an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("rights", sa.String(16), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("expires_s", sa.Double(), nullable=False),
        sa.Column("revoked_s", sa.Double(), nullable=True),
        sa.Column("fetched", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("opened", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_opened_s", sa.Double(), nullable=True),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["client_id", "incident_id"], ["incidents.client_id", "incidents.id"]),
    )
    op.create_index("links_by_incident", "links", ["client_id", "incident_id"])
    op.create_index("links_by_id", "links", ["id"], unique=True)
    op.create_index("links_by_end", "links", ["expires_s"])


def downgrade() -> None:
    op.drop_table("links")
