"""Who is alive, and what waits for a second look."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ADDED = ("request", "stage", "staged_s", "attempt")


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("executor_id", sa.String(64), primary_key=True),
        sa.Column("until_s", sa.Double(), nullable=False),
    )
    with op.batch_alter_table("analyses") as analyses:
        analyses.add_column(sa.Column("request", sa.JSON(), nullable=True))
        analyses.add_column(sa.Column("stage", sa.String(16), nullable=False, server_default=""))
        analyses.add_column(sa.Column("staged_s", sa.Double(), nullable=True))
        analyses.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("analyses_by_stage", "analyses", ["staged_s"])


def downgrade() -> None:
    """What an older program finds under way is nobody's: the desk asks again."""
    op.drop_index("analyses_by_stage", "analyses")
    op.execute("UPDATE analyses SET claim = '', claimed_until_s = 0 WHERE stage != ''")
    with op.batch_alter_table("analyses") as analyses:
        for name in _ADDED:
            analyses.drop_column(name)
    op.drop_table("leases")
