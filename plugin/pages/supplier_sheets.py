"""A CSV file of suppliers: chosen, looked at, and then taken in by the API. This page changes nothing."""

from base64 import b64encode

from flask import render_template

from backorder.rules.sheet.faults import SheetRefused
from backorder.sheets import suppliers
from plugin.here import business_now, current_caller, current_house
from plugin.pages.chosen_file import NOTHING_CHOSEN, chosen_file
from plugin.shown.sheets import of_faults
from plugin.shown.supplier_sheets import SupplierSheetShown, of_outcome


def show_supplier_import() -> str:
    return _page(None)


def show_supplier_preview() -> str:
    raw = chosen_file()
    if not raw:
        return _page(of_faults(SupplierSheetShown, NOTHING_CHOSEN))
    try:
        outcome = suppliers.preview(current_house(), current_caller().shop.shop_id, raw, business_now())
    except SheetRefused as refused:
        return _page(of_faults(SupplierSheetShown, refused.faults))
    return _page(of_outcome(outcome), b64encode(raw).decode())


def _page(sheet: SupplierSheetShown | None, content: str = "") -> str:
    return render_template("import_suppliers.html", sheet=sheet, content=content)
