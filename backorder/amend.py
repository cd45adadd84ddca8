"""Amend: a purchase order turns out otherwise than it was entered. What will not come is struck off, what comes later is told apart.

Every act stands in the history of its purchase order with its sentence, and can be undone (``undo``).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from backorder import suppliers
from backorder.bell import Ring
from backorder.db import catalogue, locations, purchase_order_acts, purchase_orders
from backorder.db.engine import Connection
from backorder.db.purchase_orders import PurchaseOrder
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.movement import Movement, carefully, moving
from backorder.purchase import (
    active_location,
    cancel_rest_in,
    change_due_in,
    change_of,
    check_day,
    decide_anew,
    line_of,
    title_of,
)
from backorder.rules.wording import day, units, units_will

FURTHEST_PUSH = 730
LONGEST_SUPPLIER = 255
PREVIEW = "a preview"
NOTHING_COMES, CLOSED, SPLIT, DUE = TURNS = ("nothing comes", "closed", "split", "due")


def close_line(
    house: House, shop_id: int, line_id: int, *, actor: str, now: datetime, moving_nobody: bool = False
) -> None:
    """Nothing more of a line will come: it came short, or its rest is cancelled. What was booked in stays.

    With ``moving_nobody`` it is Refused where somebody's day would move.
    """

    def work(tx: Connection) -> None:
        items = [line_of(tx, shop_id, line_id).item_id]
        catalogue.lock_items(tx, shop_id, items)
        close = partial(_close_line, tx, shop_id, line_id, actor, now)
        carefully(tx, shop_id, items, close, moving_nobody=moving_nobody)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def _close_line(tx: Connection, shop_id: int, line_id: int, actor: str, now: datetime) -> None:
    line = line_of(tx, shop_id, line_id)
    if not line.outstanding:
        raise Refused("line", "Nothing more is to come on this line.")
    cancelled = line.cancelled + line.outstanding
    purchase_orders.change_line(tx, shop_id, line_id, cancelled=cancelled)
    came = "came short, and the remaining" if line.received or line.damaged else "the"
    sentence = f"{title_of(tx, shop_id, line)}: {came} {units_will(line.outstanding)} not come."
    change = {"lines": change_of(line, cancelled=cancelled)}
    purchase_order_acts.record(tx, shop_id, line.purchase_order_id, sentence, actor=actor, at=now, change=change)
    decide_anew(tx, shop_id, [line.item_id], now, f"rest of a line of {line.number} struck off", actor)


def split_line(
    house: House,
    shop_id: int,
    line_id: int,
    units: int,
    due_on: date,
    *,
    actor: str,
    now: datetime,
    moving_nobody: bool = False,
) -> None:
    """``units`` of what is still to come on a line come on another day: they become a line of their own.

    With ``moving_nobody`` it is Refused where somebody's day would move.
    """
    check_day("due_on", due_on, now)

    def work(tx: Connection) -> None:
        items = [line_of(tx, shop_id, line_id).item_id]
        catalogue.lock_items(tx, shop_id, items)
        split = partial(_split_line, tx, shop_id, line_id, units, due_on, actor, now)
        carefully(tx, shop_id, items, split, moving_nobody=moving_nobody)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def _split_line(
    tx: Connection, shop_id: int, line_id: int, units: int, due_on: date, actor: str, now: datetime
) -> None:
    line = line_of(tx, shop_id, line_id)
    if not 0 < units < line.outstanding:
        raise Refused("units", f"{line.outstanding} are still to come: give fewer than those.")
    if due_on == line.due_on:
        raise Refused("due_on", "That is the day of the line itself: give another one.")
    ordered = line.ordered - units
    purchase_orders.change_line(tx, shop_id, line_id, ordered=ordered)
    fresh = purchase_orders.add_line(tx, shop_id, line.purchase_order_id, line.variant_id, line.item_id, units, due_on)
    sentence = f"{title_of(tx, shop_id, line)}: {units} of {line.outstanding} are due on {day(due_on)}, in a line of their own."
    change = {"lines": change_of(line, ordered=ordered), "added": {str(fresh): units}}
    purchase_order_acts.record(tx, shop_id, line.purchase_order_id, sentence, actor=actor, at=now, change=change)
    decide_anew(tx, shop_id, [line.item_id], now, f"a line of {line.number} split", actor)


@dataclass(frozen=True)
class Otherwise:
    """What a purchase order turns out to be: all of it will not come, or of a line: *due* on a day, *split*, or *closed*."""

    what: str
    line_id: int | None = None
    units: int = 0
    due_on: date | None = None


def preview(house: House, shop_id: int, purchase_order_id: int, said: Otherwise, now: datetime) -> Movement:
    """Who would get another day if it turned out so. Raises as the acts do."""

    def work(tx: Connection) -> Movement:
        order = _order(tx, shop_id, purchase_order_id)
        items = {line.item_id for line in order.lines}
        catalogue.lock_items(tx, shop_id, items)
        return moving(tx, shop_id, items, lambda: _turn_out(tx, shop_id, order, said, now))

    return house.db.rehearse(work)


def _turn_out(tx: Connection, shop_id: int, order: PurchaseOrder, said: Otherwise, now: datetime) -> None:
    if said.what == NOTHING_COMES:
        cancel_rest_in(tx, shop_id, order.purchase_order_id, actor=PREVIEW, now=now)
        return
    line_id = next((line.line_id for line in order.lines if line.line_id == said.line_id), None)
    if line_id is None:
        raise Unknown("line", "There is no such purchase order line.")
    if said.what == CLOSED:
        _close_line(tx, shop_id, line_id, PREVIEW, now)
        return
    if said.due_on is None:
        raise Refused("due_on", "Give the day on which the goods are expected.")
    check_day("due_on", said.due_on, now)
    if said.what == SPLIT:
        _split_line(tx, shop_id, line_id, said.units, said.due_on, PREVIEW, now)
    else:
        change_due_in(tx, shop_id, line_id, said.due_on, actor=PREVIEW, now=now)


def preview_push(house: House, shop_id: int, purchase_order_id: int, days: int, now: datetime) -> Movement:
    """Who would get another day if everything still to come on a purchase order were due so many days later."""
    return house.db.rehearse(lambda tx: _push(tx, shop_id, purchase_order_id, days, PREVIEW, now))


def push(house: House, shop_id: int, purchase_order_id: int, days: int, *, actor: str, now: datetime) -> Movement:
    """Everything still to come on a purchase order is due so many days later (less than 0: earlier)."""
    moved = house.db.run(lambda tx: _push(tx, shop_id, purchase_order_id, days, actor, now))
    house.bell.ring(Ring.OUTBOX)
    return moved


def preview_supplier(house: House, shop_id: int, purchase_order_id: int, supplier: str, now: datetime) -> Movement:
    """Who would get another day if a purchase order came from this supplier: they may be late otherwise, and take longer."""
    return house.db.rehearse(lambda tx: _supplier(tx, shop_id, purchase_order_id, supplier, PREVIEW, now))


def change_supplier(
    house: House, shop_id: int, purchase_order_id: int, supplier: str, *, actor: str, now: datetime
) -> Movement:
    """A purchase order comes from another supplier than was entered."""
    moved = house.db.run(lambda tx: _supplier(tx, shop_id, purchase_order_id, supplier, actor, now))
    house.bell.ring(Ring.OUTBOX)
    return moved


def preview_location(house: House, shop_id: int, purchase_order_id: int, location_id: int, now: datetime) -> Movement:
    """Who would get another day if what is still to come on a purchase order came to this location. Raises as ``change_location``."""
    return house.db.rehearse(lambda tx: _location(tx, shop_id, purchase_order_id, location_id, PREVIEW, now))


def change_location(
    house: House, shop_id: int, purchase_order_id: int, location_id: int, *, actor: str, now: datetime
) -> Movement:
    """What is still to come on a purchase order comes to another location; what came stays where it is.

    Raises Refused where nothing is to come, and while units stand at the dock of the location that it came to so far.
    """
    moved = house.db.run(lambda tx: _location(tx, shop_id, purchase_order_id, location_id, actor, now))
    house.bell.ring(Ring.OUTBOX)
    return moved


def _location(
    tx: Connection, shop_id: int, purchase_order_id: int, location_id: int, actor: str, now: datetime
) -> Movement:
    to = active_location(tx, shop_id, location_id)
    order = _order(tx, shop_id, purchase_order_id)
    items = {line.item_id for line in order.lines}
    catalogue.lock_items(tx, shop_id, items)
    order = _order(tx, shop_id, purchase_order_id)  # as it is under the lock
    names = {place.location_id: place.name for place in locations.all_locations(tx, shop_id)}
    came_to = names.get(order.location_id) or "another location"
    if order.cancelled_at or not any(line.outstanding for line in order.lines):
        raise Refused("location_id", f"Nothing more is to come on {order.number}.")
    if order.location_id == to.location_id:
        raise Refused("location_id", f"{order.number} comes to {to.name} already.")
    if docked := sum(line.at_dock for line in order.lines):
        # They are where they arrived: moved along, they would be awaited on a shelf that nobody puts them on.
        raise Refused(
            "location_id",
            f"{units(docked)} of {order.number} {'was' if docked == 1 else 'were'} booked in at {came_to} and not counted in"
            " there yet. Wait for the count, or undo the booking first.",
        )

    def work() -> None:
        purchase_orders.set_location(tx, shop_id, purchase_order_id, to.location_id)
        sentence = f"Comes to {to.name} instead of {came_to}."
        change = {"location": [order.location_id, to.location_id]}
        purchase_order_acts.record(tx, shop_id, purchase_order_id, sentence, actor=actor, at=now, change=change)
        decide_anew(tx, shop_id, items, now, f"{order.number} comes to another location", actor)

    return moving(tx, shop_id, items, work)


def _supplier(
    tx: Connection, shop_id: int, purchase_order_id: int, supplier: str, actor: str, now: datetime
) -> Movement:
    name = " ".join(supplier.split())
    if not name or len(name) > LONGEST_SUPPLIER:
        raise Refused("supplier", f"Name the supplier, in up to {LONGEST_SUPPLIER} characters.")
    order = _order(tx, shop_id, purchase_order_id)
    items = {line.item_id for line in order.lines}
    catalogue.lock_items(tx, shop_id, items)
    order = _order(tx, shop_id, purchase_order_id)  # as it is under the lock
    if order.supplier == name:
        raise Refused("supplier", f"{order.number} comes from {name} already.")

    def work() -> None:
        purchase_orders.set_supplier(tx, shop_id, purchase_order_id, name)
        suppliers.learn(tx, shop_id, {line.variant_id for line in order.lines})
        sentence = f"Comes from {name} instead of {order.supplier or 'nobody named'}."
        change = {"supplier": [order.supplier, name]}
        purchase_order_acts.record(tx, shop_id, purchase_order_id, sentence, actor=actor, at=now, change=change)
        decide_anew(tx, shop_id, items, now, f"{order.number} comes from another supplier", actor)

    return moving(tx, shop_id, items, work)


def _push(tx: Connection, shop_id: int, purchase_order_id: int, days: int, actor: str, now: datetime) -> Movement:
    if not 0 < abs(days) <= FURTHEST_PUSH:
        raise Refused("days", f"Give a number of days from 1 to {FURTHEST_PUSH}, or as many less than 0 for earlier.")
    order = _order(tx, shop_id, purchase_order_id)
    catalogue.lock_items(tx, shop_id, {line.item_id for line in order.lines})
    order = _order(tx, shop_id, purchase_order_id)  # as it is under the lock
    lines = [line for line in order.lines if line.outstanding]
    if not lines or order.cancelled_at:
        raise Refused("days", f"Nothing more is to come on {order.number}.")
    items = {line.item_id for line in lines}

    def work() -> None:
        change: dict[str, Any] = {}
        for line in lines:
            due_on = line.due_on + timedelta(days=days)
            check_day("days", due_on, now)
            purchase_orders.change_line(tx, shop_id, line.line_id, due_on=due_on)
            change |= change_of(line, due_on=due_on)
        by = f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"
        sentence = f"Everything still to come is due {by}."
        purchase_order_acts.record(
            tx, shop_id, purchase_order_id, sentence, actor=actor, at=now, change={"lines": change}
        )
        decide_anew(tx, shop_id, items, now, f"{order.number} is due {by}", actor)

    return moving(tx, shop_id, items, work)


def _order(tx: Connection, shop_id: int, purchase_order_id: int) -> PurchaseOrder:
    order = purchase_orders.one(tx, shop_id, purchase_order_id)
    if order is None:
        raise Unknown("purchase_order", "There is no such purchase order.")
    return order
