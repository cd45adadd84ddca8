"""Fulfillment orders, by the warehouse's hand: ship, hold, release."""

from collections.abc import Callable

from flask import abort, request
from werkzeug.wrappers import Response

from devstore.backoffice.door import attempt, backoffice
from devstore.fulfilment import hold, release, ship
from devstore.here import current_world, shop_or_404
from devstore.model import FulfillmentOrder, Shop
from devstore.saying import StoreSays
from devstore.world import World

Act = Callable[[World, Shop, FulfillmentOrder], str]


def _ship(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    units = {}
    for line in part.lines:
        asked = request.form.get(f"units-{line.id}", type=int)
        if asked is None or not 0 <= asked <= line.remaining:
            raise StoreSays(f"Of this line 0 to {line.remaining} units can be shipped.", ("lines",))
        if asked:
            units[line.id] = asked
    if not units:
        raise StoreSays("Choose at least one unit to ship.", ("lines",))
    parcel = ship(world, shop, part.id, units)
    sent = sum(line.quantity for line in parcel.lines)
    return f"{sent} {'unit is' if sent == 1 else 'units are'} on the way."


def _hold(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    notes = request.form.get("notes", "").strip() or None
    hold(world, shop, part.id, reason=request.form.get("reason", "OTHER"), notes=notes)
    return "On hold."


def _release(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    named = request.form.get("hold_id", type=int)
    release(world, shop, part.id, None if named is None else (named,))
    return "The hold is released." if part.holds else "Released: it can be shipped."


ACTS: dict[str, Act] = {"ship": _ship, "hold": _hold, "release": _release}


@backoffice.post("/<shop>/admin/fulfillment_orders/<int:part_id>/<name>")
def part_act(shop: str, part_id: int, name: str) -> Response:
    """Ship, hold or release one fulfillment order, then back to its order."""
    world, found = current_world(), shop_or_404(shop)
    part, act = found.fulfillment_orders.get(part_id), ACTS.get(name)
    if part is None or act is None:
        abort(404, "There is no such fulfillment order, or nothing of that kind to do with it.")
    back = f"/{found.domain}/admin/orders/{part.order_id}#part-{part.id}"
    return attempt(lambda: act(world, found, part), back, f"part-{part.id}")
