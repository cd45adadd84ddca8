"""How a queue stands is summed out of an index alone, and the few claims in tranches are found by one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IN_TRANCHES = sa.text("CAST(later AS TEXT) <> '[]'")


def upgrade() -> None:
    """Widen."""
    op.create_index("ix_claims_runs", "claims", ["shop_id", "item_id", "location_id", "run", "units"])
    op.create_index(
        "ix_claims_in_tranches",
        "claims",
        ["shop_id", "item_id"],
        sqlite_where=IN_TRANCHES,
        postgresql_where=IN_TRANCHES,
    )


def downgrade() -> None:
    """Back to looking at every claim."""
    op.drop_index("ix_claims_in_tranches", "claims")
    op.drop_index("ix_claims_runs", "claims")
