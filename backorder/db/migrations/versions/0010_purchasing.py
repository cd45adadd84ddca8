"""Suppliers with lead times, variants made to order, units that arrive damaged, and what was done with purchase orders."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.create_table(
        "suppliers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_suppliers_lead_time_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_suppliers_shop_id_key")),
    )
    op.create_table(
        "purchase_order_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("sentence", sa.String(1000), nullable=False),
        sa.Column("change", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_acts")),
    )
    op.create_index("ix_purchase_order_acts_shop_id_po", "purchase_order_acts", ["shop_id", "purchase_order_id"])
    op.add_column("variants", sa.Column("supplier_id", sa.BigInteger(), nullable=True))
    op.add_column("variants", sa.Column("supplier_chosen", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("variants", sa.Column("made_to_order", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("purchase_order_lines") as lines:
        lines.add_column(sa.Column("damaged", sa.Integer(), server_default="0", nullable=False))
        lines.create_check_constraint(op.f("ck_purchase_order_lines_damaged_not_negative"), "damaged >= 0")
    with op.batch_alter_table("receipts") as receipts:
        receipts.add_column(sa.Column("damaged", sa.Integer(), server_default="0", nullable=False))
        receipts.drop_constraint(op.f("ck_receipts_units_positive"), type_="check")
        receipts.create_check_constraint(
            op.f("ck_receipts_something_came"), "units >= 0 AND damaged >= 0 AND units + damaged > 0"
        )


def downgrade() -> None:
    """Back to receipts of whole units only; what came damaged is forgotten."""
    op.execute("DELETE FROM receipts WHERE units = 0")
    with op.batch_alter_table("receipts") as receipts:
        receipts.drop_constraint(op.f("ck_receipts_something_came"), type_="check")
        receipts.create_check_constraint(op.f("ck_receipts_units_positive"), "units > 0")
        receipts.drop_column("damaged")
    with op.batch_alter_table("purchase_order_lines") as lines:
        lines.drop_constraint(op.f("ck_purchase_order_lines_damaged_not_negative"), type_="check")
        lines.drop_column("damaged")
    for column in ("made_to_order", "supplier_chosen", "supplier_id"):
        op.drop_column("variants", column)
    op.drop_index("ix_purchase_order_acts_shop_id_po", table_name="purchase_order_acts")
    op.drop_table("purchase_order_acts")
    op.drop_table("suppliers")
