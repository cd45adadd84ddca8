"""Since when a shop has asked the app to leave, and who asked."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen: nobody has asked so far."""
    op.add_column("shops", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shops", sa.Column("left_by", sa.String(128), nullable=True))


def downgrade() -> None:
    """Back to shops that only uninstall."""
    op.drop_column("shops", "left_by")
    op.drop_column("shops", "left_at")
