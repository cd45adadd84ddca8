"""What becomes of orders after they were placed, by JSON: edits, refunds, returns, moves, services, other systems."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from devstore import requesting
from devstore.control.acts import incomplete, refused
from devstore.editing import add_line, add_units, remove_units
from devstore.fulfilment import cancel_fulfilment, split
from devstore.here import current_world, shop_or_404
from devstore.merging import merge
from devstore.moving import move
from devstore.refunding import Back, refund
from devstore.returning import dispose, open_return
from devstore.saying import StoreSays
from devstore.stock import overwrite

changes = Blueprint("control_changes", __name__, url_prefix="/_control/<domain>")
changes.register_error_handler(StoreSays, refused)
changes.register_error_handler(KeyError, incomplete)

REQUESTS = {
    "submit": requesting.submit,
    "accept": requesting.accept,
    "reject": requesting.reject,
    "ask_back": requesting.ask_back,
    "give_back": requesting.give_back,
    "refuse": requesting.refuse_to_give_back,
    "withdraw": requesting.withdraw,
    "fail": requesting.fail,
}


@changes.post("/orders/<int:order_id>/edit")
def edit(domain: str, order_id: int) -> Response:
    """Change a line by ``units`` (below 0: take out, ``restock`` unless said otherwise), or add a ``variant_id``."""
    wish, world, shop = _wish(), current_world(), shop_or_404(domain)
    units = int(wish["units"])
    if "variant_id" in wish:
        order = add_line(world, shop, order_id, wish["variant_id"], units)
    elif units > 0:
        order = add_units(world, shop, order_id, wish["line_item_id"], units)
    else:
        restock = bool(wish.get("restock", True))
        order = remove_units(world, shop, order_id, wish["line_item_id"], -units, restock=restock)
    return jsonify(id=order.id, lines=[{"id": line.id, "units": line.current_quantity} for line in order.line_items])


@changes.post("/orders/<int:order_id>/refund")
def pay_back(domain: str, order_id: int) -> Response:
    """Refund ``lines`` of ``line_item_id``, ``units``, ``restock`` (CANCEL, RETURN, NO_RESTOCK), ``location_id``."""
    lines = [
        Back(each["line_item_id"], each["units"], each.get("restock", "CANCEL"), each.get("location_id"))
        for each in _wish()["lines"]
    ]
    made = refund(current_world(), shop_or_404(domain), order_id, lines)
    return jsonify(id=made.id)


@changes.post("/orders/<int:order_id>/return")
def send_back(domain: str, order_id: int) -> Response:
    """The buyer sends ``lines`` of ``line_item_id``, ``units`` back."""
    lines = [(each["line_item_id"], each["units"]) for each in _wish()["lines"]]
    made = open_return(current_world(), shop_or_404(domain), order_id, lines)
    return jsonify(id=made.id, lines=[{"id": line.id, "line_item_id": line.line_item_id} for line in made.lines])


@changes.post("/return_lines/<int:number>/dispose")
def decide(domain: str, number: int) -> Response:
    """Say of ``units`` that came back what became of them: ``kind``, and ``location_id`` where they are restocked."""
    wish = _wish()
    kind, place = wish.get("kind", "RESTOCKED"), wish.get("location_id")
    made = dispose(current_world(), shop_or_404(domain), number, wish["units"], kind=kind, location_id=place)
    return jsonify(id=made.id, status=made.status)


@changes.post("/fulfillments/<int:number>/cancel")
def unship(domain: str, number: int) -> Response:
    """A parcel did not leave after all."""
    part = cancel_fulfilment(current_world(), shop_or_404(domain), number)
    return jsonify(id=part.id)


@changes.post("/fulfillment_orders/<int:number>/move")
def elsewhere(domain: str, number: int) -> Response:
    """Move it to ``location_id``, or ``lines`` of it as units by fulfillment order line id."""
    wish = _wish()
    done = move(current_world(), shop_or_404(domain), number, wish["location_id"], _units(wish))
    return jsonify(id=done.original.id, moved_id=done.moved.id)


@changes.post("/fulfillment_orders/<int:number>/split")
def divide(domain: str, number: int) -> Response:
    """Split ``lines`` off, as units by fulfillment order line id."""
    done = split(current_world(), shop_or_404(domain), number, _units(_wish()))
    return jsonify(id=done.original.id, remaining_id=done.remaining.id)


@changes.post("/fulfillment_orders/<int:number>/merge")
def join(domain: str, number: int) -> Response:
    """Merge the fulfillment orders ``with`` these numbers into it."""
    part = merge(current_world(), shop_or_404(domain), [number, *_wish()["with"]])
    return jsonify(id=part.id)


@changes.post("/fulfillment_orders/<int:number>/request/<name>")
def ask(domain: str, number: int, name: str) -> Response:
    """What is said to or by a fulfillment service: submit, accept, reject, ask_back, give_back, refuse, withdraw, fail."""
    part = REQUESTS[name](current_world(), shop_or_404(domain), number)
    return jsonify(id=part.id, status=part.status, request_status=part.request_status)


@changes.post("/stock/overwrite")
def set_by_another_system(domain: str) -> Response:
    """Another system sets ``available`` of ``item_id`` at ``location_id``."""
    wish = _wish()
    level = overwrite(current_world(), shop_or_404(domain), wish["item_id"], wish["location_id"], wish["available"])
    return jsonify(available=level.available, committed=level.committed, on_hand=level.on_hand)


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    return wish if isinstance(wish, dict) else {}


def _units(wish: dict[str, Any]) -> list[tuple[int, int]]:
    return [(int(line), units) for line, units in (wish.get("lines") or {}).items()]
