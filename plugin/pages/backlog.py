"""The backlog: everything ordered and not yet shipped, in the order in which it is served."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.pages.asked import choice, number
from plugin.shown import backlog

SHOWS = ("waiting", "everything")


def show_backlog() -> str:
    house, shop = current_house(), current_caller().shop
    show = choice("show", SHOWS) or "waiting"
    offset = min(number("offset"), 10_000_000)
    waiting, whole = backlog.totals(backlog.everything(house, shop))
    page = backlog.page(house, shop, waiting=show == "waiting", offset=offset)
    return render_template("backlog.html", page=page, show=show, offset=offset, waiting=waiting, whole=whole)
