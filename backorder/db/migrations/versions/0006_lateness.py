"""How late suppliers are: the day first stated of what they send, what was learned of it, and the stated day behind a promise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen: a line without a first day has the day that was first stated for it."""
    op.create_table(
        "lateness",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("shipments", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_lateness")),
    )
    op.add_column("purchase_order_lines", sa.Column("first_due_on", sa.Date(), nullable=True))
    op.add_column("promises", sa.Column("stated_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back to suppliers who keep their word."""
    op.drop_column("promises", "stated_on")
    op.drop_column("purchase_order_lines", "first_due_on")
    op.drop_table("lateness")
