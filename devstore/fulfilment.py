"""Parcels leave the house, and what may be done with a fulfillment order besides: one door to all its verbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from devstore.holding import hold, release
from devstore.model import FOLine, Fulfillment, FulfillmentOrder, Order, ShippedLine, Shop
from devstore.parts import announce, part_or_refuse, thin
from devstore.payloads import fulfillment_payload, order_payload
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.splitting import check_units, split
from devstore.world import World

__all__ = [
    "Tracking",
    "begin_work",
    "cancel_fulfilment",
    "hold",
    "release",
    "set_deadline",
    "ship",
    "split",
    "stop_work",
]


@dataclass(frozen=True)
class Tracking:
    """How to follow a parcel."""

    company: str | None = None
    number: str | None = None
    url: str | None = None


NO_TRACKING = Tracking()


def ship(
    world: World,
    shop: Shop,
    fulfillment_order_id: int,
    lines: Mapping[int, int] | None = None,
    *,
    tracking: Tracking = NO_TRACKING,
    by: str = "merchant",
) -> Fulfillment:
    """Ship a fulfillment order, or only ``lines`` as units by fulfillment order line id. Raises ``StoreSays``.

    ``committed`` and with it ``on_hand`` fall; ``available`` stays as it is.
    """
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if part.status not in {"OPEN", "IN_PROGRESS"}:
            raise StoreSays(f"A fulfillment order that is {part.status} cannot be shipped.", ("fulfillmentOrderId",))
        if part.request_status == "SUBMITTED":
            raise StoreSays("Its service has not accepted it yet.", ("fulfillmentOrderId",))
        named = dict(lines) if lines else {line.id: line.remaining for line in part.lines if line.remaining}
        units = check_units(part, list(named.items()))
        order = shop.orders[part.order_id]
        parcel = Fulfillment(shop.next_id(), order.id, part.location_id, world.now(), world.now())
        parcel.tracking_company, parcel.tracking_number = tracking.company, tracking.number
        parcel.tracking_url = tracking.url
        for line in part.lines:
            if units.get(line.id):
                _pack(world, shop, order, part, line, units[line.id], parcel)
        part.status = "IN_PROGRESS" if part.remaining else "CLOSED"
        part.updated_at = order.updated_at = world.now()
        order.fulfillments.append(parcel)
        _note(world, shop, "shipped", parcel, by, part.id)
        world.emit(shop, "fulfillments/create", fulfillment_payload(shop, order, parcel))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        return parcel


def cancel_fulfilment(world: World, shop: Shop, fulfillment_id: int, *, by: str = "merchant") -> FulfillmentOrder:
    """A parcel did not leave after all: its units are committed again, in a new open fulfillment order."""
    with world.lock:
        order, parcel = _parcel(shop, fulfillment_id)
        if parcel.status == "CANCELLED":
            raise StoreSays("The fulfillment is cancelled already.", ("id",))
        if any(order.line(each.line_item_id).shipped < each.quantity for each in parcel.lines):
            raise StoreSays("Some of it came back already.", ("id",))
        parcel.status, parcel.display_status, parcel.updated_at = "CANCELLED", "CANCELED", world.now()
        part = FulfillmentOrder(shop.next_id(), order.id, parcel.location_id, world.now(), world.now())
        for shipped in parcel.lines:
            line = order.line(shipped.line_item_id)
            line.fulfilled -= shipped.quantity
            part.lines.append(FOLine(shop.next_id(), line.id, line.item_id, shipped.quantity, shipped.quantity))
            _commit(world, shop, line.item_id, parcel.location_id, shipped.quantity)
        shop.fulfillment_orders[part.id] = part
        order.updated_at = world.now()
        _note(world, shop, "fulfilment cancelled", parcel, by, part.id)
        world.emit(shop, "fulfillments/update", fulfillment_payload(shop, order, parcel))
        world.emit(shop, "orders/updated", order_payload(world, shop, order))
        return part


def begin_work(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "merchant") -> FulfillmentOrder:
    """Someone picks it: IN_PROGRESS from now on. Raises ``StoreSays``."""
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if part.status != "OPEN" or part.at_a_service:
            raise StoreSays(f"Work on a fulfillment order that is {part.status} cannot begin.", ("id",))
        part.status, part.updated_at = "IN_PROGRESS", world.now()
        shop.note(world.now(), "work begun", by, order_id=part.order_id, fulfillment_order_id=part.id)
        told = {"fulfillment_order": thin(part), "progress_report": {"reason_notes": None}, "initial_status": "open"}
        world.emit(shop, "fulfillment_orders/progress_reported", told)
        return part


def stop_work(world: World, shop: Shop, fulfillment_order_id: int, *, by: str = "merchant") -> FulfillmentOrder:
    """Nobody picks it after all: OPEN again. Raises ``StoreSays``."""
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if part.status != "IN_PROGRESS" or part.at_a_service:
            raise StoreSays(f"Work on a fulfillment order that is {part.status} cannot be stopped.", ("id",))
        part.status, part.updated_at = "OPEN", world.now()
        shop.note(world.now(), "work stopped", by, order_id=part.order_id, fulfillment_order_id=part.id)
        announce(world, shop, "manually_reported_progress_stopped", part)
        return part


def set_deadline(world: World, shop: Shop, fulfillment_order_ids: list[int], deadline: datetime) -> None:
    """Set the "ship by" of several fulfillment orders, all or none. Raises ``StoreSays``."""
    with world.lock:
        if not set(fulfillment_order_ids) <= shop.fulfillment_orders.keys():
            said = "The fulfillment orders could not be found."
            raise StoreSays(said, ("fulfillmentOrderIds",), "FULFILLMENT_ORDERS_NOT_FOUND")
        for number in fulfillment_order_ids:
            part = shop.fulfillment_orders[number]
            part.fulfill_by, part.updated_at = deadline, world.now()


def _pack(
    world: World, shop: Shop, order: Order, part: FulfillmentOrder, line: FOLine, units: int, parcel: Fulfillment
) -> None:
    line.remaining -= units
    order.line(line.line_item_id).fulfilled += units
    parcel.lines.append(ShippedLine(line.line_item_id, units))
    _commit(world, shop, line.item_id, part.location_id, -units)


def _commit(world: World, shop: Shop, item_id: int | None, location_id: int, units: int) -> None:
    if item_id is not None and shop.tracks(item_id):
        shift(world, shop, level_at(world, shop, item_id, location_id), committed=units)


def _parcel(shop: Shop, fulfillment_id: int) -> tuple[Order, Fulfillment]:
    for order in shop.orders.values():
        for parcel in order.fulfillments:
            if parcel.id == fulfillment_id:
                return order, parcel
    raise StoreSays("The fulfillment does not exist.", ("id",))


def _note(world: World, shop: Shop, act: str, parcel: Fulfillment, by: str, fulfillment_order_id: int) -> None:
    units = [{"line_item_id": line.line_item_id, "units": line.quantity} for line in parcel.lines]
    shop.note(
        world.now(),
        act,
        by,
        order_id=parcel.order_id,
        fulfillment_order_id=fulfillment_order_id,
        fulfillment_id=parcel.id,
        lines=units,
    )
