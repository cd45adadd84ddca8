"""Book in: goods of a purchase order have arrived at the dock. We never change stock; the store counts them in.

A receipt turns what was to come into *at the dock*; the store's rise turns it into stock on the shelf. Whichever comes
first, no unit is counted twice or nowhere in between (domain §2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backorder import counted
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, purchase_order_acts, purchase_orders, receipts
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.incoming import booked_by_hand
from backorder.learn import learn
from backorder.purchase import change_of, line_of, title_of
from backorder.supply import refresh

MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class Booked:
    """``fresh`` is false when this receipt had been booked in before; ``outstanding`` units are still to come.

    ``surplus`` of them were more than were to come of what its ``title`` names.
    """

    fresh: bool
    outstanding: int
    surplus: int = 0
    title: str = ""


def book_in(
    house: House,
    shop_id: int,
    line_id: int,
    units: int,
    *,
    damaged: int = 0,
    aside_first: bool = False,
    sure: bool = True,
    key: str,
    actor: str,
    now: datetime,
) -> Booked:
    """Book in units on a purchase order line, once per ``key``. More than was ordered is accepted: it did arrive.

    Not so from somebody who may not be ``sure``: there it may be a slip of the finger, and is refused.
    ``damaged`` units came besides and cannot be sold: they are no more to come, and serve nobody. ``aside_first``: they are those
    that are set aside on the shelf.
    Raises Unknown for a line that the shop does not have, Refused for a count that cannot be.
    """
    if not 0 <= damaged <= MOST_UNITS:
        raise Refused("damaged", f"Give a number of damaged units from 0 to {MOST_UNITS}.")
    if not (units > 0 or (units == 0 and damaged)) or units > MOST_UNITS:
        raise Refused("units", f"Give a number of units from 1 to {MOST_UNITS}.")
    booked = house.db.run(
        lambda tx: _book(
            tx, shop_id, line_id, units, damaged, aside_first=aside_first, sure=sure, key=key, actor=actor, now=now
        )
    )
    if booked.outstanding == 0:
        learn(house, shop_id, now)
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
    return booked


def book_in_all(
    house: House,
    shop_id: int,
    purchase_order_id: int,
    units: Mapping[int, int],
    *,
    sure: bool = True,
    key: str,
    actor: str,
    now: datetime,
) -> int:
    """Book in units on several lines of a purchase order, by line, once per ``key`` and all or nothing; how many units were booked in.

    ``sure``: as ``book_in`` has it. Raises Unknown for a purchase order or line that the shop does not have, Refused for a count that cannot be or where nothing came.
    """
    arrived = {line_id: count for line_id, count in units.items() if count}
    if not arrived:
        raise Refused("lines", "Nothing was counted: scan a barcode or a SKU, or type how many came.")
    if min(arrived.values()) < 0 or max(arrived.values()) > MOST_UNITS:
        raise Refused("lines", f"Give a number of units from 1 to {MOST_UNITS}.")

    def work(tx: Connection) -> list[Booked]:
        order = purchase_orders.one(tx, shop_id, purchase_order_id)
        lines = {line.line_id: line for line in order.lines} if order else {}
        if order is None or not arrived.keys() <= lines.keys():
            raise Unknown("lines", "The purchase order has no such line.")
        catalogue.lock_items(tx, shop_id, {lines[line_id].item_id for line_id in arrived})
        found = [
            _book(tx, shop_id, line_id, count, 0, aside_first=False, key=f"{key}/{line_id}", actor=actor, now=now)
            for line_id, count in sorted(arrived.items())
        ]
        over = [f"{each.surplus} more than expected of {each.title}" for each in found if each.surplus]
        if over and not sure:
            raise Refused("sure", f"{', '.join(over)}. Book them in all the same?")
        return found

    booked = house.db.run(work)
    if any(each.outstanding == 0 for each in booked):
        learn(house, shop_id, now)
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
    return sum(arrived.values()) if any(each.fresh for each in booked) else 0


def _book(
    tx: Connection,
    shop_id: int,
    line_id: int,
    units: int,
    damaged: int,
    *,
    aside_first: bool,
    sure: bool = True,
    key: str,
    actor: str,
    now: datetime,
) -> Booked:
    line = line_of(tx, shop_id, line_id)
    catalogue.lock_items(tx, shop_id, [line.item_id])
    if not receipts.receive(tx, shop_id, line_id, key, units, now, actor, damaged):
        return Booked(fresh=False, outstanding=line_of(tx, shop_id, line_id).outstanding)
    line = line_of(tx, shop_id, line_id)  # as it is under the lock
    surplus = _surplus(line, units, damaged)
    if surplus and not sure:  # after the key was looked up: what was booked in before is repeated, not refused
        raise Refused("sure", f"{surplus} more than expected. Book them in all the same?")
    to_dock = counted.book(
        tx, shop_id, line.item_id, line.location_id, units, actor=actor, now=now, aside_first=aside_first
    )
    values = {
        "received": line.received + units,
        "damaged": line.damaged + damaged,
        "at_dock": line.at_dock + to_dock,
    }
    purchase_orders.change_line(tx, shop_id, line_id, **values)
    # What stands on the shelf already is no mistake of whoever booked it in.
    carried = booked_by_hand(tx, shop_id, line, units + damaged)
    change = None
    if to_dock == units:
        change = {"lines": change_of(line, **values), "receipt": key, **({"carried": carried} if carried else {})}
    title = title_of(tx, shop_id, line)
    sentence = _sentence(title, line, units, damaged)
    purchase_order_acts.record(tx, shop_id, line.purchase_order_id, sentence, actor=actor, at=now, change=change)
    refresh(tx, shop_id, [line.item_id])
    decide(tx, shop_id, [line.item_id], now, cause=f"receipt on {line.number}", actor=actor)
    dirty.mark(tx, shop_id, Kind.ITEM, [line.item_id], transport_now())
    outstanding = line_of(tx, shop_id, line_id).outstanding
    return Booked(fresh=True, outstanding=outstanding, surplus=surplus, title=title)


def _sentence(title: str, line: PurchaseOrderLine, units: int, damaged: int) -> str:
    said = f"{title}: {units} booked in" if units else f"{title}: nothing that can be sold"
    if damaged:
        said += f", {damaged} arrived damaged"
    surplus = _surplus(line, units, damaged)
    if surplus:
        said += f", {surplus} more than expected"
    return f"{said}."


def _surplus(line: PurchaseOrderLine, units: int, damaged: int) -> int:
    """How many of these are more than was still to come on the line."""
    return max(0, units + damaged - line.outstanding)
