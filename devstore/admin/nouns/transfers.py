"""Transfers and the shipments that carry them."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Item, Location, Shipment, ShipmentLine, Shop, Transfer, TransferLine

transfer = kind("InventoryTransfer", Transfer)
transfer.plain("name", "status", "note", "tags", referenceName="reference", dateCreated="created_at")
kind("LocationSnapshot").keys("name", "location")


@transfer.field("id")
def _id(source: Transfer, _asking: Asking, _args: Args) -> str:
    return gid("InventoryTransfer", source.id)


@transfer.field("totalQuantity")
def _total(source: Transfer, _asking: Asking, _args: Args) -> int:
    return sum(line.quantity for line in source.lines)


@transfer.field("receivedQuantity")
def _received(source: Transfer, _asking: Asking, _args: Args) -> int:
    return sum(line.accepted + line.rejected for each in source.shipments for line in each.lines)


@transfer.field("origin")
def _origin(source: Transfer, asking: Asking, _args: Args) -> dict[str, object] | None:
    return _snapshot(asking.shop, source.origin_id)


@transfer.field("destination")
def _destination(source: Transfer, asking: Asking, _args: Args) -> dict[str, object] | None:
    return _snapshot(asking.shop, source.destination_id)


def _snapshot(shop: Shop, location_id: int | None) -> dict[str, object] | None:
    place: Location | None = shop.locations.get(location_id or 0)
    return None if place is None else {"name": place.name, "location": place}


@transfer.listing("lineItems")
def _lines(source: Transfer, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.lines)


@transfer.listing("shipments")
def _shipments(source: Transfer, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.shipments)


line = kind("InventoryTransferLineItem", TransferLine).plain(totalQuantity="quantity")


@line.field("id")
def _line_id(source: TransferLine, _asking: Asking, _args: Args) -> str:
    return gid("InventoryTransferLineItem", source.id)


@line.field("inventoryItem")
def _item(source: TransferLine, asking: Asking, _args: Args) -> Item | None:
    return asking.shop.items.get(source.item_id)


shipment = kind("InventoryShipment", Shipment)
shipment.plain("name", "status", dateCreated="created_at", dateShipped="shipped_at", dateReceived="received_at")
kind("InventoryShipmentTracking").keys("arrivesAt", "company", "trackingNumber")


@shipment.field("id")
def _shipment_id(source: Shipment, _asking: Asking, _args: Args) -> str:
    return gid("InventoryShipment", source.id)


@shipment.field("tracking")
def _tracking(source: Shipment, _asking: Asking, _args: Args) -> dict[str, object] | None:
    told = (source.arrives_at, source.tracking_company, source.tracking_number)
    return dict(zip(("arrivesAt", "company", "trackingNumber"), told, strict=True)) if any(told) else None


@shipment.listing("lineItems")
def _carried(source: Shipment, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.lines)


carried = kind("InventoryShipmentLineItem", ShipmentLine)
carried.plain("quantity", acceptedQuantity="accepted", rejectedQuantity="rejected", unreceivedQuantity="unreceived")


@carried.field("id")
def _carried_id(source: ShipmentLine, _asking: Asking, _args: Args) -> str:
    return gid("InventoryShipmentLineItem", source.id)


@carried.field("inventoryItem")
def _carried_item(source: ShipmentLine, asking: Asking, _args: Args) -> Item | None:
    return asking.shop.items.get(source.item_id)
