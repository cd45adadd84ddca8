"""A purchase order turns out otherwise: whose day would move, before it holds. This page changes nothing."""

from datetime import date

from flask import render_template, request

from backorder import amend
from backorder.amend import CLOSED, DUE, NOTHING_COMES, SPLIT, TURNS, Otherwise
from backorder.errors import Refused
from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import choice, number
from plugin.problems import Kind, Problem
from plugin.shown import purchase_orders

# Where the act itself is sent to, and how.
SENDS = {
    NOTHING_COMES: ("POST", "/api/purchase-orders/{order}/cancel"),
    CLOSED: ("POST", "/api/purchase-orders/lines/{line}/close"),
    SPLIT: ("POST", "/api/purchase-orders/lines/{line}/split"),
    DUE: ("PATCH", "/api/purchase-orders/lines/{line}"),
}


def show_otherwise(purchase_order_id: int) -> str:
    house, shop, now = current_house(), current_caller().shop, business_now()
    order = purchase_orders.one(house, shop, purchase_order_id, now)
    said = Otherwise(choice("what", TURNS) or NOTHING_COMES, number("line"), number("units"), _day("due_on"))
    line = next((line for line in order.lines if line.line_id == said.line_id), None) if order else None
    if order is None or (line is None and said.what != NOTHING_COMES):
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    moved, wrong = None, ""
    try:
        moved = amend.preview(house, shop.shop_id, purchase_order_id, said, now)
    except Refused as refused:
        wrong = refused.sentence
    method, to = SENDS[said.what]
    sends = (method, to.format(order=purchase_order_id, line=said.line_id))
    return render_template("otherwise.html", order=order, line=line, said=said, moved=moved, wrong=wrong, sends=sends)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
