"""How a queue stands is summed out of an index alone."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.create_index("ix_claims_runs", "claims", ["shop_id", "item_id", "location_id", "run", "units"])


def downgrade() -> None:
    """Back to looking at every claim."""
    op.drop_index("ix_claims_runs", "claims")
