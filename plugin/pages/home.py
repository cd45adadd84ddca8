"""The first page: what waits, what comes next, what needs a person."""

from flask import render_template

from plugin.here import business_now, current_caller, current_house
from plugin.shown import home


def show_home() -> str:
    return render_template("home.html", home=home.of_shop(current_house(), current_caller().shop, business_now()))
