"""The pick list: for a screen, and for paper."""

from flask import render_template

from plugin.here import current_caller, current_house
from plugin.pages.asked import number
from plugin.shown import picking, purchase_orders


def show_picking() -> str:
    house, shop = current_house(), current_caller().shop
    places = purchase_orders.places(house, shop)
    chosen = number("location_id")
    location_id = chosen if chosen in {place.location_id for place in places} else None
    return render_template(
        "picking.html", picking=picking.pick_list(house, shop, location_id), places=places, chosen=location_id
    )
