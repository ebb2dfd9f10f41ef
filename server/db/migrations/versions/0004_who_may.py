"""Keys with scopes, an end, a last use and a second secret while they are changed; failed sign-ins are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DESK = "analyse incidents:read incidents:write usage:read"
"""What every key could do so far."""
_ADDED = ("scopes", "expires_s", "last_used_s", "old_digest", "old_until_s")


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as keys:
        keys.add_column(sa.Column("scopes", sa.String(200), nullable=False, server_default=_DESK))
        keys.add_column(sa.Column("expires_s", sa.Double(), nullable=True))
        keys.add_column(sa.Column("last_used_s", sa.Double(), nullable=True))
        keys.add_column(sa.Column("old_digest", sa.String(64), nullable=True))
        keys.add_column(sa.Column("old_until_s", sa.Double(), nullable=True))
    op.create_table(
        "failed_sign_ins",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_s", sa.Double(), nullable=False),
    )
    op.create_index("ix_failed_sign_ins_window_s", "failed_sign_ins", ["window_s"])


def downgrade() -> None:
    """An older program knows no bounds of a key: those that have one are revoked rather than set free."""
    op.drop_table("failed_sign_ins")
    keys = sa.table("api_keys", *(sa.column(name) for name in ("created_s", "revoked_s", "scopes", "expires_s")))
    bounded = (keys.c.scopes != _DESK) | keys.c.expires_s.is_not(None)
    op.execute(keys.update().where(bounded, keys.c.revoked_s.is_(None)).values(revoked_s=keys.c.created_s))
    with op.batch_alter_table("api_keys") as table:
        for name in _ADDED:
            table.drop_column(name)
