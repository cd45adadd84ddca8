"""Fulfillment orders found, changed and announced."""

from devstore.gids import gid
from devstore.model import FulfillmentOrder, Hold, Shop
from devstore.saying import StoreSays
from devstore.world import World


def part_or_refuse(shop: Shop, fulfillment_order_id: int, *field: str) -> FulfillmentOrder:
    """The fulfillment order with this id. Raises ``StoreSays``."""
    part = shop.fulfillment_orders.get(fulfillment_order_id)
    if part is None:
        msg = "Fulfillment order does not exist."
        raise StoreSays(msg, field or ("id",), "FULFILLMENT_ORDER_NOT_FOUND")
    return part


def thin(part: FulfillmentOrder) -> dict[str, object]:
    """A fulfillment order as its webhooks carry it: id and status, the rest is to be asked for."""
    return {"id": gid("FulfillmentOrder", part.id), "status": part.status.lower()}


def thin_hold(hold: Hold) -> dict[str, object]:
    """A hold as webhooks carry it."""
    return {"id": gid("FulfillmentHold", hold.id), "reason": hold.reason.lower()}


def unit_lines(part: FulfillmentOrder) -> list[object]:
    """What a fulfillment order still has to ship, as the journal writes it."""
    return [{"line_item_id": line.line_item_id, "units": line.remaining} for line in part.lines if line.remaining]


def announce(world: World, shop: Shop, event: str, part: FulfillmentOrder) -> None:
    """Emit a ``fulfillment_orders/...`` topic that carries nothing but the fulfillment order."""
    world.emit(shop, f"fulfillment_orders/{event}", {"fulfillment_order": thin(part)})


def who(world: World, app_id: int | None) -> str:
    """How the journal calls an actor: the merchant's staff, our app, or another one."""
    if app_id is None:
        return "merchant"
    return "app" if app_id == world.app.app_id else "other app"
