"""Purchase: what the merchant has ordered from suppliers, and when it is due. Every change is a decision about dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from backorder import suppliers
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.db import catalogue, locations, purchase_order_acts, purchase_orders
from backorder.db.engine import Connection
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.incoming import link_to_new
from backorder.movement import carefully
from backorder.rules.seen import LocationSeen
from backorder.rules.wording import day, units
from backorder.supply import refresh

MOST_UNITS = 1_000_000
FURTHEST = timedelta(days=1100)
LONGEST_NUMBER = 64
# A day that is changed so soon was never stated: a slip of the pen says nothing of the supplier.
CORRECTION = timedelta(days=1)


@dataclass(frozen=True)
class DraftLine:
    """``units`` of a variant, due on a day in the shop's time zone."""

    variant_id: int
    units: int
    due_on: date


@dataclass(frozen=True)
class Draft:
    """A purchase order as the merchant enters it; without a location it goes to the only one that ships online."""

    number: str
    supplier: str
    location_id: int | None
    lines: tuple[DraftLine, ...]


def place(house: House, shop_id: int, draft: Draft, *, actor: str, now: datetime) -> int:
    """Enter a purchase order and decide anew; its id. Raises Refused with the field that is wrong."""
    placed = house.db.run(lambda tx: place_in(tx, shop_id, draft, actor=actor, now=now))
    house.bell.ring(Ring.OUTBOX)
    return placed


def place_in(tx: Connection, shop_id: int, draft: Draft, *, actor: str, now: datetime) -> int:
    """``place`` within the caller's transaction."""
    number = draft.number.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise Refused("number", f"Give the purchase order a number of up to {LONGEST_NUMBER} characters.")
    if not draft.lines:
        raise Refused("lines", "A purchase order needs at least one line.")
    location = active_location(tx, shop_id, draft.location_id)
    known = {v.variant_id: v for v in catalogue.by_ids(tx, shop_id, [line.variant_id for line in draft.lines])}
    for index, line in enumerate(draft.lines):
        _check_line(index, line, known, now)
    items = [known[line.variant_id].item_id for line in draft.lines]
    catalogue.lock_items(tx, shop_id, items)
    created = purchase_orders.create(tx, shop_id, number, draft.supplier.strip()[:255], location.location_id, now)
    if created is None:
        raise Refused("number", f"There is already a purchase order {number}.")
    for line in draft.lines:
        item_id = known[line.variant_id].item_id
        purchase_orders.add_line(tx, shop_id, created, line.variant_id, item_id, line.units, line.due_on)
    link_to_new(tx, shop_id, created, number, now)
    suppliers.learn(tx, shop_id, known)
    sentence = f"Entered with {len(draft.lines)} {'line' if len(draft.lines) == 1 else 'lines'}."
    purchase_order_acts.record(tx, shop_id, created, sentence, actor=actor, at=now)
    decide_anew(tx, shop_id, items, now, f"purchase order {number}", actor)
    return created


def change_due(
    house: House, shop_id: int, line_id: int, due_on: date, *, actor: str, now: datetime, moving_nobody: bool = False
) -> None:
    """Give a line another date. Who waits for it and was told an earlier one hears of it.

    With ``moving_nobody`` it is Refused where somebody would.
    """

    def work(tx: Connection) -> None:
        items = [line_of(tx, shop_id, line_id).item_id]
        catalogue.lock_items(tx, shop_id, items)
        change = partial(change_due_in, tx, shop_id, line_id, due_on, actor=actor, now=now)
        carefully(tx, shop_id, items, change, moving_nobody=moving_nobody)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def change_due_in(tx: Connection, shop_id: int, line_id: int, due_on: date, *, actor: str, now: datetime) -> None:
    """``change_due`` within the caller's transaction."""
    check_day("due_on", due_on, now)
    line = line_of(tx, shop_id, line_id)
    catalogue.lock_items(tx, shop_id, [line.item_id])
    line = line_of(tx, shop_id, line_id)  # as it is under the lock
    order = purchase_orders.one(tx, shop_id, line.purchase_order_id)
    if order is not None and now - order.created_at < CORRECTION:
        purchase_orders.change_line(tx, shop_id, line_id, due_on=due_on, first_due_on=None)
    else:
        purchase_orders.change_line(tx, shop_id, line_id, due_on=due_on)
    if due_on != line.due_on:
        sentence = f"{title_of(tx, shop_id, line)}: due on {day(due_on)} instead of {day(line.due_on)}."
        change = {"lines": change_of(line, due_on=due_on)}
        purchase_order_acts.record(tx, shop_id, line.purchase_order_id, sentence, actor=actor, at=now, change=change)
    decide_anew(tx, shop_id, [line.item_id], now, f"new date for {line.number}", actor)


def cancel_rest(
    house: House, shop_id: int, purchase_order_id: int, *, actor: str, now: datetime, moving_nobody: bool = False
) -> None:
    """Nothing more of this purchase order will come. What was booked in stays.

    With ``moving_nobody`` it is Refused where somebody's day would move.
    """

    def work(tx: Connection) -> None:
        order = purchase_orders.one(tx, shop_id, purchase_order_id)
        items = {line.item_id for line in order.lines} if order else set()
        catalogue.lock_items(tx, shop_id, items)
        change = partial(cancel_rest_in, tx, shop_id, purchase_order_id, actor=actor, now=now)
        carefully(tx, shop_id, items, change, moving_nobody=moving_nobody)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def cancel_rest_in(tx: Connection, shop_id: int, purchase_order_id: int, *, actor: str, now: datetime) -> None:
    """``cancel_rest`` within the caller's transaction."""
    order = purchase_orders.one(tx, shop_id, purchase_order_id)
    if order is None:
        raise Unknown("purchase_order", "There is no such purchase order.")
    items = [line.item_id for line in order.lines]
    catalogue.lock_items(tx, shop_id, items)
    order = purchase_orders.one(tx, shop_id, purchase_order_id)  # as it is under the lock
    assert order is not None
    change: dict[str, Any] = {}
    for line in order.lines:
        cancelled = line.cancelled + line.outstanding
        purchase_orders.change_line(tx, shop_id, line.line_id, cancelled=cancelled)
        change |= change_of(line, cancelled=cancelled)
    if order.cancelled_at is None:
        sentence = f"The rest, {units(sum(line.outstanding for line in order.lines))}, will not come."
        done = {"lines": change, "cancelled": True}
        purchase_order_acts.record(tx, shop_id, purchase_order_id, sentence, actor=actor, at=now, change=done)
    purchase_orders.cancel(tx, shop_id, purchase_order_id, now)
    decide_anew(tx, shop_id, items, now, f"rest of {order.number} cancelled", actor)


def decide_anew(tx: Connection, shop_id: int, items: Iterable[int], now: datetime, cause: str, actor: str) -> None:
    """What is to come of these items changed: write the lots, and decide. The caller holds their lock."""
    items = sorted(set(items))
    refresh(tx, shop_id, items)
    decide(tx, shop_id, items, now, cause=cause, actor=actor)


def line_of(tx: Connection, shop_id: int, line_id: int) -> PurchaseOrderLine:
    """A line of the shop. Raises Unknown."""
    line = purchase_orders.line(tx, shop_id, line_id)
    if line is None:
        raise Unknown("line", "There is no such purchase order line.")
    return line


def active_location(tx: Connection, shop_id: int, location_id: int | None) -> LocationSeen:
    """Where goods come to: this location, or None for the only one that sends online orders. Raises Refused if there is none such."""
    active = [place for place in locations.all_locations(tx, shop_id) if place.active]
    if location_id is not None:
        chosen = next((place for place in active if place.location_id == location_id), None)
        if chosen is None:
            raise Refused("location_id", "The shop has no such active location.")
        return chosen
    online = [place for place in active if place.fulfills_online]
    if len(online) != 1:
        raise Refused("location_id", "Say to which location the goods will come.")
    return online[0]


def title_of(tx: Connection, shop_id: int, line: PurchaseOrderLine) -> str:
    """What a line is of, for a sentence."""
    found = catalogue.by_ids(tx, shop_id, [line.variant_id])
    return found[0].full_title if found else "A variant that is gone"


def change_of(line: PurchaseOrderLine, **values: int | date) -> dict[str, Any]:
    """What an act makes of a line, as it stands in the history (``undo``): each column as it was and as it is."""
    columns = {name: [plain(getattr(line, name)), plain(value)] for name, value in values.items()}
    return {str(line.line_id): {name: pair for name, pair in columns.items() if pair[0] != pair[1]}}


def plain(value: date | int) -> str | int:
    """A column's value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def _check_line(index: int, line: DraftLine, known: Mapping[int, catalogue.Variant], now: datetime) -> None:
    if line.variant_id not in known or known[line.variant_id].gone:
        raise Refused(f"lines.{index}.variant_id", "The shop has no such variant.")
    if not 0 < line.units <= MOST_UNITS:
        raise Refused(f"lines.{index}.units", f"Give a number of units from 1 to {MOST_UNITS}.")
    check_day(f"lines.{index}.due_on", line.due_on, now)


def check_day(field: str, due_on: date, now: datetime) -> None:
    """A due date lies between yesterday (time zones) and three years ahead; anything else is a slip of the pen."""
    if due_on < now.date() - timedelta(days=1):
        raise Refused(field, f"{due_on.isoformat()} has passed: give the day on which the goods are expected.")
    if due_on > now.date() + FURTHEST:
        raise Refused(field, f"{due_on.isoformat()} is more than three years ahead.")
