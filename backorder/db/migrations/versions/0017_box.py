"""How orders leave of which something waits: the way that stands on an order, and who said so."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.add_column("orders", sa.Column("way", sa.String(16), nullable=True))
    op.add_column("fulfillment_orders", sa.Column("fulfill_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("variants", sa.Column("barcode", sa.String(255), nullable=True))
    op.add_column("variants", sa.Column("bin", sa.String(64), nullable=True))
    op.add_column("shops", sa.Column("mixes", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "order_ways",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_ways")),
    )
    op.create_index("ix_order_ways_shop_id_order_id", "order_ways", ["shop_id", "order_id"])
    op.create_index("ix_order_ways_open", "order_ways", ["open"])

    op.create_table(
        "hold_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("fulfillment_order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_acts")),
    )
    op.create_index("ix_hold_acts_shop_id_order_id", "hold_acts", ["shop_id", "order_id"])


def downgrade() -> None:
    """Back to orders that leave part by part."""
    op.drop_table("hold_acts")
    op.drop_table("order_ways")
    op.drop_column("shops", "mixes")
    for column in ("bin", "barcode"):
        op.drop_column("variants", column)
    op.drop_column("fulfillment_orders", "fulfill_by")
    op.drop_column("orders", "way")
