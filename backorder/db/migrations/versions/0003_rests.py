"""Stores that rest, and an outbox that counts refusals apart from takings and serves every shop in its turn."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.create_table(
        "rests",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_rests")),
    )
    op.add_column("outbox", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_state_shop_id_step_not_before", "outbox", ["state", "shop_id", "step", "not_before"], unique=False
    )
    op.create_index("ix_outbox_shop_id_lane_state", "outbox", ["shop_id", "lane", "state"], unique=False)
    op.drop_index("ix_outbox_state_not_before", table_name="outbox")
    op.drop_index("ix_outbox_shop_id_lane", table_name="outbox")


def downgrade() -> None:
    """Back to rows that count their takings."""
    op.create_index("ix_outbox_shop_id_lane", "outbox", ["shop_id", "lane"], unique=False)
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"], unique=False)
    op.drop_index("ix_outbox_shop_id_lane_state", table_name="outbox")
    op.drop_index("ix_outbox_state_shop_id_step_not_before", table_name="outbox")
    op.drop_column("outbox", "failing_since")
    op.drop_column("outbox", "failures")
    op.drop_table("rests")
