"""What buyers and staff do, by JSON instead of by hand."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.fulfilment import begin_work, hold, release, ship, stop_work
from devstore.here import current_world, shop_or_404
from devstore.model import Address, Customer, Level
from devstore.payment import mark_paid
from devstore.policy import set_policy
from devstore.saying import StoreSays
from devstore.stock import correct, receive

acts = Blueprint("control_acts", __name__, url_prefix="/_control/<domain>")


@acts.errorhandler(StoreSays)
def refused(said: StoreSays) -> tuple[Response, int]:
    """A refusal is 422 with the sentence."""
    return jsonify(error=said.message, field=list(said.field), code=said.code), 422


@acts.errorhandler(KeyError)
def incomplete(missing: KeyError) -> tuple[Response, int]:
    """A body that lacks something is 400."""
    return jsonify(error=f"{missing} is missing or unknown"), 400


@acts.post("/orders")
def buy(domain: str) -> tuple[Response, int]:
    """Place an order: ``lines`` of ``variant_id``, ``quantity``, ``properties``; ``customer``, ``test`` ..."""
    wish = _wish()
    who = wish.get("customer")
    order = place_order(
        current_world(),
        shop_or_404(domain),
        [(line["variant_id"], line.get("quantity", 1), line.get("properties", {})) for line in wish["lines"]],
        Customer(0, **who) if who else None,
        address=Address(**wish["address"]) if "address" in wish else None,
        financial_status=wish.get("financial_status", "PAID"),
        test=bool(wish.get("test", False)),
        ignore_policy=bool(wish.get("ignore_policy", False)),
    )
    return jsonify(id=order.id, name=order.name, token=order.token), 201


@acts.post("/orders/<int:order_id>/cancel")
def cancel(domain: str, order_id: int) -> Response:
    """Cancel an order; ``restock`` unless said otherwise."""
    wish = _wish()
    restock, reason = bool(wish.get("restock", True)), wish.get("reason", "CUSTOMER")
    order = cancel_order(current_world(), shop_or_404(domain), order_id, restock=restock, reason=reason)
    return jsonify(id=order.id, cancelled_at=order.cancelled_at)


@acts.post("/orders/<int:order_id>/paid")
def paid(domain: str, order_id: int) -> Response:
    """The money came."""
    order = mark_paid(current_world(), shop_or_404(domain), order_id)
    return jsonify(id=order.id, financial_status=order.financial_status)


@acts.post("/stock/receive")
def count_in(domain: str) -> Response:
    """Count ``units`` of ``item_id`` in at ``location_id``."""
    wish = _wish()
    level = receive(current_world(), shop_or_404(domain), wish["item_id"], wish["location_id"], wish["units"])
    return _level(level)


@acts.post("/stock/correct")
def recount(domain: str) -> Response:
    """Set ``available`` or ``on_hand`` of ``item_id`` at ``location_id``."""
    wish = _wish()
    level = correct(
        current_world(),
        shop_or_404(domain),
        wish["item_id"],
        wish["location_id"],
        available=wish.get("available"),
        on_hand=wish.get("on_hand"),
    )
    return _level(level)


@acts.post("/policy")
def policy(domain: str) -> Response:
    """Set the ``policy`` of ``variant_id`` by hand."""
    wish = _wish()
    variant = set_policy(current_world(), shop_or_404(domain), wish["variant_id"], wish["policy"])
    return jsonify(id=variant.id, policy=variant.inventory_policy)


@acts.post("/fulfillment_orders/<int:number>/ship")
def send(domain: str, number: int) -> Response:
    """Ship a fulfillment order, or ``lines`` of it as units by fulfillment order line id."""
    lines = {int(line): units for line, units in (_wish().get("lines") or {}).items()}
    parcel = ship(current_world(), shop_or_404(domain), number, lines or None)
    return jsonify(id=parcel.id, order_id=parcel.order_id)


@acts.post("/fulfillment_orders/<int:number>/begin")
def begin(domain: str, number: int) -> Response:
    """Someone starts to pick it."""
    part = begin_work(current_world(), shop_or_404(domain), number)
    return jsonify(id=part.id, status=part.status)


@acts.post("/fulfillment_orders/<int:number>/stop")
def stop(domain: str, number: int) -> Response:
    """Nobody picks it after all."""
    part = stop_work(current_world(), shop_or_404(domain), number)
    return jsonify(id=part.id, status=part.status)


@acts.post("/fulfillment_orders/<int:number>/hold")
def keep_back(domain: str, number: int) -> Response:
    """Hold it as staff, or as another app with ``app_id``."""
    wish = _wish()
    held = hold(
        current_world(),
        shop_or_404(domain),
        number,
        reason=wish.get("reason", "OTHER"),
        handle=wish.get("handle", ""),
        notes=wish.get("notes"),
        app_id=wish.get("app_id"),
    )
    return jsonify(id=held.part.id, hold_id=held.hold.id)


@acts.post("/fulfillment_orders/<int:number>/release")
def let_go(domain: str, number: int) -> Response:
    """Release ``hold_ids`` as staff; without them every hold."""
    ids = _wish().get("hold_ids")
    part = release(current_world(), shop_or_404(domain), number, None if ids is None else tuple(ids))
    return jsonify(id=part.id, status=part.status)


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    return wish if isinstance(wish, dict) else {}


def _level(level: Level) -> Response:
    return jsonify(available=level.available, committed=level.committed, on_hand=level.on_hand)
