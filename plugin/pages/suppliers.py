"""Suppliers: the list, a new one, one to change, and a file of them that is looked at before it is taken in."""

from base64 import b64encode

from flask import render_template, request

from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.sheets import suppliers as sheets
from plugin.here import business_now, current_caller, current_house
from plugin.pages.purchase_order_sheets import LARGEST
from plugin.problems import Kind, Problem
from plugin.shown import suppliers
from plugin.shown.suppliers import SupplierSheetShown


def show_suppliers() -> str:
    page = suppliers.every(current_house(), current_caller().shop)
    return render_template("suppliers.html", suppliers=page.suppliers)


def show_supplier(supplier_id: int) -> str:
    found = suppliers.one(current_house(), current_caller().shop, supplier_id)
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such supplier.")
    return render_template("supplier.html", supplier=found)


def show_supplier_import() -> str:
    return _page(None)


def show_supplier_preview() -> str:
    request.max_content_length = LARGEST
    sent = request.files.get("file")
    raw = sent.read() if sent else b""
    if not raw:
        return _page(suppliers.of_faults((Fault("Choose a CSV file that is not empty."),)))
    try:
        outcome = sheets.preview(current_house(), current_caller().shop.shop_id, raw, business_now())
    except SheetRefused as refused:
        return _page(suppliers.of_faults(refused.faults))
    return _page(suppliers.of_outcome(outcome), b64encode(raw).decode())


def _page(sheet: SupplierSheetShown | None, content: str = "") -> str:
    return render_template("import_suppliers.html", sheet=sheet, content=content)
