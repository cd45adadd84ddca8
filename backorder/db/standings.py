"""The book of standings: how many claims and units each queue has, by run, beside the queue, so that nobody sums it up.

The database itself keeps it, by triggers on the claims (migration 0024): a new version and an old one at work beside it cannot disagree.
Where a migration makes the claims anew, as SQLite must for some changes, it has to make their triggers anew too; a proof would tell.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, select

from backorder.db.arrays import among
from backorder.db.columns import SHOP, StoreId, metadata
from backorder.db.lots import Place
from backorder.rules.footing import Run

# In place of a run that was not worked out: as a day it would be the first of all years.
NO_RUN = -1

standings = Table(
    "standings",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("item_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("run", StoreId, primary_key=True, autoincrement=False),
    Column("claims", Integer, nullable=False),
    Column("units", Integer, nullable=False),
)


class Sums(NamedTuple):
    """Claims and their open units, given ones included."""

    claims: int
    units: int


_OF_ITEMS = select(
    standings.c.item_id, standings.c.location_id, standings.c.run, standings.c.claims, standings.c.units
).where(standings.c.shop_id == SHOP, among(standings.c.item_id, "items"))


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[Place, dict[Run, Sums]]:
    """How many wait for these items, by (item, location) and run."""
    found: dict[Place, dict[Run, Sums]] = defaultdict(dict)
    rows = tx.execute(_OF_ITEMS, {"shop": shop_id, "items": item_ids}).all()
    for item_id, location_id, run, count, units in rows:
        found[item_id, location_id][None if run == NO_RUN else run] = Sums(count, units)
    return found
