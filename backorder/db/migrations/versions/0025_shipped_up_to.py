"""How many units of an order line a supplier shipped, as the merchant said: what is added to the line later is not among them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen. Of what was said before nobody knows how many were meant: all that is open, as ever."""
    op.add_column("drop_ships", sa.Column("shipped_up_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back to parcels of whatever is open when the store is told."""
    op.drop_column("drop_ships", "shipped_up_to")
