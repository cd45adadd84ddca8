"""Targets in the outbox have no key, and the few claims of a queue that may be shipped now are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAMED = sa.text("key IS NOT NULL")
LOOSE = sa.text("exposed > 0 OR in_works > 0")


def upgrade() -> None:
    """Loosen: what stands there keeps the key that it has."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("uq_outbox_shop_id_key"), type_="unique")
        outbox.alter_column("key", existing_type=sa.String(200), nullable=True)
    op.create_index(
        "uq_outbox_shop_id_key", "outbox", ["shop_id", "key"], unique=True, sqlite_where=NAMED, postgresql_where=NAMED
    )
    op.create_index("ix_claims_loose", "claims", ["shop_id", "item_id"], sqlite_where=LOOSE, postgresql_where=LOOSE)


def downgrade() -> None:
    """Every row has a key again, its own number where it had none."""
    op.drop_index("ix_claims_loose", "claims")
    op.execute("UPDATE outbox SET key = 'target/' || id WHERE key IS NULL")
    op.drop_index("uq_outbox_shop_id_key", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("key", existing_type=sa.String(200), nullable=False)
        outbox.create_unique_constraint(op.f("uq_outbox_shop_id_key"), ["shop_id", "key"])
