"""A purchase order on paper, for its supplier."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.pages.asked import choice
from plugin.problems import Kind, Problem
from plugin.shown import paper


def show_paper(purchase_order_id: int) -> str:
    found = paper.of_order(current_house(), current_caller().shop, purchase_order_id)
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    return render_template("paper.html", paper=found, prices=choice("prices", ("no",)) != "no" and found.has_prices)
