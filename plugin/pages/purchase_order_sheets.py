"""A CSV file of purchase orders: chosen, looked at, and then taken in by the API. This page changes nothing."""

from base64 import b64encode

from flask import render_template, request

from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.encoding import LARGEST_FILE
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.sheets import purchase_orders
from plugin.here import business_now, current_caller, current_house
from plugin.shown import sheets
from plugin.shown.sheets import OrderSheetShown

# The file and what stands around it in the request.
LARGEST = LARGEST_FILE + 64 * 1024


def show_import() -> str:
    return _page(None, Reading.GUESS)


def show_preview() -> str:
    request.max_content_length = LARGEST
    reading = _reading(request.form.get("dates", ""))
    sent = request.files.get("file")
    raw = sent.read() if sent else b""
    if not raw:
        return _page(sheets.of_faults((Fault("Choose a CSV file that is not empty."),)), reading)
    try:
        outcome = purchase_orders.preview(current_house(), current_caller().shop.shop_id, raw, reading, business_now())
    except SheetRefused as refused:
        return _page(sheets.of_faults(refused.faults), reading)
    return _page(sheets.of_outcome(outcome), reading, b64encode(raw).decode())


def _page(sheet: OrderSheetShown | None, reading: Reading, content: str = "") -> str:
    return render_template(
        "import_purchase_orders.html", sheet=sheet, reading=reading.value, readings=list(Reading), content=content
    )


def _reading(asked: str) -> Reading:
    return Reading(asked) if asked in list(Reading) else Reading.GUESS
