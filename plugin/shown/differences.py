"""The differences of one comparison, as shown: what both sides said, the likely cause, and what put it right or does."""

from backorder.db import differences, orders, reconciliations
from backorder.db.differences import Difference
from backorder.db.engine import Connection
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.causes import REPAIRS, SENTENCES, Kind
from backorder.rules.sheet.cells import written
from plugin.shown import comparisons
from plugin.shown.comparisons import ComparisonShown
from plugin.shown.model import Shown

PAGE = 50
NAMES = {
    Kind.ORDER: "Orders",
    Kind.HOLD: "Holds",
    Kind.TAG: "Tags",
    Kind.METAFIELD: "Metafields",
    Kind.LEVEL: "Stock levels",
    Kind.POLICY: "Selling policies",
    Kind.TRANSFER: "Transfers",
}
_ON_ORDERS = (Kind.ORDER, Kind.HOLD, Kind.TAG, Kind.METAFIELD)


class DifferenceShown(Shown):
    """One difference. ``cause`` and ``repair`` are sentences; ``error``: what was said about it, if anything was.

    ``order_id``: the order that it is about, where it is about one. ``explained``: whether anything known explains it.
    """

    kind: str
    name: str
    order_id: int | None
    store_said: str
    books_said: str
    cause: str
    error: str | None
    repair: str
    explained: bool


class KindShown(Shown):
    """How many differences of a kind are kept; ``name`` is the kind in words."""

    kind: str
    name: str
    count: int


class DifferencesShown(Shown):
    """A page of what a comparison found. ``counted_only``: differences beyond those that are kept."""

    comparison_id: int
    comparison: ComparisonShown
    kinds: tuple[KindShown, ...]
    differences: tuple[DifferenceShown, ...]
    counted_only: int
    next_offset: int | None


def of_comparison(
    house: House, shop: Shop, comparison_id: int, kind: Kind | None = None, offset: int = 0
) -> DifferencesShown | None:
    """A page of what a comparison found, of one kind or of all; None if the shop has no such comparison."""
    with house.db.read() as tx:
        run = reconciliations.one(tx, shop.shop_id, comparison_id)
        if run is None:
            return None
        counted = differences.kinds(tx, shop.shop_id, comparison_id)
        found = differences.of_run(tx, shop.shop_id, comparison_id, kind, offset=offset, limit=PAGE + 1)
        there = _orders_there(tx, shop, found)
    return DifferencesShown(
        comparison_id=comparison_id,
        comparison=comparisons.shown(run),
        kinds=tuple(KindShown(kind=one.value, name=NAMES[one], count=n) for one, n in counted.items()),
        differences=tuple(_shown(one, there) for one in found[:PAGE]),
        counted_only=max(0, run.drift.found + run.drift.effects_missing - sum(counted.values())),
        next_offset=offset + PAGE if len(found) > PAGE else None,
    )


def sheet(house: House, shop: Shop, comparison_id: int, kind: Kind | None = None) -> str | None:
    """What a comparison found as a CSV file; None if the shop has no such comparison."""
    with house.db.read() as tx:
        if reconciliations.one(tx, shop.shop_id, comparison_id) is None:
            return None
        found = differences.of_run(tx, shop.shop_id, comparison_id, kind)
    names = ("Kind", "What", "Number in the store", "The store said", "The books said", "Cause", "Error", "Repair")
    rows = (
        (
            *(one.kind.value, one.name, one.subject, one.store_said, one.books_said),
            *(SENTENCES[one.why.cause], one.why.detail, REPAIRS[one.why.repair]),
        )
        for one in found
    )
    return written(names, rows)


def _orders_there(tx: Connection, shop: Shop, found: tuple[Difference, ...]) -> frozenset[int]:
    """Orders among these that have a page still."""
    return frozenset(orders.many(tx, shop.shop_id, {one.subject for one in found if one.kind in _ON_ORDERS}))


def _shown(one: Difference, there: frozenset[int]) -> DifferenceShown:
    return DifferenceShown(
        kind=one.kind.value,
        name=one.name,
        order_id=one.subject if one.kind in _ON_ORDERS and one.subject in there else None,
        store_said=one.store_said,
        books_said=one.books_said,
        cause=SENTENCES[one.why.cause],
        error=one.why.detail,
        repair=REPAIRS[one.why.repair],
        explained=one.why.is_explained,
    )
