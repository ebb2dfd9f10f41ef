"""Calls by kinds of tokens; accounts and holds of the budget; paces and turns of the provider's limits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ADDED = (
    "camera_id",
    "tokens_video",
    "tokens_cached",
    "tokens_thought",
    "unsettled_micro_usd",
    "outcome",
    "flagged",
    "thrifty",
)


def upgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("camera_id", sa.String(64), nullable=True))
        for name in ("tokens_video", "tokens_cached", "tokens_thought"):
            calls.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        calls.add_column(sa.Column("unsettled_micro_usd", sa.BigInteger(), nullable=False, server_default="0"))
        calls.add_column(sa.Column("outcome", sa.String(16), nullable=False, server_default=""))
        for name in ("flagged", "thrifty"):
            calls.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_money()
    _create_turns()


def _create_money() -> None:
    op.create_table(
        "accounts",
        sa.Column("client_id", sa.String(64), primary_key=True),
        sa.Column("camera_id", sa.String(64), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
    )
    op.create_index("ix_holds_until_s", "holds", ["until_s"])


def _create_turns() -> None:
    op.create_table(
        "paces",
        sa.Column("key_mark", sa.String(16), primary_key=True),
        sa.Column("model", sa.String(100), primary_key=True),
        sa.Column("interval_s", sa.Double(), nullable=False),
        sa.Column("next_s", sa.Double(), nullable=False),
        sa.Column("paused_until_s", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("key_mark", sa.String(16), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("asked_s", sa.Double(), nullable=False),
        sa.Column("seen_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "served",
        sa.Column("key_mark", sa.String(16), primary_key=True),
        sa.Column("model", sa.String(100), primary_key=True),
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("at_s", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    for table in ("served", "tickets", "paces", "holds", "accounts"):
        op.drop_table(table)
    with op.batch_alter_table("calls") as calls:
        for name in _ADDED:
            calls.drop_column(name)
