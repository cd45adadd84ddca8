"""What is offered to whom the wait for a variant is too long."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.add_column("variants", sa.Column("substitutes", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Back to pages that offer nothing else."""
    op.drop_column("variants", "substitutes")
