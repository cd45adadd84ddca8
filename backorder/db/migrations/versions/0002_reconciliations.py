"""The history of reconciliations, and when each store was last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen: two new tables, nothing else is touched."""
    op.create_table(
        "heard",
        sa.Column("shop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_heard")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("orders_read", sa.Integer(), nullable=False),
        sa.Column("orders_unknown", sa.Integer(), nullable=False),
        sa.Column("orders_changed", sa.Integer(), nullable=False),
        sa.Column("items_read", sa.Integer(), nullable=False),
        sa.Column("levels_changed", sa.Integer(), nullable=False),
        sa.Column("policies_changed", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    is_open, found = sa.text("ended_at IS NULL"), sa.text("found > 0")
    op.create_index(
        "uq_reconciliations_open",
        "reconciliations",
        ["shop_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_reconciliations_shop_id_ended_at", "reconciliations", ["shop_id", "ended_at"], unique=False)
    op.create_index(
        "ix_reconciliations_found",
        "reconciliations",
        ["shop_id", "ended_at"],
        unique=False,
        sqlite_where=found,
        postgresql_where=found,
    )


def downgrade() -> None:
    """Narrow."""
    op.drop_table("reconciliations")
    op.drop_table("heard")
