"""Suppliers: the list, a new one, one to change."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.pages.asked import text
from plugin.problems import Kind, Problem
from plugin.shown import suppliers


def show_suppliers() -> str:
    page, search = suppliers.every(current_house(), current_caller().shop), text("search")
    found = [one for one in page.suppliers if search.casefold() in f"{one.name}\n{one.email}\n{one.note}".casefold()]
    return render_template("suppliers.html", suppliers=found, search=search)


def show_supplier(supplier_id: int) -> str:
    found = suppliers.one(current_house(), current_caller().shop, supplier_id)
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such supplier.")
    return render_template("supplier.html", supplier=found)
