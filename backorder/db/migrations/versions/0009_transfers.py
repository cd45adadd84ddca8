"""Transfers and shipments of the store, and how many of them a comparison read and found changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTED = ("transfers_read", "transfers_changed")


def upgrade() -> None:
    """Widen: two new tables, two counts that are 0 for the comparisons before."""
    op.create_table(
        "transfers",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger(), nullable=True),
        sa.Column("linked_by", sa.String(length=16), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "transfer_id", name=op.f("pk_transfers")),
    )
    op.create_index(
        "ix_transfers_shop_id_purchase_order_id", "transfers", ["shop_id", "purchase_order_id"], unique=False
    )
    op.create_table(
        "transfer_parts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=128), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("to_come", sa.Integer(), nullable=False),
        sa.Column("at_dock", sa.Integer(), nullable=False),
        sa.Column("docked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("units >= 0 AND accepted >= 0", name=op.f("ck_transfer_parts_counts_not_negative")),
        sa.CheckConstraint(
            "to_come >= 0 AND at_dock >= 0 AND booked >= 0", name=op.f("ck_transfer_parts_coming_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_parts")),
    )
    key = ["shop_id", "transfer_id", "shipment_id", "item_id"]
    op.create_index("uq_transfer_parts_part", "transfer_parts", key, unique=True)
    op.create_index("ix_transfer_parts_shop_id_item_id", "transfer_parts", ["shop_id", "item_id"], unique=False)
    op.create_index("ix_transfer_parts_shop_id_shipment_id", "transfer_parts", ["shop_id", "shipment_id"], unique=False)
    for name in COUNTED:
        op.add_column("reconciliations", sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Narrow."""
    for name in COUNTED:
        op.drop_column("reconciliations", name)
    op.drop_table("transfer_parts")
    op.drop_table("transfers")
