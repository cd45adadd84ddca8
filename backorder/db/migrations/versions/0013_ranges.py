"""The first day of a range that was told, and of one that was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen: of what was told and shown so far the last day alone is known, which is the promise."""
    op.add_column("promises", sa.Column("ship_from", sa.Date(), nullable=True))
    op.add_column("order_lines", sa.Column("shown_from", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back to the last days."""
    op.drop_column("order_lines", "shown_from")
    op.drop_column("promises", "ship_from")
