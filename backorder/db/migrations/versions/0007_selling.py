"""How a variant is sold: a cap that remembers, an end, and which policy a decision needs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.add_column("offers", sa.Column("policy", sa.String(length=16), nullable=True))
    op.add_column("offers", sa.Column("closed_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offers", sa.Column("closed_supply", sa.BigInteger(), nullable=True))
    op.add_column("offers", sa.Column("closed_terms", sa.String(length=64), nullable=True))
    op.add_column("offers", sa.Column("closed_size", sa.BigInteger(), nullable=True))
    op.add_column("offers", sa.Column("over", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("variants", sa.Column("sell_until", sa.Date(), nullable=True))
    op.add_column("variants", sa.Column("lifecycle", sa.String(length=16), server_default="regular", nullable=False))
    op.add_column("variants", sa.Column("max_per_order", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back to a cap that opens as soon as it closes."""
    for column in ("max_per_order", "lifecycle", "sell_until"):
        op.drop_column("variants", column)
    for column in ("over", "closed_size", "closed_terms", "closed_supply", "closed_since", "policy"):
        op.drop_column("offers", column)
