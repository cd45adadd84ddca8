"""Arrival days: a bar for each day, as high as its work."""

from flask import render_template

from plugin.here import business_now, current_caller, current_house
from plugin.shown import workload


def show_arrivals() -> str:
    found = workload.arrival_days(current_house(), current_caller().shop, business_now())
    return render_template("arrivals.html", plan=found)
