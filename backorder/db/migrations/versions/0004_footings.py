"""What the days of a queue rest on, and whose lot it is, so that a delivery need not walk the whole queue."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

QUEUE = ["shop_id", "item_id", "location_id", "ready", "rank", "since", "order_id", "line_id"]


def upgrade() -> None:
    """Widen. ``claims.projection`` is written no more, and goes with the release after this one."""
    op.create_table(
        "footings",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rests_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "item_id", "location_id", name=op.f("pk_footings")),
    )
    op.add_column("claims", sa.Column("run", sa.BigInteger(), nullable=True))
    op.create_index("ix_claims_queue", "claims", QUEUE, unique=False)
    op.drop_index("ix_claims_shop_id_item_id", table_name="claims")


def downgrade() -> None:
    """Back to queues that are always walked whole."""
    op.create_index("ix_claims_shop_id_item_id", "claims", ["shop_id", "item_id", "location_id"], unique=False)
    op.drop_index("ix_claims_queue", table_name="claims")
    op.drop_column("claims", "run")
    op.drop_table("footings")
