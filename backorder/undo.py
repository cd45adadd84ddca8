"""Undo: an act on a purchase order is taken back, as long as nothing that it changed was changed again since."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from backorder import suppliers
from backorder.bell import Ring
from backorder.db import catalogue, purchase_order_acts, purchase_orders, receipts, transfers
from backorder.db.engine import Connection
from backorder.db.purchase_order_acts import Act
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.purchase import decide_anew, plain

COUNTED_IN = "The store has counted these units in already: correct the stock there."
CHANGED_SINCE = "This was changed again since: undo the later change first."


def undo(house: House, shop_id: int, act_id: int, *, actor: str, now: datetime) -> int:
    """Take an act back; the purchase order it was about. Raises Unknown, and Refused if it cannot be taken back."""

    def work(tx: Connection) -> int:
        act = purchase_order_acts.one(tx, shop_id, act_id)
        if act is None:
            raise Unknown("act", "There is no such change.")
        order = purchase_orders.one(tx, shop_id, act.purchase_order_id)
        assert order is not None
        items = {line.item_id for line in order.lines}
        catalogue.lock_items(tx, shop_id, items)
        act = purchase_order_acts.one(tx, shop_id, act_id)  # as it is under the lock
        assert act is not None
        if act.change is None or act.undone_at is not None:
            raise Refused("act", "This cannot be undone.")
        _take_back(tx, shop_id, act, {line.line_id: line for line in _lines(tx, shop_id, act)}, act.change)
        if "supplier" in act.change:
            _name_again(tx, shop_id, act, act.change["supplier"])
        if "location" in act.change:
            _place_again(tx, shop_id, act, act.change["location"])
        purchase_order_acts.undone(tx, shop_id, act_id, now)
        sentence = f"Undone: {act.sentence}"
        purchase_order_acts.record(tx, shop_id, act.purchase_order_id, sentence, actor=actor, at=now)
        decide_anew(tx, shop_id, items, now, f"undone on {order.number}", actor)
        return act.purchase_order_id

    changed = house.db.run(work)
    house.bell.ring(Ring.OUTBOX)
    return changed


def _lines(tx: Connection, shop_id: int, act: Act) -> tuple[PurchaseOrderLine, ...]:
    order = purchase_orders.one(tx, shop_id, act.purchase_order_id)
    assert order is not None
    if (order.cancelled_at is not None) != bool((act.change or {}).get("cancelled")):
        raise Refused("act", CHANGED_SINCE)
    return order.lines


def _name_again(tx: Connection, shop_id: int, act: Act, names: Sequence[str]) -> None:
    """Let a purchase order come again from whom it came ``names[0]``, if it still comes from ``names[1]``."""
    order = purchase_orders.one(tx, shop_id, act.purchase_order_id)
    assert order is not None
    before, after = names
    if order.supplier != after:
        raise Refused("act", CHANGED_SINCE)
    purchase_orders.set_supplier(tx, shop_id, act.purchase_order_id, before)
    suppliers.learn(tx, shop_id, {line.variant_id for line in order.lines})


def _place_again(tx: Connection, shop_id: int, act: Act, places: Sequence[int]) -> None:
    """Let a purchase order come to ``places[0]`` again, if it still comes to ``places[1]`` and nothing stands at the dock there."""
    order = purchase_orders.one(tx, shop_id, act.purchase_order_id)
    assert order is not None
    before, after = places
    if order.location_id != after or any(line.at_dock for line in order.lines):
        raise Refused("act", CHANGED_SINCE)
    purchase_orders.set_location(tx, shop_id, act.purchase_order_id, before)


def _unbook(tx: Connection, shop_id: int, items: Iterable[int], carried: Mapping[str, tuple[int, int]]) -> None:
    """What shipments carry of an order is booked in by hand no more."""
    parts = {part.part_id: part for part in transfers.parts_of_items(tx, shop_id, items)} if carried else {}
    for part_id, (was, after) in carried.items():
        part = parts.get(int(part_id))
        if part is None or part.booked != after:
            raise Refused("act", COUNTED_IN)
        transfers.booked(tx, shop_id, part.part_id, was)


def _take_back(
    tx: Connection, shop_id: int, act: Act, lines: Mapping[int, PurchaseOrderLine], change: Mapping[str, Any]
) -> None:
    for added, units in change.get("added", {}).items():
        line = lines.get(int(added))
        if line is None or line.settled or line.ordered != units:
            raise Refused("act", CHANGED_SINCE)
        purchase_orders.remove_line(tx, shop_id, line.line_id)
    for line_id, columns in change.get("lines", {}).items():
        line = lines.get(int(line_id))
        if line is None:
            raise Refused("act", CHANGED_SINCE)
        for name, (_, after) in columns.items():
            if plain(getattr(line, name)) != after:
                raise Refused("act", COUNTED_IN if name == "at_dock" else CHANGED_SINCE)
        before = {name: date.fromisoformat(was) if name == "due_on" else was for name, (was, _) in columns.items()}
        purchase_orders.change_line(tx, shop_id, line.line_id, **before)
    _unbook(tx, shop_id, {line.item_id for line in lines.values()}, change.get("carried", {}))
    if "receipt" in change:
        receipts.take_back(tx, shop_id, change["receipt"])
    if change.get("cancelled"):
        purchase_orders.open_again(tx, shop_id, act.purchase_order_id)
