"""Purchase orders: what comes, when, and what has come."""

from backorder import book_in, purchase
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema import DueChange, NoQuery, Nothing, PurchaseOrderDraft, PurchaseOrdersAsked, ReceiptDraft
from plugin.here import business_now
from plugin.shown import purchase_orders
from plugin.shown.model import Shown
from plugin.shown.purchase_orders import PurchaseOrderPage, PurchaseOrderShown


class ReceiptShown(Shown):
    """What a receipt did. ``fresh``: it was counted now, not repeated; ``outstanding`` units are still to come."""

    line_id: int
    units: int
    fresh: bool
    outstanding: int


@endpoint("Purchase orders, newest first", reads=PurchaseOrdersAsked, answers=PurchaseOrderPage)
def list_purchase_orders(call: Call, asked: PurchaseOrdersAsked) -> PurchaseOrderPage:
    return purchase_orders.page(call.house, call.caller.shop, business_now(), asked.before)


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


@endpoint("Say that the rest will not come", reads=Nothing, answers=PurchaseOrderShown)
def cancel_purchase_order(call: Call, _: Nothing, purchase_order_id: int) -> PurchaseOrderShown:
    _one(call, purchase_order_id)
    purchase.cancel_rest(call.house, call.shop_id, purchase_order_id, actor=call.caller.actor, now=business_now())
    return _one(call, purchase_order_id)


@endpoint("Change the day on which a line is due", reads=DueChange, answers=PurchaseOrderShown)
def change_due_day(call: Call, change: DueChange, line_id: int) -> PurchaseOrderShown:
    of = _of_line(call, line_id)
    purchase.change_due(call.house, call.shop_id, line_id, change.due_on, actor=call.caller.actor, now=business_now())
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
        key=call.key,
        actor=call.caller.actor,
        now=business_now(),
    )
    return ReceiptShown(line_id=line_id, units=receipt.units, fresh=booked.fresh, outstanding=booked.outstanding)


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
