"""Believe: a person says what units are that appeared without a delivery, or that they stay aside (domain §2).

We never change stock: what is freed serves the queue and the shop from now on, what is kept aside serves nobody.
"""

from collections.abc import Callable
from datetime import datetime

from backorder import book_in, counted
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, levels, locations, overwriting
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.levels import Level
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.purchase import line_of
from backorder.rules.rises import Aside, Left

RELEASED, KEPT, PUT_ASIDE = "released", "kept aside", "put aside"


def release(
    house: House, shop_id: int, item_id: int, location_id: int, units: int, *, actor: str, now: datetime
) -> None:
    """So many units that were aside are really there. Raises Unknown for a place, Refused for a number, that cannot be."""

    def work(level: Level) -> Aside:
        _must_be_aside(level, units)
        return level.aside.less(units)

    _say(house, shop_id, (item_id, location_id), work, RELEASED, actor=actor, now=now)


def keep_aside(house: House, shop_id: int, item_id: int, location_id: int, *, actor: str, now: datetime) -> None:
    """What is aside stays so, and nobody is asked about it again. Raises as ``release``."""

    def work(level: Level) -> Aside:
        _must_be_aside(level, 1)
        return Aside(level.aside.units, level.aside.since, level.aside.why, kept=level.aside.units)

    _say(house, shop_id, (item_id, location_id), work, KEPT, actor=actor, now=now)


def put_aside(
    house: House, shop_id: int, item_id: int, location_id: int, units: int, *, actor: str, now: datetime
) -> None:
    """So many units on the shelf serve nobody until somebody says otherwise. Raises as ``release``."""

    def work(level: Level) -> Aside:
        most = max(0, level.on_shelf) - level.aside.units
        if not 0 < units <= most:
            raise Refused(
                "units",
                f"Give a number of units from 1 to {most}." if most else "There is nothing on the shelf to set aside.",
            )
        return Aside(level.aside.units + units, level.aside.since or now, PUT_ASIDE, level.aside.kept + units)

    _say(house, shop_id, (item_id, location_id), work, PUT_ASIDE, actor=actor, now=now)


def belongs_to(
    house: House,
    shop_id: int,
    item_id: int,
    location_id: int,
    units: int,
    line_id: int,
    *,
    sure: bool = True,
    key: str,
    actor: str,
    now: datetime,
) -> None:
    """So many units that were aside came with a line of a purchase order: they are booked in on it, once per ``key``.

    ``sure``: they may be more than were still to come on it. Raises as ``release``, and for a line that is not of these goods at this place.
    """
    with house.db.read() as tx:
        line = line_of(tx, shop_id, line_id)
        level = levels.one(tx, shop_id, item_id, location_id)
    if (line.item_id, line.location_id) != (item_id, location_id):
        raise Refused("line_id", f"{line.number} does not bring these goods here.")
    if level is None:
        raise Unknown("location_id", "These goods are not stocked here.")
    _must_be_aside(level, units)
    book_in.book_in(house, shop_id, line_id, units, aside_first=True, sure=sure, key=key, actor=actor, now=now)


def says_of_location(
    house: House,
    shop_id: int,
    location_id: int,
    *,
    overwrites: bool | None,
    actor: str,
    now: datetime,
) -> None:
    """Whether another system overwrites *available* at a location; None: nobody knows. Raises Unknown for no such location."""

    def work(tx: Connection) -> None:
        if location_id not in {place.location_id for place in locations.all_locations(tx, shop_id)}:
            raise Unknown("location_id", "The shop has no such location.")
        overwriting.answer(tx, shop_id, location_id, said=overwrites, actor=actor, at=now)

    house.db.run(work)


def _must_be_aside(level: Level, units: int) -> None:
    there = level.aside.units
    if not there:
        raise Refused("units", "Nothing is set aside here any more.")
    if not 0 < units <= there:
        raise Refused("units", f"Give a number of units from 1 to {there}: so many are set aside now.")


def _say(
    house: House,
    shop_id: int,
    place: tuple[int, int],
    work: Callable[[Level], Aside],
    said: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    item_id, location_id = place

    def write(tx: Connection) -> None:
        catalogue.lock_items(tx, shop_id, [item_id])
        level = levels.one(tx, shop_id, item_id, location_id)
        if level is None:
            raise Unknown("location_id", "These goods are not stocked here.")
        counted.keep(tx, shop_id, level, Left(work(level), level.presumed), said, actor=actor, now=now)
        decide(tx, shop_id, [item_id], now, cause=f"stock {said}", actor=actor)
        dirty.mark(tx, shop_id, Kind.ITEM, [item_id], transport_now())

    house.db.run(write)
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
