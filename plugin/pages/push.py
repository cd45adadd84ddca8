"""Everything on a purchase order some days later: who would get another day. This page changes nothing."""

from flask import render_template, request

from backorder import amend
from backorder.errors import Refused
from plugin.here import business_now, current_caller, current_house
from plugin.problems import Kind, Problem
from plugin.shown import purchase_orders


def show_push(purchase_order_id: int) -> str:
    house, shop, now = current_house(), current_caller().shop, business_now()
    order = purchase_orders.one(house, shop, purchase_order_id, now)
    if order is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    said = request.form.get("days", "").strip()
    try:
        moved = amend.preview_push(house, shop.shop_id, purchase_order_id, _days(said), now)
    except Refused as refused:
        return render_template("push.html", order=order, days=said[:10], wrong=refused.sentence)
    return render_template("push.html", order=order, days=_days(said), moved=moved)


def _days(said: str) -> int:
    """The number that was written; 0 for what is none, which is refused like any other that cannot be."""
    digits = said.replace("−", "-").removeprefix("+").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        return 0
    return -int(digits) if said.startswith(("-", "−")) else int(digits)
