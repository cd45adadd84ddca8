"""Fulfillment orders, by hand: split, move, merge, begin to pick; and what is said to and by a fulfillment service."""

from flask import abort, request
from werkzeug.wrappers import Response

from devstore import requesting
from devstore.backoffice.door import attempt, backoffice
from devstore.backoffice.parts import Act
from devstore.fulfilment import begin_work, hold, split, stop_work
from devstore.here import current_world, shop_or_404
from devstore.merging import merge
from devstore.model import FulfillmentOrder, Shop
from devstore.moving import move
from devstore.saying import StoreSays
from devstore.world import World

OTHER_APP = 99


def _units(part: FulfillmentOrder) -> list[tuple[int, int]]:
    """Units by line from the form, without those of which none are chosen."""
    chosen = [(line.id, request.form.get(f"units-{line.id}", 0, type=int)) for line in part.lines]
    return [(number, units) for number, units in chosen if units]


def _split(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    done = split(world, shop, part.id, _units(part))
    return f"Split: {done.remaining.remaining} units are a fulfillment order of their own."


def _move(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    place = request.form.get("location_id", type=int)
    if place is None:
        raise StoreSays("Choose where it ships from.", ("location_id",))
    done = move(world, shop, part.id, place, _units(part))
    return f"{shop.locations[done.moved.location_id].name} ships {done.moved.remaining} units."


def _merge(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    others = [
        each.id
        for each in shop.fulfillment_orders_of(part.order_id)
        if each.id != part.id and each.status == "OPEN" and each.location_id == part.location_id
    ]
    merge(world, shop, [part.id, *others])
    return f"{len(others) + 1} fulfillment orders are one."


def _begin(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    begin_work(world, shop, part.id)
    return "Being picked."


def _stop(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    stop_work(world, shop, part.id)
    return "Nobody picks it."


def _other_app_holds(world: World, shop: Shop, part: FulfillmentOrder) -> str:
    hold(world, shop, part.id, reason="HIGH_RISK_OF_FRAUD", handle="fraud", app_id=OTHER_APP)
    return "Held by another app."


ACTS: dict[str, Act] = {
    "split": _split,
    "move": _move,
    "merge": _merge,
    "begin": _begin,
    "stop": _stop,
    "other-app-holds": _other_app_holds,
}
# What is said to a service or by it, with the sentence that tells of it.
SAID = {
    "submit": (requesting.submit, "The service is asked to ship it."),
    "accept": (requesting.accept, "The service ships it."),
    "reject": (requesting.reject, "The service does not ship it."),
    "ask-back": (requesting.ask_back, "The service is asked to give it back."),
    "give-back": (requesting.give_back, "The service gave it back."),
    "refuse": (requesting.refuse_to_give_back, "The service ships it all the same."),
    "withdraw": (requesting.withdraw, "The request is withdrawn."),
    "fail": (requesting.fail, "The service cannot ship the rest."),
}


@backoffice.post("/<shop>/admin/fulfillment_orders/<int:part_id>/change/<name>")
def change_part(shop: str, part_id: int, name: str) -> Response:
    """Do something with a fulfillment order, then back to its order."""
    world, found = current_world(), shop_or_404(shop)
    part = found.fulfillment_orders.get(part_id)
    if part is None or name not in {*ACTS, *SAID}:
        abort(404, "There is no such fulfillment order, or nothing of that kind to do with it.")

    def act() -> str:
        if name in ACTS:
            return ACTS[name](world, found, part)
        said, sentence = SAID[name]
        said(world, found, part.id)
        return sentence

    where = f"part-{part.id}"
    return attempt(act, f"/{found.domain}/admin/orders/{part.order_id}#{where}", where)
