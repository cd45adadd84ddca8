"""Settings: how the shop works, and what may be promised."""

from flask import render_template

from plugin.here import current_caller
from plugin.shown import settings

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def show_settings() -> str:
    return render_template("settings.html", settings=settings.of_shop(current_caller().shop), weekdays=WEEKDAYS)
