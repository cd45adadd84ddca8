"""Draft orders: staff write down what somebody will buy, may set the units aside, and turn it into an order."""

from collections.abc import Sequence

from devstore.checkout import enter_order
from devstore.model import Customer, Draft, DraftLine, Order, Shop
from devstore.routing import place_for_item
from devstore.saying import StoreSays
from devstore.shelf import level_at, shift
from devstore.world import World


def write_draft(
    world: World,
    shop: Shop,
    lines: Sequence[tuple[int, int]],
    customer: Customer | None = None,
    *,
    reserve: bool = False,
    by: str = "merchant",
) -> Draft:
    """Write a draft of (variant id, units). ``reserve``: the units are set aside until it is completed or deleted.

    Raises ``StoreSays``.
    """
    with world.lock:
        if not lines or any(units <= 0 or variant_id not in shop.variants for variant_id, units in lines):
            raise StoreSays("Name at least one thing that is sold, and 1 unit of it or more.", ("lineItems",))
        made = Draft(shop.next_id(), f"#D{len(shop.drafts) + 1}", world.now(), customer)
        for variant_id, units in lines:
            item_id = shop.variants[variant_id].item_id
            line = DraftLine(variant_id, units)
            if reserve and shop.tracks(item_id):
                line.location_id = place_for_item(shop, item_id, units).id
                level = level_at(world, shop, item_id, line.location_id)
                shift(world, shop, level, available=-units, reserved=units)
            made.lines.append(line)
        shop.drafts[made.id] = made
        _note(world, shop, "draft written", made, by)
        return made


def complete_draft(world: World, shop: Shop, draft_id: int, *, paid: bool = True, by: str = "merchant") -> Order:
    """Turn a draft into an order; what was set aside for it is committed where it stands. Raises ``StoreSays``."""
    with world.lock:
        draft = _open(shop, draft_id)
        order = enter_order(
            world,
            shop,
            [(line.variant_id, line.quantity, {}) for line in draft.lines],
            draft.customer,
            source_name="shopify_draft_order",
            financial_status="PAID" if paid else "PENDING",
            set_aside_at=[line.location_id for line in draft.lines],
            by=by,
        )
        draft.status, draft.order_id = "COMPLETED", order.id
        _note(world, shop, "draft completed", draft, by)
        return order


def delete_draft(world: World, shop: Shop, draft_id: int, *, by: str = "merchant") -> Draft:
    """Nobody will buy it: what was set aside is available again. Raises ``StoreSays``."""
    with world.lock:
        draft = _open(shop, draft_id)
        for line in draft.lines:
            if line.location_id is not None:
                level = level_at(world, shop, shop.variants[line.variant_id].item_id, line.location_id)
                shift(world, shop, level, available=line.quantity, reserved=-line.quantity)
        draft.status = "DELETED"
        _note(world, shop, "draft deleted", draft, by)
        return draft


def _open(shop: Shop, draft_id: int) -> Draft:
    draft = shop.drafts.get(draft_id)
    if draft is None or draft.status != "OPEN":
        raise StoreSays("There is no such open draft.", ("id",))
    return draft


def _note(world: World, shop: Shop, act: str, draft: Draft, by: str) -> None:
    told: list[object] = [
        {
            "variant_id": line.variant_id,
            "item_id": shop.variants[line.variant_id].item_id,
            "units": line.quantity,
            "location_id": line.location_id,
        }
        for line in draft.lines
    ]
    shop.note(world.now(), act, by, draft_id=draft.id, order_id=draft.order_id, lines=told)
