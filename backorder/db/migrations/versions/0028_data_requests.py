"""Customers who asked what is kept about them: for the merchant to answer, where the log alone knew of them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen. Questions of before are in nobody's book."""
    op.create_table(
        "data_requests",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(128), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "request_id", name=op.f("pk_data_requests")),
    )


def downgrade() -> None:
    """Back to a line in the log."""
    op.drop_table("data_requests")
