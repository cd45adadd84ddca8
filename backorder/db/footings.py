"""The book of footings: what the days of each queue rested on when it was last walked whole (rules.footing)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Column, Connection, Table, Text, delete, select

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import SHOP, StoreId, metadata
from backorder.db.lots import Place
from backorder.db.proofs.check import settled
from backorder.rules.footing import Footing

footings = Table(
    "footings",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("item_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("rests_on", Text, nullable=False),
)


_OF_ITEMS = select(footings.c.item_id, footings.c.location_id, footings.c.rests_on).where(
    footings.c.shop_id == SHOP, among(footings.c.item_id, "items")
)


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[Place, Footing]:
    """What the queues of these items rest on, by (item, location)."""
    rows = tx.execute(_OF_ITEMS, {"shop": shop_id, "items": item_ids})
    return {(item_id, at): Footing.read(text) for item_id, at, text in rows.all()}


def of_settled_items(tx: Connection, shop_id: int) -> dict[Place, Footing]:
    """What the queues rest on of goods that nothing is to be looked at of, by (item, location)."""
    rows = tx.execute(
        select(footings.c.item_id, footings.c.location_id, footings.c.rests_on).where(
            footings.c.shop_id == shop_id, settled(footings)
        )
    )
    return {(item_id, at): Footing.read(text) for item_id, at, text in rows.all()}


def forget(tx: Connection, shop_id: int) -> None:
    """Forget what the shop's queues rest on: each is walked whole when it is next decided about."""
    tx.execute(delete(footings).where(footings.c.shop_id == shop_id))


def keep(tx: Connection, shop_id: int, fresh: Mapping[Place, Footing]) -> None:
    """Keep what these queues rest on from now on."""
    rows = [(*place, footing.written()) for place, footing in sorted(fresh.items())]
    insert_rows(tx, footings, {"shop_id": shop_id}, ("item_id", "location_id", "rests_on"), rows, "replace")
