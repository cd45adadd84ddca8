"""The book of differences: what a comparison found, one row each, with what both sides said, the likely cause and the repair.

A row names goods, orders and transfers, never a person. It goes with its comparison.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, String, Table, delete, func, select

from backorder.db.arrays import insert_rows
from backorder.db.columns import OwnId, Sentences, StoreId, Words, metadata
from backorder.db.reconciliations import reconciliations
from backorder.rules.causes import Cause, Explained, Kind, Repair

# So many of a comparison are kept; whatever goes beyond is counted only: nobody reads a thousand rows.
KEPT = 1000

differences = Table(
    "differences",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("reconciliation_id", StoreId, nullable=False),
    Column("kind", String(16), nullable=False),
    # The store's number of the order, inventory item, product or transfer.
    Column("subject", StoreId, nullable=False),
    Column("name", Words(255), nullable=False),
    Column("store_said", Words(500), nullable=False),
    Column("books_said", Words(500), nullable=False),
    Column("cause", String(24), nullable=False),
    Column("repair", String(16), nullable=False),
    Column("detail", Sentences),
    Index("ix_differences_reconciliation_id", "shop_id", "reconciliation_id"),
)


@dataclass(frozen=True)
class Difference:
    """One difference. ``subject`` is the store's number of what ``name`` names."""

    kind: Kind
    subject: int
    name: str
    store_said: str
    books_said: str
    why: Explained


_NAMES = ("kind", "subject", "name", "store_said", "books_said", "cause", "repair", "detail")


def keep(tx: Connection, shop_id: int, run_id: int, found: Iterable[Difference], before: int) -> None:
    """Keep what a slice of a comparison found, which had found ``before`` until then, up to KEPT in all."""
    rows = [
        (
            d.kind.value,
            d.subject,
            d.name,
            d.store_said,
            d.books_said,
            d.why.cause.value,
            d.why.repair.value,
            d.why.detail,
        )
        for d in islice(found, max(0, KEPT - before))
    ]
    if rows:
        insert_rows(tx, differences, {"shop_id": shop_id, "reconciliation_id": run_id}, _NAMES, rows)


def of_run(
    tx: Connection, shop_id: int, run_id: int, kind: Kind | None = None, *, offset: int = 0, limit: int = KEPT
) -> tuple[Difference, ...]:
    """What a comparison found, in the order in which it did; only of one kind, if one is given."""
    mine = (differences.c.shop_id == shop_id, differences.c.reconciliation_id == run_id)
    only = () if kind is None else (differences.c.kind == kind.value,)
    asked = select(differences).where(*mine, *only).order_by(differences.c.id).offset(offset).limit(limit)
    return tuple(_difference(row) for row in tx.execute(asked))


def kinds(tx: Connection, shop_id: int, run_id: int) -> dict[Kind, int]:
    """How many differences of each kind are kept of a comparison."""
    rows = tx.execute(
        select(differences.c.kind, func.count().label("n"))
        .where(differences.c.shop_id == shop_id, differences.c.reconciliation_id == run_id)
        .group_by(differences.c.kind)
    )
    counted = {row.kind: row.n for row in rows}
    return {kind: counted[kind.value] for kind in Kind if kind.value in counted}


def drop(tx: Connection) -> int:
    """Forget the differences of comparisons that are forgotten."""
    there = select(reconciliations.c.id)
    return tx.execute(delete(differences).where(differences.c.reconciliation_id.not_in(there))).rowcount


def _difference(row: Row[Any]) -> Difference:
    return Difference(
        kind=Kind(row.kind),
        subject=row.subject,
        name=row.name,
        store_said=row.store_said,
        books_said=row.books_said,
        why=Explained(Cause(row.cause), Repair(row.repair), row.detail),
    )
