"""How a variant is sold: a cap that remembers, an end, and which policy a decision needs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
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
    op.add_column("variants", sa.Column("managing", sa.String(length=8), server_default="by_rule", nullable=False))
    op.add_column("variants", sa.Column("vendor", sa.String(length=255), server_default="", nullable=False))
    op.add_column("variants", sa.Column("product_type", sa.String(length=255), server_default="", nullable=False))
    op.add_column("variants", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
    # What was chosen until now was chosen one by one.
    op.execute("UPDATE variants SET managing = 'always' WHERE managed")
    op.create_table(
        "last_choices",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_last_choices")),
    )


def downgrade() -> None:
    """Back to a cap that opens as soon as it closes."""
    op.drop_table("last_choices")
    for column in ("tags", "product_type", "vendor", "managing", "max_per_order", "lifecycle", "sell_until"):
        op.drop_column("variants", column)
    for column in ("over", "closed_size", "closed_terms", "closed_supply", "closed_since", "policy"):
        op.drop_column("offers", column)
