"""What suppliers send to buyers directly, as shown: what is to be passed on, what lies with them, which letters were written.

No address is among it: those stand only in letters and files.
"""

from collections.abc import Iterable
from datetime import date, datetime

from backorder import pass_on
from backorder.db import catalogue, levels, locations, supplier_letters
from backorder.db.shops import Shop
from backorder.db.supplier_letters import Passed, SupplierLetter
from backorder.house import House
from backorder.pass_on import Desk
from plugin.shown.model import Shown


class PassedShown(Shown):
    """One order line. ``what``: *new*, *changed* (from ``was`` units) or *cancelled*.

    ``shipped``: the merchant said that it was; ``not_told``: why the store cannot be told for now.
    """

    line_id: int
    order_id: int
    order_name: str
    title: str
    sku: str | None
    what: str
    units: int
    was: int
    ship_by: date | None
    shipped: bool
    not_told: str | None


class DeskShown(Shown):
    """What lies between the shop and one supplier. ``not_yet``: lines that are not paid; ``with_them``: known to the supplier, not sent."""

    supplier_id: int
    supplier: str
    email: str
    to_pass_on: tuple[PassedShown, ...]
    not_yet: tuple[PassedShown, ...]
    with_them: tuple[PassedShown, ...]


class SupplierLetterShown(Shown):
    """What was passed on at one time. ``state`` of its mailing: *due*, *doing*, *done*, *void*, *parked* or *unknown*; without one it was not mailed."""

    letter_id: int
    supplier: str
    email: str
    at: datetime
    actor: str
    note: str
    lines: tuple[PassedShown, ...]
    state: str | None
    may_go_again: bool


class CountedOff(Shown):
    """Units that the store has taken off the count at a location with parcels of suppliers: the shelf has so many more."""

    title: str
    location: str
    units: int


class DropShipPage(Shown):
    """Everything that suppliers send."""

    desks: tuple[DeskShown, ...]
    letters: tuple[SupplierLetterShown, ...]
    counted_off: tuple[CountedOff, ...]


def page(house: House, shop: Shop) -> DropShipPage:
    """What suppliers send for a shop."""
    found = pass_on.desks(house, shop.shop_id)
    with house.db.read() as tx:
        letters = supplier_letters.latest(tx, shop.shop_id)
        states = pass_on.states(tx, shop.shop_id, letters)
    return DropShipPage(
        desks=tuple(map(_desk, found)),
        letters=tuple(_letter(letter, states.get(letter.letter_id)) for letter in letters),
        counted_off=_counted_off(house, shop),
    )


def _desk(desk: Desk) -> DeskShown:
    return DeskShown(
        supplier_id=desk.supplier_id,
        supplier=desk.supplier,
        email=desk.email,
        to_pass_on=_lines(desk.to_pass_on, desk),
        not_yet=_lines(desk.not_yet, desk),
        with_them=_lines(desk.with_them, desk),
    )


def _lines(lines: Iterable[Passed], desk: Desk | None = None) -> tuple[PassedShown, ...]:
    return tuple(
        PassedShown(
            line_id=line.line_id,
            order_id=line.order_id,
            order_name=line.order_name,
            title=line.title,
            sku=line.sku,
            what=line.tell.value,
            units=line.units,
            was=line.was,
            ship_by=line.ship_by,
            shipped=desk is not None and line.line_id in desk.shipped,
            not_told=desk.not_told.get(line.line_id) if desk else None,
        )
        for line in lines
    )


def _letter(letter: SupplierLetter, state: str | None) -> SupplierLetterShown:
    return SupplierLetterShown(
        letter_id=letter.letter_id,
        supplier=letter.supplier,
        email=letter.email,
        at=letter.at,
        actor=letter.actor,
        note=letter.note,
        lines=_lines(letter.lines),
        state=state,
        may_go_again=state not in {None, "due", "doing"},
    )


def _counted_off(house: House, shop: Shop) -> tuple[CountedOff, ...]:
    with house.db.read() as tx:
        found = levels.with_counted_off(tx, shop.shop_id)
        items = {level.item_id for level in found}
        titles = {v.item_id: v.full_title for v in catalogue.variants_of_items(tx, shop.shop_id, items)}
        places = {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}
    return tuple(
        CountedOff(
            title=titles.get(level.item_id, "Something that is gone"),
            location=places.get(level.location_id, ""),
            units=level.counted_off,
        )
        for level in found
    )
