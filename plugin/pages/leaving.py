"""Leaving: what would be given back, how far that is, and the way back. This page changes nothing."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.shown import leaving


def show_leaving() -> str:
    return render_template("leaving.html", leaving=leaving.of_shop(current_house(), current_caller().shop))
