"""Orders that come by other ways than the online store, and the places that serve them, by JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from devstore.control.acts import incomplete, refused
from devstore.counter import sell_over_counter, sell_to_send
from devstore.drafts import complete_draft, delete_draft, write_draft
from devstore.here import current_world, shop_or_404
from devstore.model import Customer, Order
from devstore.places import open_place
from devstore.saying import StoreSays

channels = Blueprint("control_channels", __name__, url_prefix="/_control/<domain>")
channels.register_error_handler(StoreSays, refused)
channels.register_error_handler(KeyError, incomplete)


@channels.post("/drafts")
def draft(domain: str) -> tuple[Response, int]:
    """Write a draft order of ``lines`` (``variant_id``, ``quantity``); ``reserve``: set its units aside."""
    wish = _wish()
    reserve = bool(wish.get("reserve", False))
    made = write_draft(current_world(), shop_or_404(domain), _lines(wish), _customer(wish), reserve=reserve)
    return jsonify(id=made.id, name=made.name), 201


@channels.post("/drafts/<int:number>/complete")
def complete(domain: str, number: int) -> Response:
    """Turn it into an order, ``paid`` unless said otherwise."""
    return _order(complete_draft(current_world(), shop_or_404(domain), number, paid=bool(_wish().get("paid", True))))


@channels.post("/drafts/<int:number>/delete")
def delete(domain: str, number: int) -> Response:
    """Nobody will buy it."""
    made = delete_draft(current_world(), shop_or_404(domain), number)
    return jsonify(id=made.id, status=made.status)


@channels.post("/pos")
def till(domain: str) -> tuple[Response, int]:
    """Sell ``lines`` at the till: over the counter of ``location_id``, or to be sent where none is named."""
    wish, world, shop = _wish(), current_world(), shop_or_404(domain)
    if "location_id" in wish:
        order = sell_over_counter(world, shop, _lines(wish), wish["location_id"], _customer(wish))
    else:
        order = sell_to_send(world, shop, _lines(wish), _customer(wish))
    return _order(order), 201


@channels.post("/locations")
def place(domain: str) -> tuple[Response, int]:
    """Open a location ``name`` that ``stocks`` these items; ``is_service``, ``fulfills_online``."""
    wish = _wish()
    made = open_place(
        current_world(),
        shop_or_404(domain),
        wish["name"],
        is_service=bool(wish.get("is_service", False)),
        fulfills_online=bool(wish.get("fulfills_online", True)),
        stocks=wish.get("stocks", ()),
    )
    return jsonify(id=made.id, name=made.name), 201


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    return wish if isinstance(wish, dict) else {}


def _lines(wish: dict[str, Any]) -> list[tuple[int, int]]:
    return [(line["variant_id"], line.get("quantity", 1)) for line in wish["lines"]]


def _customer(wish: dict[str, Any]) -> Customer | None:
    who = wish.get("customer")
    return Customer(0, **who) if who else None


def _order(order: Order) -> Response:
    return jsonify(id=order.id, name=order.name, token=order.token)
