"""Health: what the app last heard, how far behind it is, what it last compared, and what is wrong."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.shown import data_requests, health


def show_health() -> str:
    house, shop = current_house(), current_caller().shop
    asked = data_requests.of_shop(house, shop).data_requests
    return render_template("health.html", health=health.of_shop(house, shop), data_requests=asked)
