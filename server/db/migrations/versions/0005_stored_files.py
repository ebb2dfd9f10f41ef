"""Clips, stills and uploads under way."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=True),
        sa.Column("window_id", sa.String(64), nullable=True),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("touched_s", sa.Double(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
    )
    op.create_index("files_by_incident", "files", ["client_id", "incident_id", "kind"])
    op.create_index("files_by_window", "files", ["client_id", "window_id", "kind"])
    op.create_index("files_by_camera", "files", ["client_id", "camera_id", "created_s"])
    op.create_index("files_by_state", "files", ["state", "touched_s"])


def downgrade() -> None:
    """The bytes stay where they are in the storage; an older program does not know them."""
    op.drop_table("files")
