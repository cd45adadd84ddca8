"""Purchase orders as CSV: what a file would change, taking it in, giving one out."""

import binascii
from base64 import b64decode

from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.sheets import purchase_orders
from plugin.api.endpoint import Call, endpoint
from plugin.api.reading import LARGEST_BODY
from plugin.api.schema.model import NoQuery
from plugin.api.schema.sheets import LARGEST_SHEET, SheetApproved, SheetDraft
from plugin.here import business_now
from plugin.problems import FieldError, Problem, invalid
from plugin.shown import sheets
from plugin.shown.sheets import MOST_FAULTS, FileShown, OrderSheetShown

LARGEST = LARGEST_SHEET + LARGEST_BODY


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
        return sheets.of_faults(refused.faults)
    return sheets.of_outcome(outcome)


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
    return sheets.of_outcome(outcome)


def bytes_of(draft: SheetDraft) -> bytes:
    """The file's bytes. Raises Problem if they are not in base64."""
    try:
        return b64decode(draft.content, validate=True)
    except (binascii.Error, ValueError):
        raise invalid([FieldError("content", "Send the bytes of the file in base64.")]) from None


def said(faults: tuple[Fault, ...]) -> Problem:
    """What is wrong with a file, as a problem document."""
    return invalid(FieldError("content", str(fault)) for fault in faults[:MOST_FAULTS])
