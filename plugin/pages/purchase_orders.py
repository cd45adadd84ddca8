"""Purchase orders: the list, a new one, and one with its dates and receipts."""

from flask import render_template

from backorder.db import catalogue
from backorder.db.catalogue import Variant
from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import choice, number, numbers, text
from plugin.problems import Kind, Problem
from plugin.shown import purchase_orders, suppliers, transfers

# A list to choose from that a person can still read; more are reached from the variants page.
MOST_CHOICES = 200
MOST_LINES = 100
SHOWS = ("to-come",)


def show_purchase_orders() -> str:
    search, before, show = text("search"), number("before") or None, choice("show", SHOWS)
    house, shop = current_house(), current_caller().shop
    page = purchase_orders.page(house, shop, business_now(), before, search, to_come=bool(show))
    return render_template("purchase_orders.html", page=page, search=search, before=before, show=show)


def show_purchase_order(purchase_order_id: int) -> str:
    house, shop = current_house(), current_caller().shop
    found = purchase_orders.one(house, shop, purchase_order_id, business_now())
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    brought = transfers.of_order(house, shop, purchase_order_id)
    history = purchase_orders.history(house, shop, purchase_order_id)
    names = suppliers.every(house, shop).suppliers
    elsewhere = [
        place for place in purchase_orders.places(house, shop) if place.location_id != found.location.location_id
    ]
    return render_template(
        "purchase_order.html", order=found, brought=brought, acts=history.acts, suppliers=names, elsewhere=elsewhere
    )


def show_new_purchase_order() -> str:
    wanted = numbers("variant", MOST_LINES)
    choices = _choices(wanted)
    known = {variant.variant_id for variant in choices}
    return render_template(
        "new_purchase_order.html",
        choices=choices,
        places=purchase_orders.places(current_house(), current_caller().shop),
        lines=[variant_id for variant_id in wanted if variant_id in known] or [0],
        # Of a single variant it is known how many are wanted: those that did not come.
        wanted_units=number("units") if len(wanted) == 1 else 0,
        suppliers=suppliers.every(current_house(), current_caller().shop).suppliers,
    )


def _choices(wanted: tuple[int, ...]) -> tuple[Variant, ...]:
    """The variants to choose from: those asked for, then the managed ones, by title."""
    shop_id = current_caller().shop.shop_id
    with current_house().db.read() as tx:
        asked = catalogue.by_ids(tx, shop_id, wanted)
        managed = catalogue.page(tx, shop_id, managed=True, limit=MOST_CHOICES)
        others = () if managed else catalogue.page(tx, shop_id, limit=MOST_CHOICES)
    found = {variant.variant_id: variant for variant in (*asked, *managed, *others)}
    return tuple(sorted(found.values(), key=lambda variant: (variant.full_title.casefold(), variant.variant_id)))
