"""A purchase order from another supplier: who would get another day. This page changes nothing."""

from flask import render_template, request

from backorder import amend
from backorder.errors import Refused
from plugin.here import business_now, current_caller, current_house
from plugin.problems import Kind, Problem
from plugin.shown import purchase_orders, suppliers


def show_order_supplier(purchase_order_id: int) -> str:
    house, shop, now = current_house(), current_caller().shop, business_now()
    order = purchase_orders.one(house, shop, purchase_order_id, now)
    if order is None:
        raise Problem(Kind.NOT_FOUND, "This shop has no such purchase order.")
    said = "".join(character for character in request.form.get("supplier", "")[:300] if character.isprintable())
    page = {"order": order, "supplier": said.strip(), "suppliers": suppliers.every(house, shop).suppliers}
    try:
        moved = amend.preview_supplier(house, shop.shop_id, purchase_order_id, said, now)
    except Refused as refused:
        return render_template("order_supplier.html", **page, wrong=refused.sentence)
    return render_template("order_supplier.html", **page, moved=moved)
