"""Whose address is kept is found by an index: of every order that somebody was written to about, the language stays."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ADDRESSED = sa.text("email_sealed IS NOT NULL")


def upgrade() -> None:
    """Widen."""
    op.create_index(
        "ix_contacts_addressed",
        "contacts",
        ["shop_id", "order_id"],
        sqlite_where=ADDRESSED,
        postgresql_where=ADDRESSED,
    )


def downgrade() -> None:
    """Back to looking at every row."""
    op.drop_index("ix_contacts_addressed", "contacts")
