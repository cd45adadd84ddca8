"""Variants: search them, choose in bulk which the app may sell on backorder, see how each is sold and why."""

from flask import render_template

from backorder.rules.terms import Terms
from plugin.here import current_caller, current_house
from plugin.pages.asked import choice, number, text
from plugin.shown import suppliers, variants

MANAGED = {"yes": True, "no": False}


def show_variants() -> str:
    search, managed, after = text("search"), choice("managed", MANAGED), number("after")
    house, shop = current_house(), current_caller().shop
    page = variants.page(house, shop, search=search, managed=MANAGED.get(managed), after=after)
    return render_template(
        "variants.html",
        page=page,
        search=search,
        managed=managed,
        after=after,
        has_rules=bool(Terms.from_json(shop.terms).eligibility),
        suppliers=suppliers.every(house, shop).suppliers,
    )
