"""Suppliers as CSV: what a file would change, taking it in, giving one out."""

from backorder.rules.sheet.faults import SheetRefused
from backorder.sheets import suppliers
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.api.schema.sheets import SheetApproved, SheetDraft
from plugin.api.sheets import LARGEST, bytes_of, said
from plugin.here import business_now
from plugin.shown.sheets import FileShown, of_faults
from plugin.shown.supplier_sheets import SupplierSheetShown, of_outcome


@endpoint("All suppliers as a CSV file", reads=NoQuery, answers=FileShown)
def export_suppliers(call: Call, _: NoQuery) -> FileShown:
    return FileShown(name="suppliers.csv", content=suppliers.export(call.house, call.shop_id))


@endpoint(
    "What a CSV file of suppliers would change, and for whom",
    reads=SheetDraft,
    answers=SupplierSheetShown,
    largest=LARGEST,
)
def preview_suppliers(call: Call, draft: SheetDraft) -> SupplierSheetShown:
    try:
        outcome = suppliers.preview(call.house, call.shop_id, bytes_of(draft), business_now())
    except SheetRefused as refused:
        return of_faults(SupplierSheetShown, refused.faults)
    return of_outcome(outcome)


@endpoint(
    "Take a CSV file of suppliers in, all of it or nothing",
    reads=SheetApproved,
    answers=SupplierSheetShown,
    largest=LARGEST,
)
def import_suppliers(call: Call, approved: SheetApproved) -> SupplierSheetShown:
    actor, now = call.caller.actor, business_now()
    try:
        outcome = suppliers.carry_out(
            call.house, call.shop_id, bytes_of(approved), seen=approved.seen, actor=actor, now=now
        )
    except SheetRefused as refused:
        raise said(refused.faults) from None
    return of_outcome(outcome)
