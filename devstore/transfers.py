"""Transfers: what staff announce, send off, receive and call off, and what that does to the levels at both ends.

As the platform has it: made ready, units leave ``available`` at the origin for ``reserved`` and are ``incoming`` at the
destination; sent off, they leave the origin; received, those accepted are ``available`` there. Goods from outside have no origin.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from devstore.gids import gid
from devstore.model import Shipment, ShipmentLine, Shop, Transfer, TransferLine
from devstore.saying import StoreSays
from devstore.shelf import shift
from devstore.stock import known_level
from devstore.world import World

Units = Sequence[tuple[int, int]]  # (item, units)


def announce(
    world: World,
    shop: Shop,
    units: Units,
    destination_id: int,
    *,
    origin_id: int | None = None,
    reference: str | None = None,
    note: str | None = None,
    tags: Sequence[str] = (),
    ready: bool = True,
    by: str = "merchant",
) -> Transfer:
    """Write down a transfer, and make it ``ready`` to ship at once unless it is to stay a draft. Raises ``StoreSays``."""
    with world.lock:
        if not units:
            raise StoreSays("A transfer needs at least one line.", ("lineItems",))
        if origin_id == destination_id:
            raise StoreSays("The origin and the destination must be different.", ("destinationLocationId",))
        _check(shop, units, [place for place in (origin_id, destination_id) if place is not None])
        number = len(shop.transfers) + 1
        transfer = Transfer(
            shop.next_id(),
            f"#T{number:04d}",
            origin_id,
            destination_id,
            world.now(),
            reference=reference,
            note=note,
            tags=list(tags),
        )
        transfer.lines = [TransferLine(shop.next_id(), item_id, count) for item_id, count in units]
        shop.transfers[transfer.id] = transfer
        _note(world, shop, "transfer announced", by, transfer)
        if ready:
            mark_ready(world, shop, transfer.id, by=by)
        return transfer


def mark_ready(world: World, shop: Shop, transfer_id: int, *, by: str = "merchant") -> Transfer:
    """Make a draft ready to ship. Raises ``StoreSays``."""
    with world.lock:
        transfer = transfer_or_refuse(shop, transfer_id)
        if transfer.status != "DRAFT":
            raise StoreSays("Only a draft can be made ready to ship.", ("id",))
        transfer.status = "READY_TO_SHIP"
        for line in transfer.lines:
            _expect(world, shop, transfer, line.item_id, line.quantity)
        _note(world, shop, "transfer ready", by, transfer)
        lines = [_line(line.item_id, line.quantity) for line in transfer.lines]
        _tell(world, shop, "inventory_transfers/ready_to_ship", _transfer(world, transfer, line_items=lines))
        return transfer


def set_items(world: World, shop: Shop, transfer_id: int, units: Units, *, by: str = "merchant") -> Transfer:
    """Give an open transfer other items or quantities; never fewer than its shipments carry. Raises ``StoreSays``."""
    with world.lock:
        transfer = transfer_or_refuse(shop, transfer_id)
        if transfer.status not in {"DRAFT", "READY_TO_SHIP", "IN_PROGRESS"}:
            raise StoreSays("This transfer can no longer be changed.", ("id",))
        _check(shop, units, [transfer.destination_id])
        wanted = dict(units)
        was = {line.item_id: line for line in transfer.lines}
        for item_id in {*was, *wanted}:
            if wanted.get(item_id, 0) < transfer.shipped(item_id):
                raise StoreSays("Shipments carry more of this item already.", ("lineItems",))
        before = {item_id: transfer.left_to_ship(item_id) for item_id in {*was, *wanted}}
        transfer.lines = [
            TransferLine(was[item_id].id if item_id in was else shop.next_id(), item_id, count)
            for item_id, count in units
        ]
        for item_id, left in before.items():
            if transfer.is_open and (change := transfer.left_to_ship(item_id) - left):
                _expect(world, shop, transfer, item_id, change)
        _note(world, shop, "transfer changed", by, transfer)
        changed = [_line(item_id, count) for item_id, count in units]
        _tell(
            world, shop, "inventory_transfers/update_item_quantities", _transfer(world, transfer, items_updated=changed)
        )
        return transfer


def edit(
    world: World,
    shop: Shop,
    transfer_id: int,
    *,
    reference: str | None = None,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    by: str = "merchant",
) -> Transfer:
    """Change the words on a transfer. Raises ``StoreSays``."""
    with world.lock:
        transfer = transfer_or_refuse(shop, transfer_id)
        transfer.reference = transfer.reference if reference is None else reference
        transfer.note = transfer.note if note is None else note
        transfer.tags = transfer.tags if tags is None else list(tags)
        _note(world, shop, "transfer edited", by, transfer)
        _tell(world, shop, "inventory_transfers/updated", _transfer(world, transfer))
        return transfer


def cancel(world: World, shop: Shop, transfer_id: int, *, by: str = "merchant") -> Transfer:
    """Call off what has not been received. Raises ``StoreSays``."""
    with world.lock:
        transfer = transfer_or_refuse(shop, transfer_id)
        if transfer.status in {"TRANSFERRED", "CANCELED"}:
            raise StoreSays("This transfer has ended.", ("id",))
        if transfer.is_open:
            for line in transfer.lines:
                _expect(world, shop, transfer, line.item_id, -transfer.left_to_ship(line.item_id))
            for shipment in transfer.shipments:
                for carried in shipment.lines:
                    if shipment.status == "DRAFT":
                        _expect(world, shop, transfer, carried.item_id, -carried.quantity)
                    else:
                        level = known_level(world, shop, carried.item_id, transfer.destination_id)
                        shift(world, shop, level, incoming=-carried.unreceived)
        transfer.status = "CANCELED"
        _note(world, shop, "transfer canceled", by, transfer)
        _tell(world, shop, "inventory_transfers/cancel", _transfer(world, transfer))
        return transfer


def send(
    world: World,
    shop: Shop,
    transfer_id: int,
    units: Units,
    *,
    arrives_at: datetime | None = None,
    company: str | None = None,
    number: str | None = None,
    in_transit: bool = True,
    by: str = "merchant",
) -> Shipment:
    """Put units of a transfer on a shipment, ``in_transit`` at once unless it is to stay a draft. Raises ``StoreSays``."""
    with world.lock:
        transfer = transfer_or_refuse(shop, transfer_id)
        if not transfer.is_open:
            raise StoreSays("Only a transfer that is ready to ship can be shipped.", ("movementId",))
        if not units or any(count <= 0 for _, count in units):
            raise StoreSays("Units to ship are at least 1.", ("lineItems",))
        for item_id, count in units:
            if count > transfer.left_to_ship(item_id):
                raise StoreSays("There are not so many units left to ship.", ("lineItems",), "INVALID_QUANTITY")
        name = f"{transfer.name}-{len(transfer.shipments) + 1}"
        shipment = Shipment(
            shop.next_id(),
            name,
            transfer.id,
            world.now(),
            arrives_at=arrives_at,
            tracking_company=company,
            tracking_number=number,
        )
        shipment.lines = [ShipmentLine(shop.next_id(), item_id, count) for item_id, count in units]
        transfer.shipments.append(shipment)
        transfer.status = "IN_PROGRESS"
        _note(world, shop, "shipment made", by, transfer, shipment_id=shipment.id)
        lines = [_line(line.item_id, line.quantity) for line in shipment.lines]
        tracking = _tracking(shipment)
        _tell(
            world, shop, "inventory_shipments/create", _shipment(world, shipment, line_items=lines, tracking=tracking)
        )
        if in_transit:
            mark_in_transit(world, shop, shipment.id, by=by)
        return shipment


def mark_in_transit(world: World, shop: Shop, shipment_id: int, *, by: str = "merchant") -> Shipment:
    """The shipment has left. Raises ``StoreSays``."""
    with world.lock:
        transfer, shipment = shipment_or_refuse(shop, shipment_id)
        if shipment.status != "DRAFT":
            raise StoreSays("Only a draft can be sent off.", ("id",))
        shipment.status, shipment.shipped_at = "IN_TRANSIT", world.now()
        for line in shipment.lines:
            if transfer.origin_id is not None:
                level = known_level(world, shop, line.item_id, transfer.origin_id)
                shift(world, shop, level, reserved=-line.quantity)
        _note(world, shop, "shipment sent", by, transfer, shipment_id=shipment.id)
        _tell(world, shop, "inventory_shipments/mark_in_transit", _shipment(world, shipment))
        return shipment


def set_tracking(
    world: World,
    shop: Shop,
    shipment_id: int,
    *,
    arrives_at: datetime | None,
    company: str | None = None,
    number: str | None = None,
    by: str = "merchant",
) -> Shipment:
    """Say when a shipment arrives, and who carries it. Raises ``StoreSays``."""
    with world.lock:
        transfer, shipment = shipment_or_refuse(shop, shipment_id)
        shipment.arrives_at = arrives_at
        shipment.tracking_company = company or shipment.tracking_company
        shipment.tracking_number = number or shipment.tracking_number
        _note(world, shop, "shipment tracked", by, transfer, shipment_id=shipment.id)
        told = {"shipment_id": gid("InventoryShipment", shipment.id), "updated_tracking": _tracking(shipment)}
        _tell(world, shop, "inventory_shipments/update_tracking", {**told, "happened_at": world.now().isoformat()})
        return shipment


def receive(
    world: World,
    shop: Shop,
    shipment_id: int,
    accepted: Mapping[int, int],
    rejected: Mapping[int, int] | None = None,
    *,
    by: str = "merchant",
) -> Shipment:
    """Receive units by item: accepted ones are on the shelf. More than the shipment carried is taken too. Raises ``StoreSays``."""
    with world.lock:
        transfer, shipment = shipment_or_refuse(shop, shipment_id)
        if shipment.status not in {"IN_TRANSIT", "PARTIALLY_RECEIVED"}:
            raise StoreSays("Only a shipment in transit can be received.", ("id",))
        refused = rejected or {}
        counts = [*accepted.values(), *refused.values()]
        if not any(counts) or min(counts) < 0:
            raise StoreSays("Units to receive are at least 1.", ("lineItems",))
        lines = {line.item_id: line for line in shipment.lines}
        if not {*accepted, *refused} <= lines.keys():
            raise StoreSays("The shipment does not carry this item.", ("lineItems",))
        told = []
        for item_id, line in lines.items():
            taken, sent_back = accepted.get(item_id, 0), refused.get(item_id, 0)
            before = line.unreceived
            line.accepted += taken
            line.rejected += sent_back
            level = known_level(world, shop, item_id, transfer.destination_id)
            shift(world, shop, level, incoming=line.unreceived - before, available=taken)
            told.append(
                {**_line(item_id, taken + sent_back), "accepted_quantity": taken, "rejected_quantity": sent_back}
            )
        open_still = any(line.unreceived for line in shipment.lines)
        shipment.status, shipment.received_at = "PARTIALLY_RECEIVED" if open_still else "RECEIVED", world.now()
        units = sum(accepted.values())
        _note(world, shop, "shipment received", by, transfer, shipment_id=shipment.id, units=units)
        _tell(world, shop, "inventory_shipments/receive_items", _shipment(world, shipment, items_received=told))
        _complete(world, shop, transfer)
        return shipment


def delete_shipment(world: World, shop: Shop, shipment_id: int, *, by: str = "merchant") -> None:
    """Take a draft back: its units are to be shipped anew. Raises ``StoreSays``."""
    with world.lock:
        transfer, shipment = shipment_or_refuse(shop, shipment_id)
        if shipment.status != "DRAFT":
            raise StoreSays("Only a draft can be deleted.", ("id",))
        transfer.shipments.remove(shipment)
        transfer.status = "IN_PROGRESS" if transfer.shipments else "READY_TO_SHIP"
        _note(world, shop, "shipment deleted", by, transfer, shipment_id=shipment.id)
        gone: dict[str, object] = {"id": gid("InventoryShipment", shipment.id), "happened_at": world.now().isoformat()}
        _tell(world, shop, "inventory_shipments/delete", gone)


def transfer_or_refuse(shop: Shop, transfer_id: int) -> Transfer:
    """The transfer with this id. Raises ``StoreSays``."""
    transfer = shop.transfers.get(transfer_id)
    if transfer is None:
        raise StoreSays("The transfer does not exist.", ("id",), "TRANSFER_NOT_FOUND")
    return transfer


def shipment_or_refuse(shop: Shop, shipment_id: int) -> tuple[Transfer, Shipment]:
    """The shipment with this id, and its transfer. Raises ``StoreSays``."""
    for transfer in shop.transfers.values():
        for shipment in transfer.shipments:
            if shipment.id == shipment_id:
                return transfer, shipment
    raise StoreSays("The shipment does not exist.", ("id",), "SHIPMENT_NOT_FOUND")


def _check(shop: Shop, units: Units, places: Sequence[int]) -> None:
    if any(item_id not in shop.items for item_id, _ in units):
        raise StoreSays("The inventory item does not exist.", ("lineItems",), "ITEM_NOT_FOUND")
    if any(count <= 0 for _, count in units):
        raise StoreSays("Units to transfer are at least 1.", ("lineItems",), "INVALID_QUANTITY")
    if len({item_id for item_id, _ in units}) < len(units):
        raise StoreSays("An item stands on a transfer once.", ("lineItems",), "DUPLICATE_ITEM")
    if any(place not in shop.locations for place in places):
        raise StoreSays("The location does not exist.", ("locationId",), "LOCATION_NOT_FOUND")


def _expect(world: World, shop: Shop, transfer: Transfer, item_id: int, units: int) -> None:
    """Set ``units`` aside at the origin, and expect them at the destination; negative: take that back."""
    if not units:
        return
    if transfer.origin_id is not None:
        origin = known_level(world, shop, item_id, transfer.origin_id)
        shift(world, shop, origin, available=-units, reserved=units)
    shift(world, shop, known_level(world, shop, item_id, transfer.destination_id), incoming=units)


def _complete(world: World, shop: Shop, transfer: Transfer) -> None:
    """End a transfer of which everything has been received."""
    if any(transfer.left_to_ship(line.item_id) for line in transfer.lines):
        return
    if all(shipment.status == "RECEIVED" for shipment in transfer.shipments):
        transfer.status = "TRANSFERRED"
        _tell(world, shop, "inventory_transfers/complete", _transfer(world, transfer))


def _note(world: World, shop: Shop, act: str, by: str, transfer: Transfer, **detail: object) -> None:
    shop.note(world.now(), act, by, transfer_id=transfer.id, name=transfer.name, **detail)


def _tell(world: World, shop: Shop, topic: str, payload: dict[str, object]) -> None:
    world.emit(shop, topic, payload)


def _transfer(world: World, transfer: Transfer, **more: object) -> dict[str, object]:
    """A transfer as its webhooks carry it: id and status; in 2026-07 nothing names its shipments."""
    happened = world.now().isoformat()
    return {
        "id": gid("InventoryTransfer", transfer.id),
        "status": transfer.status.lower(),
        **more,
        "happened_at": happened,
    }


def _shipment(world: World, shipment: Shipment, **more: object) -> dict[str, object]:
    """A shipment as its webhooks carry it; in 2026-07 without its transfer."""
    happened = world.now().isoformat()
    return {
        "id": gid("InventoryShipment", shipment.id),
        "status": shipment.status.lower(),
        **more,
        "happened_at": happened,
    }


def _line(item_id: int, units: int) -> dict[str, object]:
    return {"inventory_item_id": gid("InventoryItem", item_id), "quantity": units}


def _tracking(shipment: Shipment) -> dict[str, object]:
    return {
        "arrives_at": shipment.arrives_at.isoformat() if shipment.arrives_at else None,
        "company": shipment.tracking_company,
        "tracking_number": shipment.tracking_number,
        "tracking_url": None,
    }
