"""A line's place in its queue, changed by hand: whose day would move. This page changes nothing."""

from flask import render_template, request

from backorder import by_hand
from backorder.by_hand import DEEDS, GIVE, Deed
from backorder.db import claims, orders
from backorder.errors import Refused, Unknown
from plugin.here import business_now, current_caller, current_house
from plugin.problems import Kind, Problem

LONGEST = 500


def show_by_hand(order_line_id: int) -> str:
    house, shop, now = current_house(), current_caller().shop, business_now()
    with house.db.read() as tx:
        found = claims.of_lines(tx, shop.shop_id, [order_line_id])
        order = orders.get(tx, shop.shop_id, found[0].order_id) if found else None
    if not found or order is None:
        raise Problem(Kind.NOT_FOUND, "Nothing of this order line is open.")
    said = {name: request.form.get(name, "").strip()[:LONGEST] for name in ("what", "units", "reason", "location_id")}
    said["what"] = said["what"] if said["what"] in DEEDS else GIVE
    wrong: dict[str, str] = {}
    moved = None
    if "reason" not in request.form:  # nothing was asked yet
        return render_template("by_hand.html", order=order, line_id=order_line_id, said=said, wrong=wrong, moved=moved)
    try:
        deed = Deed(order_line_id, said["what"], said["reason"], _units(said), _location(said["location_id"]))
        moved = by_hand.preview(house, shop.shop_id, deed, now)
    except Unknown as unknown:
        raise Problem(Kind.NOT_FOUND, unknown.sentence) from None
    except Refused as refused:
        wrong[refused.field] = refused.sentence
    return render_template("by_hand.html", order=order, line_id=order_line_id, said=said, wrong=wrong, moved=moved)


def _units(said: dict[str, str]) -> int | None:
    """The number that was written; 0 for what is none, which is refused like any other that cannot be."""
    if said["what"] != GIVE or not said["units"]:
        return None
    text = said["units"]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0


def _location(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
