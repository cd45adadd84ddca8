"""Another location ships it: a fulfillment order, or some of its units, is moved."""

from dataclasses import dataclass

from devstore.gids import gid
from devstore.model import FOLine, FulfillmentOrder, Shop
from devstore.parts import part_or_refuse, thin, unit_lines
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.splitting import Units, check_units
from devstore.taking_out import close_if_empty
from devstore.world import World


@dataclass(frozen=True)
class Moved:
    """``moved`` ships from the new location; ``original`` is the same one unless some of it stayed or has shipped."""

    original: FulfillmentOrder
    moved: FulfillmentOrder


def move(
    world: World,
    shop: Shop,
    fulfillment_order_id: int,
    location_id: int,
    units: Units = (),
    *,
    by: str = "merchant",
) -> Moved:
    """Move a fulfillment order, or only ``units`` of it as (fulfillment order line id, units). Raises ``StoreSays``.

    Moved whole it keeps its id and its holds. Of what has partly shipped, or is moved in part, the units that go get a new
    fulfillment order without holds. Each unit is committed at the new location instead of the old.
    """
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        _check(shop, part, location_id)
        named = check_units(part, units) or {line.id: line.remaining for line in part.lines if line.remaining}
        source, now = part.location_id, world.now()
        for line in part.lines:
            _commit_there(world, shop, line, source, location_id, named.get(line.id, 0))
        whole = sum(named.values()) == part.remaining and all(line.total == line.remaining for line in part.lines)
        if whole:
            part.location_id, gone = location_id, part
        else:
            gone = _apart(world, shop, part, location_id, named)
        part.updated_at = gone.updated_at = now
        shop.note(
            now,
            "moved",
            by,
            order_id=part.order_id,
            fulfillment_order_id=part.id,
            new_fulfillment_order_id=gone.id,
            from_location_id=source,
            location_id=location_id,
            lines=unit_lines(gone),
        )
        world.emit(
            shop,
            "fulfillment_orders/moved",
            {
                "original_fulfillment_order": thin(part),
                "moved_fulfillment_order": thin(gone),
                "source_location": {"id": gid("Location", source)},
                "destination_location_id": gid("Location", location_id),
                "fulfillment_order_line_items_requested": [
                    {"id": gid("FulfillmentOrderLineItem", number), "quantity": count} for number, count in units
                ],
            },
        )
        return Moved(part, gone)


def _check(shop: Shop, part: FulfillmentOrder, location_id: int) -> None:
    if part.finished or not part.remaining or part.at_a_service:
        raise StoreSays("The fulfillment order cannot be moved.", ("id",))
    place = shop.locations.get(location_id)
    if place is None or not place.active or location_id == part.location_id:
        raise StoreSays("The fulfillment order cannot be moved there.", ("newLocationId",))
    for line in part.lines:
        if line.item_id is not None and shop.tracks(line.item_id) and (line.item_id, location_id) not in shop.levels:
            raise StoreSays("The item is not stocked at the location.", ("newLocationId",))


def _commit_there(world: World, shop: Shop, line: FOLine, source: int, target: int, units: int) -> None:
    if units and line.item_id is not None and shop.tracks(line.item_id):
        shift(world, shop, level_at(world, shop, line.item_id, source), available=units, committed=-units)
        shift(world, shop, level_at(world, shop, line.item_id, target), available=-units, committed=units)


def _apart(
    world: World, shop: Shop, part: FulfillmentOrder, location_id: int, named: dict[int, int]
) -> FulfillmentOrder:
    """Put the named units into a new open fulfillment order at the location."""
    now = world.now()
    gone = FulfillmentOrder(
        shop.next_id(), part.order_id, location_id, now, now, fulfill_by=part.fulfill_by, method=part.method
    )
    for line in part.lines:
        if units := named.get(line.id, 0):
            gone.lines.append(FOLine(shop.next_id(), line.line_item_id, line.item_id, units, units))
            line.total -= units
            line.remaining -= units
    part.lines = [line for line in part.lines if line.total]
    close_if_empty(part)
    shop.fulfillment_orders[gone.id] = gone
    return gone
