"""What policies go by: whose an order is, units let go by the day; and what people did with the queue by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LET_GO = sa.text("kept > 0")


def upgrade() -> None:
    """Widen."""
    op.add_column("orders", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_allocation_ledger_let_go",
        "allocation_ledger",
        ["shop_id", "item_id", "at"],
        sqlite_where=LET_GO,
        postgresql_where=LET_GO,
    )
    op.create_table(
        "queue_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("sentence", sa.String(1000), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("change", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_acts")),
    )
    op.create_index("ix_queue_acts_shop_id_order_id", "queue_acts", ["shop_id", "order_id"])


def downgrade() -> None:
    """Forget what was done by hand; what was given stays given."""
    op.drop_index("ix_queue_acts_shop_id_order_id", table_name="queue_acts")
    op.drop_table("queue_acts")
    op.drop_index("ix_allocation_ledger_let_go", table_name="allocation_ledger")
    op.drop_column("orders", "customer_id")
