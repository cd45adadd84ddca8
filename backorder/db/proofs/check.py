"""What a proof answers, and what proofs have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, exists

from backorder.db.dirty import Kind, dirty
from backorder.db.shops import shops

# Enough to see what is wrong; the whole list would hide it.
SHOWN = 10


@dataclass(frozen=True)
class Check:
    """One invariant: in how many places it was checked, and where it is broken, the first of them in a sentence each."""

    name: str
    counted: int
    broken: tuple[str, ...]


Proof = Callable[[Connection, int | None], Check]
# A proof about time is also told the present (transport time) and how long anything may wait.
ProofInTime = Callable[[Connection, int | None, datetime, timedelta], Check]


def judged(name: str, rows: Sequence[object], wrong: Sequence[str]) -> Check:
    return Check(name, len(rows), tuple(wrong[:SHOWN]))


def of_shop(shop_id: int | None, table: Any, query: Select[Any]) -> Select[Any]:
    """Narrow a query to one shop, or leave it for all of them (None)."""
    return query if shop_id is None else query.where(table.c.shop_id == shop_id)


def settled(goods: Table) -> ColumnElement[bool]:
    """Whether these goods were decided about since anything was seen of them (domain §12: "at a settled decision").

    What is noted of an order marks its items in the same transaction and is decided in the next; a shop that left is
    decided about no more. ``goods`` has the columns ``shop_id`` and ``item_id``.
    """
    pending = exists().where(
        dirty.c.shop_id == goods.c.shop_id,
        dirty.c.kind == Kind.ITEM.value,
        dirty.c.ref == goods.c.item_id,
        dirty.c.marks > 0,
    )
    at_home = exists().where(shops.c.id == goods.c.shop_id, shops.c.uninstalled_at.is_(None))
    return ~pending & at_home
