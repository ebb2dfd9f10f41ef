"""Sites, and what a key may use."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LIMITS = ("most_requests_minute", "most_bytes_hour", "most_looks", "most_spend_day", "most_spend_month")


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as keys:
        for name in _LIMITS:
            keys.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "key_tallies",
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("slots", sa.JSON(), nullable=False),
    )
    op.create_table(
        "key_looks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("window_id", sa.String(64), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
    )
    op.create_index("key_looks_by_key", "key_looks", ["client_id", "key_id", "until_s"])
    op.create_index("key_looks_by_window", "key_looks", ["client_id", "window_id"])
    op.create_table(
        "sites",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("client_id", "name", name="sites_by_name"),
    )
    op.create_table(
        "camera_sites",
        sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("camera_id", sa.String(64), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
    )
    op.create_index("camera_sites_by_site", "camera_sites", ["client_id", "site_id"])
    op.create_index("analyses_by_camera", "analyses", ["client_id", "camera_id", "end_s"])
    op.create_index("incidents_by_camera", "incidents", ["client_id", "camera_id", "opened_s"])


def downgrade() -> None:
    """An older program knows no limits of a key, and no sites; keys work on without them."""
    op.drop_index("incidents_by_camera", "incidents")
    op.drop_index("analyses_by_camera", "analyses")
    for table in ("camera_sites", "sites", "key_looks", "key_tallies"):
        op.drop_table(table)
    with op.batch_alter_table("api_keys") as keys:
        for name in _LIMITS:
            keys.drop_column(name)
