"""Holds: reasons for a fulfillment order to wait, each with an owner and a handle."""

from dataclasses import dataclass

from devstore.gids import gid
from devstore.model import FulfillmentOrder, Hold, Shop
from devstore.parts import announce, part_or_refuse, thin, thin_hold, who
from devstore.saying import StoreSays
from devstore.splitting import Units, announce_split, check_units, divide
from devstore.world import World

MOST_PER_APP = 10
LONGEST_HANDLE = 64


@dataclass(frozen=True)
class Held:
    """``part`` is held and keeps its id; ``rest`` is the new, open fulfillment order of what was not named."""

    part: FulfillmentOrder
    rest: FulfillmentOrder | None
    hold: Hold


def hold(
    world: World,
    shop: Shop,
    fulfillment_order_id: int,
    *,
    reason: str,
    handle: str = "",
    notes: str | None = None,
    units: Units = (),
    app_id: int | None = None,
) -> Held:
    """Hold a fulfillment order, or only ``units`` of it as (fulfillment order line id, units): it splits by itself.

    ``app_id`` None: the merchant's staff hold it. Raises ``StoreSays``.
    """
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        _check(part, handle, units, app_id)
        named = check_units(part, units)
        rest = None
        if named and sum(named.values()) < part.remaining:
            rest = divide(world, shop, part, named)
        placed = Hold(shop.next_id(), reason, handle, notes, app_id)
        first = not part.holds
        part.holds.append(placed)
        part.status, part.updated_at = "ON_HOLD", world.now()
        _note(world, shop, "hold placed", part, placed, who(world, app_id))
        if rest is not None:
            announce_split(world, shop, part, rest)
        if first:
            _announce_held(world, shop, part, rest, placed)
        _announce_hold(world, shop, "added", part, placed)
        return Held(part, rest, placed)


def release(
    world: World,
    shop: Shop,
    fulfillment_order_id: int,
    hold_ids: tuple[int, ...] | None = None,
    *,
    app_id: int | None = None,
) -> FulfillmentOrder:
    """Release the named holds, whoever placed them; without names *all* of them. Raises ``StoreSays``.

    The fulfillment order opens again when its last hold has gone.
    """
    with world.lock:
        part = part_or_refuse(shop, fulfillment_order_id)
        if part.status != "ON_HOLD":
            raise StoreSays("The fulfillment order is not on hold.", ("id",))
        known = {placed.id for placed in part.holds}
        if hold_ids is not None and not set(hold_ids) <= known:
            raise StoreSays("A hold does not belong to this fulfillment order.", ("holdIds",))
        gone = [placed for placed in part.holds if hold_ids is None or placed.id in hold_ids]
        part.holds = [placed for placed in part.holds if placed not in gone]
        part.updated_at = world.now()
        if not part.holds:
            part.status = "OPEN"
        for placed in gone:
            _note(world, shop, "hold released", part, placed, who(world, app_id))
            _announce_hold(world, shop, "released", part, placed)
        if not part.holds:
            announce(world, shop, "hold_released", part)
        return part


def _check(part: FulfillmentOrder, handle: str, units: Units, app_id: int | None) -> None:
    if part.status not in {"OPEN", "ON_HOLD", "SCHEDULED"}:
        raise StoreSays(f"A fulfillment order that is {part.status} cannot be held.", ("id",))
    if part.at_a_service:
        raise StoreSays("A fulfillment order that a service was asked for cannot be held.", ("id",))
    if len(handle) > LONGEST_HANDLE:
        raise StoreSays("Handle is too long (maximum is 64 characters).", ("fulfillmentHold", "handle"))
    mine = [placed for placed in part.holds if placed.app_id == app_id]
    if any(placed.handle == handle for placed in mine):
        raise StoreSays(
            "The handle is already in use by this app for another hold on this fulfillment order.",
            ("fulfillmentHold", "handle"),
            "DUPLICATE_FULFILLMENT_HOLD_HANDLE",
        )
    if len(mine) >= MOST_PER_APP:
        raise StoreSays(
            "The maximum number of fulfillment holds has been reached.", ("id",), "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"
        )
    if units and part.status == "ON_HOLD":
        raise StoreSays(
            "The fulfillment order is not in a splittable state.",
            ("fulfillmentHold", "fulfillmentOrderLineItems"),
            "FULFILLMENT_ORDER_NOT_SPLITTABLE",
        )


def _note(world: World, shop: Shop, act: str, part: FulfillmentOrder, placed: Hold, by: str) -> None:
    units = [{"line_item_id": line.line_item_id, "units": line.remaining} for line in part.lines]
    shop.note(
        world.now(),
        act,
        by,
        order_id=part.order_id,
        fulfillment_order_id=part.id,
        hold_id=placed.id,
        handle=placed.handle,
        reason=placed.reason,
        lines=units,
        status=part.status,
    )


def _announce_held(world: World, shop: Shop, part: FulfillmentOrder, rest: FulfillmentOrder | None, hold: Hold) -> None:
    world.emit(
        shop,
        "fulfillment_orders/placed_on_hold",
        {
            "fulfillment_order": thin(part),
            "remaining_fulfillment_order": None if rest is None else thin(rest),
            "held_fulfillment_order_line_items": [
                {"id": gid("FulfillmentOrderLineItem", line.id), "quantity": line.remaining} for line in part.lines
            ],
            "created_fulfillment_hold": thin_hold(hold),
        },
    )


def _announce_hold(world: World, shop: Shop, event: str, part: FulfillmentOrder, placed: Hold) -> None:
    payload: dict[str, object] = {"fulfillment_order": thin(part), "fulfillment_hold": thin_hold(placed)}
    world.emit(shop, f"fulfillment_holds/{event}", payload)
