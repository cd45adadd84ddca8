"""Drop-ship: what is to be passed on to suppliers, what lies with them, and the letters to them."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.shown import drop_ship


def show_drop_ship() -> str:
    return render_template("drop_ship.html", page=drop_ship.page(current_house(), current_caller().shop))
