"""How many units may wait for one customer, and by which number the store knows who ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.add_column("orders", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.add_column("variants", sa.Column("max_per_customer", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back to limits of an order only."""
    op.drop_column("variants", "max_per_customer")
    op.drop_column("orders", "customer_id")
