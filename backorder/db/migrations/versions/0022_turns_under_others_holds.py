"""Since when somebody else holds a claim, and whether that has lasted so long that others go first."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STOPPED = sa.text("stopped_since IS NOT NULL AND NOT lost_turn")


def upgrade() -> None:
    """Widen."""
    op.add_column("claims", sa.Column("stopped_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("claims", sa.Column("lost_turn", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_claims_stopped", "claims", ["stopped_since"], sqlite_where=STOPPED, postgresql_where=STOPPED)


def downgrade() -> None:
    """Back to turns that no hold of others ends."""
    op.drop_index("ix_claims_stopped", table_name="claims")
    for column in ("lost_turn", "stopped_since"):
        op.drop_column("claims", column)
