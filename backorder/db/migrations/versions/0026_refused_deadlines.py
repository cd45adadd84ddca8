"""The deadline that the store refused for a fulfillment order, so that the same is not asked for at each comparison."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen. What was refused before is asked for once more, and remembered then."""
    op.add_column("fulfillment_orders", sa.Column("refused_deadline", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back to asking again."""
    op.drop_column("fulfillment_orders", "refused_deadline")
