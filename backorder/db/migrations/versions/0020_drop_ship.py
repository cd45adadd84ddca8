"""What suppliers send to buyers directly: which variants and order lines, and what the suppliers were told."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN, SENT, OFF = sa.text("ended_at IS NULL"), sa.text("drop_shipped"), sa.text("counted_off <> 0")
DIVIDED = sa.text("(CAST(later AS TEXT) <> '[]' OR drop_shipped)")


def upgrade() -> None:
    """Widen."""
    op.add_column("variants", sa.Column("drop_shipped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_variants_drop_shipped", "variants", ["shop_id", "item_id"], sqlite_where=SENT, postgresql_where=SENT
    )
    op.add_column("claims", sa.Column("drop_shipped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_claims_divided", "claims", ["shop_id", "item_id"], sqlite_where=DIVIDED, postgresql_where=DIVIDED
    )
    op.add_column("levels", sa.Column("counted_off", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_levels_counted_off", "levels", ["shop_id"], sqlite_where=OFF, postgresql_where=OFF)
    op.create_table(
        "drop_ships",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_units", sa.Integer(), nullable=False),
        sa.Column("told_day", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(128), nullable=True),
        sa.Column("shipped_before", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.String(120), nullable=False),
        sa.Column("order_name", sa.String(64), nullable=False),
        sa.Column("title", sa.String(512), nullable=False),
        sa.Column("sku", sa.String(255), nullable=True),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_by", sa.String(128), nullable=True),
        sa.Column("carrier", sa.String(64), nullable=True),
        sa.Column("tracking", sa.String(128), nullable=True),
        sa.Column("tracking_url", sa.String(500), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("told_units >= 0", name=op.f("ck_drop_ships_told_units_not_negative")),
        sa.PrimaryKeyConstraint("shop_id", "line_id", name=op.f("pk_drop_ships")),
    )
    op.create_index("ix_drop_ships_shop_id_order_id", "drop_ships", ["shop_id", "order_id"])
    op.create_index(
        "ix_drop_ships_open", "drop_ships", ["shop_id", "supplier_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "supplier_letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_letters")),
    )
    op.create_index("ix_supplier_letters_shop_id_id", "supplier_letters", ["shop_id", "id"])


def downgrade() -> None:
    """Back to goods that are all sent from here."""
    op.drop_table("supplier_letters")
    op.drop_table("drop_ships")
    op.drop_index("ix_levels_counted_off", table_name="levels")
    op.drop_column("levels", "counted_off")
    op.drop_index("ix_claims_divided", table_name="claims")
    op.drop_column("claims", "drop_shipped")
    op.drop_index("ix_variants_drop_shipped", table_name="variants")
    op.drop_column("variants", "drop_shipped")
