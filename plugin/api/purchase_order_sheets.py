"""Purchase orders as CSV: what a file would change, taking it in, giving one out."""

from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.faults import SheetRefused
from backorder.sheets import purchase_orders
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.api.schema.sheets import SheetApproved, SheetDraft
from plugin.api.sheets import LARGEST, bytes_of, said
from plugin.here import business_now
from plugin.shown.purchase_order_sheets import OrderSheetShown, of_outcome
from plugin.shown.sheets import FileShown, of_faults


@endpoint("All purchase orders as a CSV file", reads=NoQuery, answers=FileShown)
def export_purchase_orders(call: Call, _: NoQuery) -> FileShown:
    return FileShown(name="purchase-orders.csv", content=purchase_orders.export(call.house, call.shop_id))


@endpoint(
    "What a CSV file of purchase orders would change, and for whom",
    reads=SheetDraft,
    answers=OrderSheetShown,
    largest=LARGEST,
)
def preview_purchase_orders(call: Call, draft: SheetDraft) -> OrderSheetShown:
    try:
        outcome = purchase_orders.preview(
            call.house, call.shop_id, bytes_of(draft), Reading(draft.dates), business_now()
        )
    except SheetRefused as refused:
        return of_faults(OrderSheetShown, refused.faults)
    return of_outcome(outcome)


@endpoint(
    "Take a CSV file of purchase orders in, all of it or nothing",
    reads=SheetApproved,
    answers=OrderSheetShown,
    largest=LARGEST,
)
def import_purchase_orders(call: Call, approved: SheetApproved) -> OrderSheetShown:
    try:
        outcome = purchase_orders.carry_out(
            call.house,
            call.shop_id,
            bytes_of(approved),
            Reading(approved.dates),
            seen=approved.seen,
            actor=call.caller.actor,
            now=business_now(),
        )
    except SheetRefused as refused:
        raise said(refused.faults) from None
    return of_outcome(outcome)
