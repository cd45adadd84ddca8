"""The book of levels: what the last settled read found at each location."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    func,
    select,
    text,
    update,
)

from backorder.db.arrays import among
from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.upsert import upsert
from backorder.rules.rises import Aside, Counts, Left
from backorder.rules.seen import LevelSeen

# Few places: whoever asks for them finds them by an index.
COUNTED_OFF = text("counted_off <> 0")

levels = Table(
    "levels",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("item_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("available", Integer, nullable=False),
    Column("committed", Integer, nullable=False),
    Column("on_hand", Integer, nullable=False),
    Column("incoming", Integer, nullable=False, default=0),
    Column("updated_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=False),
    # Units known to have been shipped from here since the level was last read: they explain a fall (domain §2).
    Column("shipped_since", Integer, nullable=False, default=0),
    # Units that appeared before anybody booked them in; a receipt that follows is matched against them.
    Column("presumed", Integer, nullable=False, default=0),
    # committed − known open units at the last read (δ): positive means orders that we cannot see.
    Column("unseen", Integer, nullable=False, default=0),
    # Units that came back with a refund since the level was last read: they explain a rise.
    Column("returned_since", Integer, nullable=False, default=0, server_default="0"),
    # Units that nothing explains: they serve nobody (Q of domain §2). Of ``kept_aside`` of them a person said that they stay so.
    Column("aside", Integer, nullable=False, default=0, server_default="0"),
    Column("aside_since", Instant),
    Column("aside_why", String(24), nullable=False, default="", server_default=""),
    Column("kept_aside", Integer, nullable=False, default=0, server_default="0"),
    # Units that the store took off the count with parcels that suppliers sent: they never lay here, so the shelf has them still. Below
    # 0, such a parcel was cancelled after the count was put right.
    Column("counted_off", Integer, nullable=False, default=0, server_default="0"),
    CheckConstraint("presumed >= 0", name="presumed_not_negative"),
    CheckConstraint("kept_aside >= 0 AND kept_aside <= aside", name="kept_within_aside"),
    Index("ix_levels_counted_off", "shop_id", sqlite_where=COUNTED_OFF, postgresql_where=COUNTED_OFF),
    # Few places have any, and pages ask for them.
    Index("ix_levels_shop_id_aside", "shop_id", sqlite_where=text("aside > 0"), postgresql_where=text("aside > 0")),
)


NOTHING_ASIDE = Aside()


@dataclass(frozen=True)
class Level:
    """A level as last read. ``unseen`` is δ of domain §1, ``aside`` Q of §2; for the others see the columns."""

    item_id: int
    location_id: int
    available: int
    committed: int
    on_hand: int
    incoming: int
    updated_at: datetime
    read_at: datetime
    shipped_since: int
    presumed: int
    unseen: int
    returned_since: int = 0
    aside: Aside = NOTHING_ASIDE
    counted_off: int = 0

    @classmethod
    def as_read(
        cls,
        seen: LevelSeen,
        read_at: datetime,
        *,
        presumed: int = 0,
        unseen: int = 0,
        aside: Aside = NOTHING_ASIDE,
        counted_off: int = 0,
    ) -> "Level":
        """A level as a reading that began at ``read_at`` found it; nothing has been shipped since."""
        return cls(
            item_id=seen.item_id,
            location_id=seen.location_id,
            available=seen.available,
            committed=seen.committed,
            on_hand=seen.on_hand,
            incoming=seen.incoming,
            updated_at=seen.updated_at,
            read_at=read_at,
            shipped_since=0,
            presumed=presumed,
            unseen=unseen,
            aside=aside,
            counted_off=counted_off,
        )

    @property
    def shippable(self) -> int:
        """S = available + committed."""
        return self.available + self.committed

    @property
    def on_shelf(self) -> int:
        """Units that can ship, with those that the store took off the count though they lie here."""
        return self.shippable + self.counted_off

    @property
    def counts(self) -> Counts:
        """What stood there, for comparing."""
        return Counts(self.available, self.on_hand, self.shippable)

    @property
    def left(self) -> Left:
        """What is aside and what is presumed."""
        return Left(self.aside, self.presumed)


def last_read(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last reading of these items began (transport time), of those that have been read."""
    asked = (
        select(levels.c.item_id, func.max(levels.c.read_at).label("at"))
        .where(levels.c.shop_id == shop_id, among(levels.c.item_id, item_ids))
        .group_by(levels.c.item_id)
    )
    return {row.item_id: row.at for row in tx.execute(asked)}


_OF_ITEMS = (
    select(levels)
    .where(levels.c.shop_id == SHOP, among(levels.c.item_id, "items"))
    .order_by(levels.c.item_id, levels.c.location_id)
)


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Level, ...]:
    """The levels of these items, by item and location."""
    return tuple(_level(row) for row in tx.execute(_OF_ITEMS, {"shop": shop_id, "items": item_ids}).all())


def save(tx: Connection, shop_id: int, rows: Iterable[Level]) -> None:
    """Keep levels as they were read and judged."""
    upsert(
        tx,
        levels,
        [
            {
                "shop_id": shop_id,
                "item_id": level.item_id,
                "location_id": level.location_id,
                "available": level.available,
                "committed": level.committed,
                "on_hand": level.on_hand,
                "incoming": level.incoming,
                "updated_at": level.updated_at,
                "read_at": level.read_at,
                "shipped_since": level.shipped_since,
                "presumed": level.presumed,
                "unseen": level.unseen,
                "returned_since": level.returned_since,
                "counted_off": level.counted_off,
                **_aside(level.aside),
            }
            for level in rows
        ],
    )


def shipped(tx: Connection, shop_id: int, item_id: int, location_id: int, units: int) -> None:
    """Count units that left a location, until the next read of its level."""
    tx.execute(
        update(levels)
        .where(levels.c.shop_id == shop_id, levels.c.item_id == item_id, levels.c.location_id == location_id)
        .values(shipped_since=levels.c.shipped_since + units)
    )


def sent_by_suppliers(tx: Connection, shop_id: int, item_id: int, location_id: int, units: int) -> None:
    """Count units that left with parcels of suppliers, recorded at a location: the count falls, and the shelf does not.

    Less than 0: such a parcel was cancelled.
    """
    tx.execute(
        update(levels)
        .where(levels.c.shop_id == shop_id, levels.c.item_id == item_id, levels.c.location_id == location_id)
        .values(shipped_since=levels.c.shipped_since + units, counted_off=levels.c.counted_off + units)
    )


def returned(tx: Connection, shop_id: int, item_id: int, location_id: int, units: int) -> None:
    """Count units that came back with a refund to a location, until the next read of its level."""
    tx.execute(
        update(levels)
        .where(levels.c.shop_id == shop_id, levels.c.item_id == item_id, levels.c.location_id == location_id)
        .values(returned_since=levels.c.returned_since + units)
    )


def set_left(tx: Connection, shop_id: int, item_id: int, location_id: int, left: Left) -> None:
    """Change what is aside and what is presumed."""
    tx.execute(
        update(levels)
        .where(levels.c.shop_id == shop_id, levels.c.item_id == item_id, levels.c.location_id == location_id)
        .values(presumed=left.presumed, **_aside(left.aside))
    )


def one(tx: Connection, shop_id: int, item_id: int, location_id: int) -> Level | None:
    """The level of an item at a location."""
    return next((level for level in of_items(tx, shop_id, [item_id]) if level.location_id == location_id), None)


def with_aside(tx: Connection, shop_id: int) -> tuple[Level, ...]:
    """The levels of a shop at which anything is aside, longest first."""
    asked = select(levels).where(levels.c.shop_id == shop_id, levels.c.aside > 0)
    rows = tx.execute(asked.order_by(levels.c.aside_since, levels.c.item_id, levels.c.location_id))
    return tuple(_level(row) for row in rows)


def with_counted_off(tx: Connection, shop_id: int) -> tuple[Level, ...]:
    """The levels of a shop at which the store's count and the shelf differ by what suppliers sent, by item and location."""
    asked = select(levels).where(levels.c.shop_id == shop_id, COUNTED_OFF)
    return tuple(_level(row) for row in tx.execute(asked.order_by(levels.c.item_id, levels.c.location_id)))


def set_presumed(tx: Connection, shop_id: int, item_id: int, location_id: int, units: int) -> None:
    """Change how many units appeared without having been booked in."""
    tx.execute(
        update(levels)
        .where(levels.c.shop_id == shop_id, levels.c.item_id == item_id, levels.c.location_id == location_id)
        .values(presumed=units)
    )


def remove(tx: Connection, shop_id: int, item_id: int, location_ids: Iterable[int]) -> None:
    """The item is no longer stocked at these locations: no supply, never the last value (domain §11)."""
    tx.execute(
        levels.delete().where(
            levels.c.shop_id == shop_id,
            levels.c.item_id == item_id,
            levels.c.location_id.in_(sorted(set(location_ids))),
        )
    )


def _level(row: Row[Any]) -> Level:
    return Level(
        item_id=row.item_id,
        location_id=row.location_id,
        available=row.available,
        committed=row.committed,
        on_hand=row.on_hand,
        incoming=row.incoming,
        updated_at=row.updated_at,
        read_at=row.read_at,
        shipped_since=row.shipped_since,
        presumed=row.presumed,
        unseen=row.unseen,
        returned_since=row.returned_since,
        aside=Aside(row.aside, row.aside_since, row.aside_why, row.kept_aside) if row.aside else NOTHING_ASIDE,
        counted_off=row.counted_off,
    )


def _aside(aside: Aside) -> dict[str, Any]:
    return {"aside": aside.units, "aside_since": aside.since, "aside_why": aside.why, "kept_aside": aside.kept}
