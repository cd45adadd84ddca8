"""Purchase orders: what comes, when, and what has come."""

from backorder import amend, book_in, purchase, undo
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.model import NoQuery, Nothing
from plugin.api.schema.purchase_orders import (
    Carefully,
    DueChange,
    LineSplit,
    LocationNamed,
    PurchaseOrderDraft,
    PurchaseOrdersAsked,
    PushDraft,
    ReceiptDraft,
    ReceiptsDraft,
    SupplierNamed,
)
from plugin.here import business_now
from plugin.shown import purchase_orders
from plugin.shown.model import Shown
from plugin.shown.movement import MovementShown
from plugin.shown.purchase_orders import History, PurchaseOrderPage, PurchaseOrderShown


class ReceiptShown(Shown):
    """What a receipt did. ``fresh``: it was counted now, not repeated; ``outstanding`` units are still to come."""

    line_id: int
    units: int
    damaged: int
    fresh: bool
    outstanding: int


@endpoint("Purchase orders, newest first", reads=PurchaseOrdersAsked, answers=PurchaseOrderPage)
def list_purchase_orders(call: Call, asked: PurchaseOrdersAsked) -> PurchaseOrderPage:
    shop, now = call.caller.shop, business_now()
    return purchase_orders.page(call.house, shop, now, asked.before, asked.search, to_come=asked.to_come)


@endpoint("Enter a purchase order", reads=PurchaseOrderDraft, answers=PurchaseOrderShown, status=201)
def create_purchase_order(call: Call, draft: PurchaseOrderDraft) -> PurchaseOrderShown:
    lines = tuple(purchase.DraftLine(line.variant_id, line.units, line.due_on) for line in draft.lines)
    placed = purchase.place(
        call.house,
        call.shop_id,
        purchase.Draft(draft.number, draft.supplier, draft.location_id, lines),
        actor=call.caller.actor,
        now=business_now(),
    )
    return _one(call, placed)


@endpoint("One purchase order", reads=NoQuery, answers=PurchaseOrderShown)
def show_purchase_order(call: Call, _: NoQuery, purchase_order_id: int) -> PurchaseOrderShown:
    return _one(call, purchase_order_id)


@endpoint("Say that the rest will not come", reads=Carefully, answers=PurchaseOrderShown)
def cancel_purchase_order(call: Call, asked: Carefully, purchase_order_id: int) -> PurchaseOrderShown:
    _one(call, purchase_order_id)
    purchase.cancel_rest(
        call.house,
        call.shop_id,
        purchase_order_id,
        actor=call.caller.actor,
        now=business_now(),
        moving_nobody=asked.moving_nobody,
    )
    return _one(call, purchase_order_id)


@endpoint("What was done with a purchase order, newest first", reads=NoQuery, answers=History)
def show_history(call: Call, _: NoQuery, purchase_order_id: int) -> History:
    _one(call, purchase_order_id)
    return purchase_orders.history(call.house, call.caller.shop, purchase_order_id)


@endpoint("Take an act back", reads=Nothing, answers=PurchaseOrderShown)
def undo_act(call: Call, _: Nothing, act_id: int) -> PurchaseOrderShown:
    return _one(call, undo.undo(call.house, call.shop_id, act_id, actor=call.caller.actor, now=business_now()))


@endpoint("Who would get another day if all lines were due later", reads=PushDraft, answers=MovementShown)
def preview_push(call: Call, draft: PushDraft, purchase_order_id: int) -> MovementShown:
    return MovementShown(amend.preview_push(call.house, call.shop_id, purchase_order_id, draft.days, business_now()))


@endpoint("Everything still to come is due so many days later", reads=PushDraft, answers=PurchaseOrderShown)
def push_purchase_order(call: Call, draft: PushDraft, purchase_order_id: int) -> PurchaseOrderShown:
    amend.push(call.house, call.shop_id, purchase_order_id, draft.days, actor=call.caller.actor, now=business_now())
    return _one(call, purchase_order_id)


@endpoint("Who would get another day if it came from another supplier", reads=SupplierNamed, answers=MovementShown)
def preview_order_supplier(call: Call, named: SupplierNamed, purchase_order_id: int) -> MovementShown:
    return MovementShown(
        amend.preview_supplier(call.house, call.shop_id, purchase_order_id, named.supplier, business_now())
    )


@endpoint("A purchase order comes from another supplier", reads=SupplierNamed, answers=PurchaseOrderShown)
def change_order_supplier(call: Call, named: SupplierNamed, purchase_order_id: int) -> PurchaseOrderShown:
    actor, now = call.caller.actor, business_now()
    amend.change_supplier(call.house, call.shop_id, purchase_order_id, named.supplier, actor=actor, now=now)
    return _one(call, purchase_order_id)


@endpoint("Who would get another day if it came to another location", reads=LocationNamed, answers=MovementShown)
def preview_order_location(call: Call, named: LocationNamed, purchase_order_id: int) -> MovementShown:
    return MovementShown(
        amend.preview_location(call.house, call.shop_id, purchase_order_id, named.location_id, business_now())
    )


@endpoint(
    "What is still to come on a purchase order comes to another location",
    reads=LocationNamed,
    answers=PurchaseOrderShown,
)
def change_order_location(call: Call, named: LocationNamed, purchase_order_id: int) -> PurchaseOrderShown:
    actor, now = call.caller.actor, business_now()
    amend.change_location(call.house, call.shop_id, purchase_order_id, named.location_id, actor=actor, now=now)
    return _one(call, purchase_order_id)


@endpoint("Say that nothing more of a line will come", reads=Carefully, answers=PurchaseOrderShown)
def close_line(call: Call, asked: Carefully, line_id: int) -> PurchaseOrderShown:
    of, careful = _of_line(call, line_id), asked.moving_nobody
    actor, now = call.caller.actor, business_now()
    amend.close_line(call.house, call.shop_id, line_id, actor=actor, now=now, moving_nobody=careful)
    return _one(call, of.purchase_order_id)


@endpoint("Some of a line come on another day", reads=LineSplit, answers=PurchaseOrderShown)
def split_line(call: Call, split: LineSplit, line_id: int) -> PurchaseOrderShown:
    of = _of_line(call, line_id)
    amend.split_line(
        call.house,
        call.shop_id,
        line_id,
        split.units,
        split.due_on,
        actor=call.caller.actor,
        now=business_now(),
        moving_nobody=split.moving_nobody,
    )
    return _one(call, of.purchase_order_id)


@endpoint("Change the day on which a line is due", reads=DueChange, answers=PurchaseOrderShown)
def change_due_day(call: Call, change: DueChange, line_id: int) -> PurchaseOrderShown:
    of = _of_line(call, line_id)
    purchase.change_due(
        call.house,
        call.shop_id,
        line_id,
        change.due_on,
        actor=call.caller.actor,
        now=business_now(),
        moving_nobody=change.moving_nobody,
    )
    return _one(call, of.purchase_order_id)


@endpoint("Book in units that arrived", reads=ReceiptDraft, answers=ReceiptShown, status=201, keyed=True)
def book_in_units(call: Call, receipt: ReceiptDraft, line_id: int) -> ReceiptShown:
    _of_line(call, line_id)
    assert call.key is not None  # keyed
    booked = book_in.book_in(
        call.house,
        call.shop_id,
        line_id,
        receipt.units,
        damaged=receipt.damaged or 0,
        sure=receipt.sure,
        key=call.key,
        actor=call.caller.actor,
        now=business_now(),
    )
    return ReceiptShown(
        line_id=line_id,
        units=receipt.units,
        damaged=receipt.damaged or 0,
        fresh=booked.fresh,
        outstanding=booked.outstanding,
    )


@endpoint(
    "Book in what was scanned, on several lines",
    reads=ReceiptsDraft,
    answers=PurchaseOrderShown,
    status=201,
    keyed=True,
)
def book_in_scanned(call: Call, draft: ReceiptsDraft, purchase_order_id: int) -> PurchaseOrderShown:
    assert call.key is not None  # keyed
    units: dict[int, int] = {}
    for line in draft.lines:
        units[line.line_id] = units.get(line.line_id, 0) + (line.units or 0)
    book_in.book_in_all(
        call.house,
        call.shop_id,
        purchase_order_id,
        units,
        sure=draft.sure,
        key=call.key,
        actor=call.caller.actor,
        now=business_now(),
    )
    return _one(call, purchase_order_id)


def _one(call: Call, purchase_order_id: int) -> PurchaseOrderShown:
    found = purchase_orders.one(call.house, call.caller.shop, purchase_order_id, business_now())
    if found is None:
        raise not_found("The shop has no such purchase order.")
    return found


def _of_line(call: Call, line_id: int) -> PurchaseOrderShown:
    found = purchase_orders.of_line(call.house, call.caller.shop, line_id, business_now())
    if found is None:
        raise not_found("The shop has no such purchase order line.")
    return found
