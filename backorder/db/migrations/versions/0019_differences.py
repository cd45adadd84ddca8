"""What a comparison with the store found, one row each, and counts for what it compares now."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COUNTED = ("holds_changed", "marks_changed", "effects_missing", "unexplained")


def upgrade() -> None:
    """Widen: a new table, and counts that are 0 for the comparisons before."""
    for name in COUNTED:
        op.add_column("reconciliations", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "differences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("reconciliation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("store_said", sa.String(500), nullable=False),
        sa.Column("books_said", sa.String(500), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("repair", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    op.create_index("ix_differences_reconciliation_id", "differences", ["shop_id", "reconciliation_id"])


def downgrade() -> None:
    """Back to comparisons that are only counted."""
    op.drop_table("differences")
    for name in COUNTED:
        op.drop_column("reconciliations", name)
