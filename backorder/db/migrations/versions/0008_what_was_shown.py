"""What an order's lines prove about the date that their buyer was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = (
    sa.Column("evidence", sa.String(length=16), nullable=True),
    sa.Column("shown_by", sa.Date(), nullable=True),
    sa.Column("shown_rule", sa.String(length=64), nullable=True),
)


def upgrade() -> None:
    """Widen: of lines that are there nobody knows what they prove, until their order is read again."""
    for column in ADDED:
        op.add_column("order_lines", column)


def downgrade() -> None:
    """Back to lines that prove nothing."""
    for column in reversed(ADDED):
        op.drop_column("order_lines", column.name)
