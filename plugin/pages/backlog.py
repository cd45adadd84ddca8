"""The backlog: everything ordered and not yet shipped, in the order in which it is served; now, or on a past day."""

from flask import render_template

from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import choice, number, past_day, text
from plugin.problems import Kind, Problem
from plugin.shown import backlog, queues
from plugin.shown.today import today

SHOWS = ("waiting", "everything")


def show_queue(item_id: int) -> str:
    """One queue after the other: why nobody is served, and who waits."""
    house, shop = current_house(), current_caller().shop
    offset = min(number("offset"), 10_000_000)
    found = queues.of_item(house, shop, item_id, number("location") or None, offset, business_now())
    if found is None:
        raise Problem(Kind.NOT_FOUND, "Nobody waits for such goods in this shop.")
    return render_template("queue.html", queue=found, offset=offset)


def show_backlog() -> str:
    house, shop = current_house(), current_caller().shop
    day = past_day("day", today(shop, business_now()))
    if day is not None:
        return render_template("backlog_then.html", then=backlog.as_of(house, shop, day))
    show = choice("show", SHOWS) or "waiting"
    search, offset = text("search"), min(number("offset"), 10_000_000)
    waiting, whole = backlog.totals(house, shop)
    page = backlog.page(house, shop, waiting=show == "waiting", search=search, offset=offset)
    return render_template(
        "backlog.html", page=page, show=show, search=search, offset=offset, waiting=waiting, whole=whole
    )
