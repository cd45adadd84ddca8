"""How counts changed, what is set aside because nothing explains it, and which locations another system counts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen."""
    op.create_table(
        "counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("supply", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("supply_by", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(24), nullable=False),
        sa.Column("aside", sa.Integer(), nullable=False),
        sa.Column("aside_by", sa.Integer(), nullable=False),
        sa.Column("presumed_by", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
    )
    op.create_index("ix_counts_shop_id_item_id", "counts", ["shop_id", "item_id", "id"])
    op.create_index("ix_counts_shop_id_at", "counts", ["shop_id", "at"])
    op.create_table(
        "overwriting",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("landings", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "location_id", name=op.f("pk_overwriting")),
    )
    with op.batch_alter_table("levels") as levels:
        for name in ("returned_since", "aside", "kept_aside"):
            levels.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        levels.add_column(sa.Column("aside_since", sa.DateTime(timezone=True), nullable=True))
        levels.add_column(sa.Column("aside_why", sa.String(24), server_default="", nullable=False))
        levels.create_check_constraint(op.f("ck_levels_kept_within_aside"), "kept_aside >= 0 AND kept_aside <= aside")
    some = sa.text("aside > 0")
    op.create_index("ix_levels_shop_id_aside", "levels", ["shop_id"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Back to shelves of which everything is believed."""
    op.drop_index("ix_levels_shop_id_aside", table_name="levels")
    with op.batch_alter_table("levels") as levels:
        levels.drop_constraint(op.f("ck_levels_kept_within_aside"), type_="check")
        for name in ("aside_why", "aside_since", "kept_aside", "aside", "returned_since"):
            levels.drop_column(name)
    op.drop_table("overwriting")
    op.drop_index("ix_counts_shop_id_at", table_name="counts")
    op.drop_index("ix_counts_shop_id_item_id", table_name="counts")
    op.drop_table("counts")
