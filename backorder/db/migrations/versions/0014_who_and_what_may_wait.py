"""How many units may wait for one customer, rules by collection and margin, and last days that are found."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.add_column("variants", sa.Column("max_per_customer", sa.Integer(), nullable=True))
    op.add_column("variants", sa.Column("unit_cost", sa.BigInteger(), nullable=True))
    op.add_column("offers", sa.Column("hurry_units", sa.BigInteger(), nullable=True))
    op.add_column("offers", sa.Column("hurry_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("last_choices", sa.Column("rules", sa.JSON(), nullable=True))
    has_an_end = sa.text("sell_until IS NOT NULL")
    op.create_index(
        "ix_variants_sell_until", "variants", ["sell_until"], sqlite_where=has_an_end, postgresql_where=has_an_end
    )
    op.create_table(
        "collections",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.String(512), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "collection_id", name=op.f("pk_collections")),
    )
    op.create_table(
        "collected",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "collection_id", "product_id", name=op.f("pk_collected")),
    )
    op.create_index("ix_collected_shop_id_product_id", "collected", ["shop_id", "product_id"])


def downgrade() -> None:
    """Back to limits of an order only, and rules by tag, vendor, type and price."""
    op.drop_index("ix_collected_shop_id_product_id", table_name="collected")
    op.drop_table("collected")
    op.drop_table("collections")
    op.drop_index("ix_variants_sell_until", table_name="variants")
    op.execute("DELETE FROM last_choices WHERE rules IS NOT NULL")
    op.drop_column("last_choices", "rules")
    op.drop_column("offers", "hurry_until")
    op.drop_column("offers", "hurry_units")
    op.drop_column("variants", "unit_cost")
    op.drop_column("variants", "max_per_customer")
