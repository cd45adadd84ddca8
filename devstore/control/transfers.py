"""Transfers and shipments, by JSON."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from devstore import transfers
from devstore.control.acts import incomplete, refused
from devstore.here import current_world, shop_or_404
from devstore.model import Shipment, Transfer
from devstore.saying import StoreSays

incoming = Blueprint("control_transfers", __name__, url_prefix="/_control/<domain>")
incoming.register_error_handler(StoreSays, refused)
incoming.register_error_handler(KeyError, incomplete)


@incoming.post("/transfers")
def announce(domain: str) -> tuple[Response, int]:
    """Announce goods: ``lines`` of ``item_id``, ``units``; ``destination_id``, ``origin_id``, ``reference``, ``draft`` ..."""
    told = _wish()
    made = transfers.announce(
        current_world(),
        shop_or_404(domain),
        _units(told),
        told["destination_id"],
        origin_id=told.get("origin_id"),
        reference=told.get("reference"),
        note=told.get("note"),
        tags=told.get("tags", ()),
        ready=not told.get("draft", False),
    )
    return _transfer(made), 201


@incoming.post("/transfers/<int:number>/cancel")
def cancel(domain: str, number: int) -> Response:
    """Call a transfer off."""
    return _transfer(transfers.cancel(current_world(), shop_or_404(domain), number))


@incoming.post("/transfers/<int:number>/items")
def change(domain: str, number: int) -> Response:
    """Give a transfer other ``lines``."""
    return _transfer(transfers.set_items(current_world(), shop_or_404(domain), number, _units(_wish())))


@incoming.post("/transfers/<int:number>/shipments")
def send(domain: str, number: int) -> tuple[Response, int]:
    """Send ``lines`` of a transfer off; ``arrives_at`` is an ISO 8601 instant."""
    told = _wish()
    in_transit = not told.get("draft", False)
    arrives_at = _instant(told)
    world, shop = current_world(), shop_or_404(domain)
    made = transfers.send(world, shop, number, _units(told), arrives_at=arrives_at, in_transit=in_transit)
    return _shipment(made), 201


@incoming.post("/shipments/<int:number>/tracking")
def track(domain: str, number: int) -> Response:
    """Say when a shipment arrives (``arrives_at``)."""
    arrives_at = _instant(_wish())
    return _shipment(transfers.set_tracking(current_world(), shop_or_404(domain), number, arrives_at=arrives_at))


@incoming.post("/shipments/<int:number>/receive")
def receive(domain: str, number: int) -> Response:
    """Receive ``accepted`` and ``rejected`` units, each by item id."""
    told = _wish()
    accepted, rejected = (
        {int(item): units for item, units in told.get(name, {}).items()} for name in ("accepted", "rejected")
    )
    return _shipment(transfers.receive(current_world(), shop_or_404(domain), number, accepted, rejected))


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    return wish if isinstance(wish, dict) else {}


def _units(told: dict[str, Any]) -> list[tuple[int, int]]:
    return [(line["item_id"], line["units"]) for line in told["lines"]]


def _instant(told: dict[str, Any]) -> datetime | None:
    text = told.get("arrives_at")
    return datetime.fromisoformat(text) if text else None


def _transfer(made: Transfer) -> Response:
    return jsonify(id=made.id, name=made.name, status=made.status)


def _shipment(made: Shipment) -> Response:
    return jsonify(id=made.id, name=made.name, status=made.status)
