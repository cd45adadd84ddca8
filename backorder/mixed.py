"""Mixed: what follows for a decision from how an order leaves of which something waits (rules.mixed).

1. An order that waits for the first time leaves as the shop's settings say, or its customer is asked.
2. The lines of an order that ships together are promised the day of the slowest (domain §10 g).
3. Nothing of such an order is let go before all of it can be, and then all of it is.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from backorder.db import claims, managing, order_lines, orders, outbox, promises, ways
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Target
from backorder.db.ways import Said
from backorder.prospects import Prospective, WithTheSlowest
from backorder.rules.claims import Claim
from backorder.rules.mixed import By, Way, covered_whole, first_way, is_whole
from backorder.rules.projection import Projection
from backorder.rules.promises import Basis, Promise
from backorder.rules.silent import is_silent
from backorder.scene import Scene

Waiting = dict[int, tuple[Claim, Projection, Prospective]]  # by line


def settle(tx: Connection, scene: Scene, waiting: Waiting, known: Mapping[int, Sequence[Promise]]) -> None:
    """Say how those orders leave that wait for the first time, of whose lines nothing was promised yet."""
    shop_id, terms = scene.shop.shop_id, scene.terms
    new = {claim.order_id for line_id, (claim, *_) in waiting.items() if line_id not in known}
    new -= promises.with_promises(tx, shop_id, new) | ways.of_orders(tx, shop_id, new).keys()
    if not new:
        return
    found, managed = _claims(tx, shop_id, new)
    known_orders, lines = orders.many(tx, shop_id, new), order_lines.of_orders(tx, shop_id, new)
    said = []
    for order_id, order in sorted(known_orders.items()):
        may_ask = terms.notify_customers and not order.test
        # A gift card or a download is in no parcel, so there is nothing to choose about it.
        unshipped = {line.line_id for line in lines.get(order_id, ()) if not line.requires_shipping}
        shipped = [claim for claim in found[order_id] if claim.line_id not in unshipped]
        way = first_way(terms.mixed_orders, shipped, managed, may_ask=may_ask)
        if way is not None:
            until = scene.now + timedelta(hours=terms.ask_hours) if way is Way.ASKED else None
            said.append(Said(order_id, way, By.SHOP, "settings", scene.now, until))
    ways.say(tx, shop_id, said)


def ship_together(tx: Connection, scene: Scene, waiting: Waiting) -> Waiting:
    """The lines of the orders that ship together, each with the day of the slowest, those that need not wait themselves included."""
    shop_id = scene.shop.shop_id
    found_ways = ways.of_orders(tx, shop_id, {claim.order_id for claim, *_ in waiting.values()})
    together = {order_id for order_id, way in found_ways.items() if way is Way.TOGETHER}
    if not together:
        return {}
    found, managed = _claims(tx, shop_id, together)
    said: Waiting = {}
    for order_id in together:
        said |= _as_the_slowest(scene, [claim for claim in found[order_id] if claim.item_id in managed], waiting)
    return said


def _as_the_slowest(scene: Scene, lines: Iterable[Claim], waiting: Waiting) -> Waiting:
    by_line = {claim.line_id: claim for claim in lines}
    own = {line_id: waiting[line_id][1] for line_id in by_line if line_id in waiting}
    days: list[date | None] = [projection.ship_by for projection in own.values()]
    days += [claim.projected_on for claim in by_line.values() if claim.backordered and claim.line_id not in own]
    slowest = max((day for day in days if day), default=None) if all(days) else None
    last = next((waiting[line_id] for line_id, each in sorted(own.items()) if each.ship_by == slowest), None)
    at_last = Projection(
        slowest,
        Basis.TOGETHER,
        overdue=any(each.overdue for each in own.values()),
        ship_from=last[1].ship_from if last else None,
    )
    said: Waiting = {}
    for line_id, claim in by_line.items():
        if line_id in own and own[line_id].ship_by == slowest:
            continue
        if is_silent(replace(at_last, basis=Basis.LOT), scene.calendar, claim.since, scene.terms.ship_window_days):
            continue  # sold as in stock, all of it: nobody is told of a wait
        said[line_id] = (waiting[line_id][0] if line_id in waiting else claim, at_last, WithTheSlowest(last))
    return said


def as_they_leave(tx: Connection, shop_id: int, targets: Sequence[Target], touched: Collection[int]) -> list[Target]:
    """What is to be asked for, where orders that ship together are held whole until they are covered whole.

    ``touched`` orders may have become ones that ship together.
    """
    concerned = {target.subject for target in targets if target.effect in {Effect.HOLD, Effect.RELEASE}} | set(touched)
    whole = {order_id for order_id, way in ways.of_orders(tx, shop_id, concerned).items() if is_whole(way)}
    if not whole:
        return list(targets)
    found, managed = _claims(tx, shop_id, whole)
    waits = {order_id for order_id in whole if not _may_leave(found[order_id], managed)}
    kept = [target for target in targets if target.effect is not Effect.RELEASE or target.subject not in waits]
    held = [
        Target(Effect.HOLD, outbox.order_lane(order_id), order_id)
        for order_id in sorted(waits)
        if any(claim.exposed > claim.in_works for claim in found[order_id])
    ]
    # Not only its shelves let an order go: what a supplier sends now keeps the rest of it no longer.
    free = [
        Target(Effect.RELEASE, outbox.order_lane(order_id), order_id)
        for order_id in sorted(whole & set(touched) - waits)
        if any(_is_held(claim) for claim in found[order_id])
    ]
    return [*kept, *held, *free]


def _is_held(claim: Claim) -> bool:
    """Whether a hold of ours keeps something of a claim that is sent from here."""
    return not claim.drop_shipped and claim.exposed < claim.units and claim.stopped_since is None


def _may_leave(queue: Sequence[Claim], managed: Container[int]) -> bool:
    return covered_whole(queue, managed) and all(claim.ready for claim in queue)


def _claims(
    tx: Connection, shop_id: int, order_ids: Collection[int]
) -> tuple[Mapping[int, list[Claim]], frozenset[int]]:
    """The claims of each of these orders, and which of their items the app handles the shortage of.

    What a supplier sends comes in a parcel of its own whatever else the order does.
    """
    found: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims.of_orders(tx, shop_id, order_ids):
        if not claim.drop_shipped:
            found[claim.order_id].append(claim)
    items = {claim.item_id for queue in found.values() for claim in queue}
    return found, managing.managed_of(tx, shop_id, items)
