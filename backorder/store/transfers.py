"""Transfers and the shipments that carry them: goods on their way to the shop's locations.

A shipment does not say which transfer it carries, so everything is asked of transfers.
"""

from collections.abc import Iterable
from datetime import datetime

from backorder.rules.transfers import ShipmentLineSeen, ShipmentSeen, TransferLineSeen, TransferSeen
from backorder.store.client import ShopGraphQL
from backorder.store.errors import GoneFromStore
from backorder.store.gids import gid, number, number_in
from backorder.store.reading import Node, all_nodes, instant, next_cursor
from backorder.store.several import by_number, several

# One may cost 440 points at most, and a query 1,000.
TRANSFERS_A_CALL = 2


def open_transfers(client: ShopGraphQL, after: str | None) -> tuple[tuple[int, ...], str | None]:
    page = client.execute("open_transfers", {"after": after})["inventoryTransfers"]
    return tuple(number(node["id"]) for node in page["nodes"]), next_cursor(page)


def transfers(client: ShopGraphQL, transfer_ids: Iterable[int]) -> dict[int, TransferSeen]:
    found = by_number(several(client, "transfers", "InventoryTransfer", transfer_ids, TRANSFERS_A_CALL))
    return {transfer_id: _transfer(client, transfer_id, node) for transfer_id, node in found.items()}


def _transfer(client: ShopGraphQL, transfer_id: int, found: Node) -> TransferSeen:
    def more_lines(after: str) -> Node:
        return _part(client, "transfer_lines", "inventoryTransfer", transfer_id, "lineItems", after)

    def more_shipments(after: str) -> Node:
        return _part(client, "transfer_shipments", "inventoryTransfer", transfer_id, "shipments", after)

    lines = all_nodes(found["lineItems"], more_lines)
    return TransferSeen(
        transfer_id=transfer_id,
        name=found["name"],
        reference=found["referenceName"] or None,
        note=found["note"] or None,
        tags=frozenset(found["tags"]),
        status=found["status"],
        origin_id=_place(found["origin"]),
        destination_id=_place(found["destination"]),
        # An item that is gone from the store names nothing that could be sold.
        lines=tuple(
            TransferLineSeen(number(node["inventoryItem"]["id"]), node["totalQuantity"])
            for node in lines
            if node["inventoryItem"] is not None
        ),
        shipments=tuple(_shipment(client, node) for node in all_nodes(found["shipments"], more_shipments)),
    )


def _shipment(client: ShopGraphQL, found: Node) -> ShipmentSeen:
    shipment_id = number(found["id"])

    def more(after: str) -> Node:
        return _part(client, "shipment_lines", "inventoryShipment", shipment_id, "lineItems", after)

    first = found["lineItems"]
    return ShipmentSeen(
        shipment_id=shipment_id,
        name=found["name"],
        status=found["status"],
        arrives_at=_arrives_at(found["tracking"]),
        lines=tuple(
            ShipmentLineSeen(
                item_id=number(node["inventoryItem"]["id"]),
                units=node["quantity"],
                accepted=node["acceptedQuantity"],
                rejected=node["rejectedQuantity"],
                unreceived=node["unreceivedQuantity"],
            )
            for node in (all_nodes(first, more) if first is not None else ())
            if node["inventoryItem"] is not None
        ),
    )


def _arrives_at(tracking: Node | None) -> datetime | None:
    """When a shipment is said to arrive; a moment at the end of time, which no zone can hold, is none."""
    told = tracking["arrivesAt"] if tracking else None
    try:
        return instant(told) if told else None
    except OverflowError:
        return None


def _place(snapshot: Node | None) -> int | None:
    """The location that a transfer goes from or to; None for outside, and for a location that was deleted since."""
    return number_in(snapshot["location"]) if snapshot else None


def _part(client: ShopGraphQL, name: str, root: str, of: int, field: str, after: str) -> Node:
    kind = root[0].upper() + root[1:]
    found = client.execute(name, {"id": gid(kind, of), "after": after})[root]
    if found is None:
        raise GoneFromStore(f"{kind} {of} went away while it was read.")
    connection: Node = found[field]
    return connection
