"""Health: what the app last heard, how far behind it is, what it last compared, and what is wrong."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.shown import health


def show_health() -> str:
    return render_template("health.html", health=health.of_shop(current_house(), current_caller().shop))
