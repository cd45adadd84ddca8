"""The book of locations, as the store tells them."""

from collections.abc import Collection, Iterable

from sqlalchemy import Boolean, Column, Connection, String, Table, select, update

from backorder.db.columns import SHOP, StoreId, Words, metadata
from backorder.db.upsert import upsert
from backorder.rules.seen import LocationSeen

locations = Table(
    "locations",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("name", Words(255), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("fulfills_online", Boolean, nullable=False),
    Column("is_service", Boolean, nullable=False),
    Column("country", String(2)),
)

_LOCATIONS = select(locations).where(locations.c.shop_id == SHOP).order_by(locations.c.location_id)


def save_locations(tx: Connection, shop_id: int, seen: Iterable[LocationSeen]) -> None:
    """Keep what the store says of its locations."""
    upsert(
        tx,
        locations,
        [
            {
                "shop_id": shop_id,
                "location_id": place.location_id,
                "name": place.name,
                "active": place.active,
                "fulfills_online": place.fulfills_online,
                "is_service": place.is_service,
                "country": place.country,
            }
            for place in seen
        ],
    )


def close_others(tx: Connection, shop_id: int, there: Collection[int]) -> None:
    """Close every location that is none of these: the store has it no more. Its name stays, for what happened there."""
    gone = [place.location_id for place in all_locations(tx, shop_id) if place.location_id not in there]
    if gone:
        of_shop = (locations.c.shop_id == shop_id, locations.c.location_id.in_(gone))
        tx.execute(update(locations).where(*of_shop).values(active=False, fulfills_online=False))


def all_locations(tx: Connection, shop_id: int) -> tuple[LocationSeen, ...]:
    rows = tx.execute(_LOCATIONS, {"shop": shop_id})
    return tuple(
        LocationSeen(row.location_id, row.name, row.active, row.fulfills_online, row.is_service, row.country)
        for row in rows
    )
