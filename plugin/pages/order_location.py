"""A purchase order that comes to another location: who would get another day. This page changes nothing."""

from flask import render_template, request

from backorder import amend
from backorder.errors import Refused
from plugin.here import business_now, current_caller, current_house
from plugin.problems import Kind, Problem
from plugin.shown import purchase_orders


def show_order_location(purchase_order_id: int) -> str:
    house, shop, now = current_house(), current_caller().shop, business_now()
    order = purchase_orders.one(house, shop, purchase_order_id, now)
    if order is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    places = [place for place in purchase_orders.places(house, shop) if place.location_id != order.location.location_id]
    said = request.form.get("location_id", "")
    chosen = next((place for place in places if str(place.location_id) == said), None)
    page = {"order": order, "places": places, "chosen": chosen}
    if chosen is None:
        return render_template("order_location.html", **page, wrong="Choose the location that the goods come to.")
    try:
        moved = amend.preview_location(house, shop.shop_id, purchase_order_id, chosen.location_id, now)
    except Refused as refused:
        return render_template("order_location.html", **page, wrong=refused.sentence)
    return render_template("order_location.html", **page, moved=moved)
