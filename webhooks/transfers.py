"""Goods on their way: a transfer was announced, changed or ended, or one of the shipments that carry it.

Shipments come without their transfer (until API 2026-10): our books know whose they are, or all that are open are asked.
"""

from webhooks.look import Hint, Look
from webhooks.payload import Payload


def transfer(payload: Payload) -> Look:
    """Any topic about a transfer."""
    return Look(transfers=(payload.id("id", "InventoryTransfer"),))


def shipment(payload: Payload) -> Look:
    """A shipment was made, changed, sent off, received or deleted. From 2026-10 it names its transfer."""
    return _of(payload, payload.id("id", "InventoryShipment"))


def tracked(payload: Payload) -> Look:
    """A shipment arrives on another day."""
    return _of(payload, payload.id("shipment_id", "InventoryShipment"))


def _of(payload: Payload, shipment_id: int) -> Look:
    named = payload.id_if_any("inventory_transfer_id", "InventoryTransfer")
    return Look(transfers=() if named is None else (named,), shipments=(shipment_id,))


TOPICS: dict[str, Hint] = {
    "inventory_transfers/add_items": transfer,
    "inventory_transfers/remove_items": transfer,
    "inventory_transfers/ready_to_ship": transfer,
    "inventory_transfers/update_item_quantities": transfer,
    "inventory_transfers/updated": transfer,
    "inventory_transfers/complete": transfer,
    "inventory_transfers/cancel": transfer,
    "inventory_shipments/create": shipment,
    "inventory_shipments/mark_in_transit": shipment,
    "inventory_shipments/update_tracking": tracked,
    "inventory_shipments/add_items": shipment,
    "inventory_shipments/remove_items": shipment,
    "inventory_shipments/update_item_quantities": shipment,
    "inventory_shipments/delete": shipment,
    "inventory_shipments/receive_items": shipment,
}
