"""Counts: what is set aside, what nobody can explain, and how the counts of one variant changed."""

from flask import abort, render_template

from backorder.db import catalogue
from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import choice, number
from plugin.shown import counts

SHOWS = {"falls": True, "": False}


def show_counts() -> str:
    show = choice("show", SHOWS)
    page = counts.of_shop(
        current_house(),
        current_caller().shop,
        business_now(),
        falls=SHOWS[show],
        before=number("before") or None,
    )
    return render_template("counts.html", page=page, show=show)


def show_variant_counts(variant_id: int) -> str:
    house, shop = current_house(), current_caller().shop
    with house.db.read() as tx:
        found = catalogue.by_ids(tx, shop.shop_id, [variant_id])
    if not found:
        abort(404)
    page = counts.of_variant(house, shop, found[0], business_now(), before=number("before") or None)
    return render_template("variant_counts.html", page=page)
