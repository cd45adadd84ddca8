"""A CSV file of purchase orders: chosen, looked at, and then taken in by the API. This page changes nothing."""

from base64 import b64encode

from flask import render_template, request

from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.faults import SheetRefused
from backorder.sheets import purchase_orders
from plugin.here import business_now, current_caller, current_house
from plugin.pages.chosen_file import NOTHING_CHOSEN, chosen_file
from plugin.shown.purchase_order_sheets import OrderSheetShown, of_outcome
from plugin.shown.sheets import of_faults


def show_import() -> str:
    return _page(None, Reading.GUESS)


def show_preview() -> str:
    raw = chosen_file()
    reading = _reading(request.form.get("dates", ""))
    if not raw:
        return _page(of_faults(OrderSheetShown, NOTHING_CHOSEN), reading)
    try:
        outcome = purchase_orders.preview(current_house(), current_caller().shop.shop_id, raw, reading, business_now())
    except SheetRefused as refused:
        return _page(of_faults(OrderSheetShown, refused.faults), reading)
    return _page(of_outcome(outcome), reading, b64encode(raw).decode())


def _page(sheet: OrderSheetShown | None, reading: Reading, content: str = "") -> str:
    return render_template(
        "import_purchase_orders.html", sheet=sheet, reading=reading.value, readings=list(Reading), content=content
    )


def _reading(asked: str) -> Reading:
    return Reading(asked) if asked in list(Reading) else Reading.GUESS
