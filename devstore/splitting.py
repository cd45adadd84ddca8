"""Dividing a fulfillment order. The original keeps its id; units that leave get a new order and new line ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from devstore.model import FOLine, FulfillmentOrder, Shop
from devstore.parts import part_or_refuse, thin, unit_lines
from devstore.saying import StoreSays
from devstore.world import World

Units = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Split:
    """``original`` keeps its id and the units that were not named; ``remaining`` is new and has the named ones."""

    original: FulfillmentOrder
    remaining: FulfillmentOrder


def split(world: World, shop: Shop, fulfillment_order_id: int, units: Units, *, by: str = "merchant") -> Split:
    """Split the named (fulfillment order line id, units) out. Raises ``StoreSays``; a held one cannot be split."""
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if not units:
            msg = "At least one line item is needed to split."
            raise StoreSays(msg, ("fulfillmentOrderLineItems",), "NO_LINE_ITEMS_PROVIDED_TO_SPLIT")
        if part.status != "OPEN" or part.at_a_service:
            msg = "The fulfillment order is not in a splittable state."
            raise StoreSays(msg, ("fulfillmentOrderId",))
        named = check_units(part, units, "GREATER_THAN")
        if sum(named.values()) == part.remaining:
            msg = "A split must leave something behind."
            raise StoreSays(msg, ("fulfillmentOrderLineItems",), "INVALID_LINE_ITEM_QUANTITY")
        keep = {line.id: line.remaining - named.get(line.id, 0) for line in part.lines}
        rest = divide(world, shop, part, keep)
        shop.note(
            world.now(),
            "split",
            by,
            order_id=part.order_id,
            fulfillment_order_id=part.id,
            new_fulfillment_order_id=rest.id,
            lines=unit_lines(rest),
        )
        announce_split(world, shop, part, rest)
        return Split(part, rest)


def check_units(part: FulfillmentOrder, units: Units, too_few: str = "GREATER_THAN_ZERO") -> dict[int, int]:
    """The named units by line id, when each line is named once and has that many left. Raises ``StoreSays``."""
    if len({line for line, _ in units}) != len(units):
        msg = "Line items must be unique."
        raise StoreSays(msg, ("fulfillmentOrderLineItems",), "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS")
    for index, (line, quantity) in enumerate(units):
        where = ("fulfillmentOrderLineItems", str(index), "quantity")
        if quantity <= 0:
            msg = "Quantity must be greater than 0."
            raise StoreSays(msg, where, too_few)
        if quantity > part_units(part, line):
            msg = "Quantity is invalid."
            raise StoreSays(msg, where, "INVALID_LINE_ITEM_QUANTITY")
    return dict(units)


def part_units(part: FulfillmentOrder, line_id: int) -> int:
    """Units left on one line; 0 when there is no such line."""
    return next((line.remaining for line in part.lines if line.id == line_id), 0)


def divide(world: World, shop: Shop, part: FulfillmentOrder, keep: dict[int, int]) -> FulfillmentOrder:
    """Keep so many units per line in ``part`` and move the others to a new open fulfillment order, returned."""
    now = world.now()
    rest = FulfillmentOrder(
        shop.next_id(), part.order_id, part.location_id, now, now, fulfill_by=part.fulfill_by, method=part.method
    )
    for line in part.lines:
        leaving = line.remaining - keep.get(line.id, 0)
        if leaving:
            rest.lines.append(FOLine(shop.next_id(), line.line_item_id, line.item_id, leaving, leaving))
            line.total -= leaving
            line.remaining -= leaving
    part.lines = [line for line in part.lines if line.total]
    part.updated_at = now
    shop.fulfillment_orders[rest.id] = rest
    return rest


def announce_split(world: World, shop: Shop, part: FulfillmentOrder, rest: FulfillmentOrder) -> None:
    """Emit ``fulfillment_orders/split``."""
    world.emit(
        shop,
        "fulfillment_orders/split",
        {
            "fulfillment_order": thin(part),
            "remaining_fulfillment_order": thin(rest),
            "replacement_fulfillment_order": None,
            "split_line_items": [],
        },
    )
