"""Bodies of webhooks that PostgreSQL keeps as they are: what is sealed cannot be made smaller, so it does not try for each of them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen: rows that are there stay as they lie."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE inbox ALTER COLUMN body_sealed SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Back to what PostgreSQL does by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE inbox ALTER COLUMN body_sealed SET STORAGE EXTENDED")
