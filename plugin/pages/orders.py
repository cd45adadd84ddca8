"""One order: what waits, what was promised, and why this date."""

from flask import render_template

from plugin.here import business_now, current_caller, current_house
from plugin.problems import Kind, Problem
from plugin.shown import orders


def show_order(order_id: int) -> str:
    found = orders.one(current_house(), current_caller().shop, order_id, business_now())
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such order.")
    return render_template("order.html", order=found)
