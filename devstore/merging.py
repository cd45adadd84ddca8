"""Several fulfillment orders of an order become one again."""

from collections.abc import Sequence

from devstore.model import FOLine, FulfillmentOrder, Shop
from devstore.parts import part_or_refuse, thin, unit_lines
from devstore.saying import StoreSays
from devstore.world import World


def merge(world: World, shop: Shop, fulfillment_order_ids: Sequence[int], *, by: str = "merchant") -> FulfillmentOrder:
    """Merge open fulfillment orders of one order and location into the first of them; the others are closed.

    Raises ``StoreSays``: one that is held, in progress or with a service cannot be merged.
    """
    with world.lock:
        parts = [part_or_refuse(shop, number, "fulfillmentOrderMergeInputs") for number in fulfillment_order_ids]
        if len({part.id for part in parts}) < 2:
            raise StoreSays("At least two fulfillment orders are needed to merge.", ("fulfillmentOrderMergeInputs",))
        if len({(part.order_id, part.location_id) for part in parts}) > 1:
            raise StoreSays("They belong to different orders or locations.", ("fulfillmentOrderMergeInputs",))
        if any(part.status != "OPEN" or part.at_a_service for part in parts):
            raise StoreSays("The fulfillment orders are not in a mergeable state.", ("fulfillmentOrderMergeInputs",))
        target, *others = parts
        intents = [_intent(part) for part in parts]
        for part in others:
            _pour(shop, part, target)
            part.status = "CLOSED"
            part.updated_at = world.now()
        target.updated_at = world.now()
        shop.note(
            world.now(),
            "merged",
            by,
            order_id=target.order_id,
            fulfillment_order_id=target.id,
            merged_fulfillment_order_ids=[part.id for part in others],
            lines=unit_lines(target),
        )
        into = {"fulfillment_order": thin(target)}
        told: dict[str, object] = {"merge_intents": intents, "fulfillment_order_merges": into}
        world.emit(shop, "fulfillment_orders/merged", told)
        return target


def _intent(part: FulfillmentOrder) -> dict[str, object]:
    """What was to be merged, as the webhook says it: by plain numbers, where all else of it has global ids."""
    lines = [{"id": line.id, "quantity": line.remaining} for line in part.lines]
    return {"fulfillment_order_id": part.id, "fulfillment_order_line_items": lines}


def _pour(shop: Shop, part: FulfillmentOrder, target: FulfillmentOrder) -> None:
    """Move all lines of ``part`` to ``target``; units of one order line become one line."""
    into = {line.line_item_id: line for line in target.lines}
    for line in part.lines:
        known = into.get(line.line_item_id)
        if known is None:
            target.lines.append(FOLine(shop.next_id(), line.line_item_id, line.item_id, line.total, line.remaining))
        else:
            known.total += line.total
            known.remaining += line.remaining
    part.lines = []
