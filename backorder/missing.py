"""Missing: what we want of the store and it does not show, though it has been read just now, and why.

A change of ours that is under way is not missing. One that is late, has stopped or may have happened is told with its error; one
that nobody asked for is asked for. Nothing is written about goods that are still to be decided about, and of a shop that the app has left
nothing is wanted.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from backorder.clock import transport_now
from backorder.db import claims, dirty, orders, outbox, shops
from backorder.db.catalogue import Variant
from backorder.db.differences import Difference
from backorder.db.dirty import Kind as Listed
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Open, State
from backorder.deliver.holding import planned
from backorder.house import House
from backorder.promise import annotations, undated
from backorder.rules.causes import Kind, Repair, Stage, Standing, of_standing
from backorder.rules.seen import OrderSeen

# An effect that could have been done for so long, or fails for so long, is late.
LATE = timedelta(minutes=2)
WANTED: Mapping[Effect, tuple[Kind, str]] = {
    Effect.MOVE: (Kind.ORDER, "it is to ship from another location"),
    Effect.HOLD: (Kind.HOLD, "what waits is to be held"),
    Effect.RELEASE: (Kind.HOLD, "what has stock is to be let go"),
    Effect.ANNOTATE: (Kind.METAFIELD, "the order is to say what was promised"),
    Effect.OFFER: (Kind.POLICY, "policies and dates are to be set"),
}
NOT_SO = "not so yet"
OTHERWISE = "it says something else"
NO_DAY, ITS_DAY = "it has another deadline, or none", "what waits is to have the promised day as its deadline"


def of_orders(house: House, shop_id: int, seen: Mapping[int, OrderSeen], now: datetime) -> tuple[Difference, ...]:
    """What is missing on orders that were seen just now; what nobody has asked for is asked for."""
    lanes = [outbox.order_lane(order_id) for order_id in seen]
    with house.db.read() as tx:
        at_work = _by_subject(outbox.open_targets(tx, shop_id, lanes))
        # What is still there after the app has left is asked back by leaving, and each day anew (reconcile.tidy).
        still = frozenset(seen) if shops.has_left(tx, shop_id) else _undecided(tx, shop_id, seen)
        says, written = annotations(tx, shop_id, seen), orders.annotations(tx, shop_id, seen)
        without_day = undated(tx, shop_id, seen).keys() - at_work.keys()
        late = [one for order_id, order in seen.items() for one in _first_late(at_work.get(order_id, ()), order.name)]
        unasked = [
            (target, one)
            for order_id, order in seen.items()
            if order_id not in still
            for target, one in _unasked(
                tx, shop_id, order, at_work.get(order_id, ()), says.get(order_id), written.get(order_id), now
            )
        ]
        unasked += [(Effect.ANNOTATE, _without_day(seen[order_id])) for order_id in sorted(without_day - still)]
    if unasked:
        with house.db.write() as tx:
            _ask(tx, shop_id, unasked)
    return (*late, *(one for _, one in unasked))


def of_products(house: House, shop_id: int, variants: Iterable[Variant]) -> tuple[Difference, ...]:
    """Policies and dates of these variants' products that are late or have stopped."""
    titles = {variant.product_id: variant.product_title for variant in variants}
    with house.db.read() as tx:
        rows = outbox.open_targets(tx, shop_id, [outbox.product_lane(product_id) for product_id in titles])
    return tuple(
        one
        for product_id, of_it in _by_subject(rows).items()
        for one in _first_late(of_it, titles.get(product_id, f"Product {product_id}"))
    )


def _by_subject(rows: Iterable[Open]) -> dict[int, list[Open]]:
    found: dict[int, list[Open]] = {}
    for row in rows:
        found.setdefault(row.subject, []).append(row)
    return found


def _undecided(tx: Connection, shop_id: int, order_ids: Collection[int]) -> frozenset[int]:
    """Orders with goods that are still to be looked at: what will be wanted of the store is not known yet."""
    found = claims.of_orders(tx, shop_id, order_ids)
    listed = dirty.announced(tx, shop_id, Listed.ITEM, {claim.item_id for claim in found})
    return frozenset(claim.order_id for claim in found if claim.item_id in listed)


def _first_late(rows: Iterable[Open], name: str) -> Iterator[Difference]:
    """The first in a lane that does not come further; what stands behind it waits for it."""
    for row in rows:
        stage = _stage(row)
        if stage is not Stage.NONE:
            kind, wanted = WANTED[row.effect]
            why = of_standing(Standing(kind, stage, row.error))
            yield Difference(kind, row.subject, name, NOT_SO, wanted, why)
            return


def _stage(row: Open) -> Stage:
    """How a row stands; NONE while it is simply under way."""
    if row.state is State.PARKED:
        return Stage.PARKED
    if row.state is State.UNKNOWN:
        return Stage.UNKNOWN
    at = transport_now()
    fails = row.failing_since is not None and at - row.failing_since > LATE
    return Stage.LATE if fails or at - row.since > LATE else Stage.NONE


def _unasked(
    tx: Connection,
    shop_id: int,
    order: OrderSeen,
    at_work: Collection[Open],
    says: Mapping[str, object] | None,
    written: str | None,
    now: datetime,
) -> Iterator[tuple[Effect, Difference]]:
    """What is wanted of an order and nobody is at."""
    busy = {row.effect for row in at_work}
    if not busy & {Effect.MOVE, Effect.HOLD, Effect.RELEASE}:
        plan = planned(tx, shop_id, order.order_id, now, locked=True)
        for effect, some in ((Effect.HOLD, plan.holds), (Effect.RELEASE, plan.releases)):
            if some:
                yield effect, _difference(effect, order, Standing(Kind.HOLD))
        if plan.blocked and not plan.holds:
            yield Effect.HOLD, _difference(Effect.HOLD, order, Standing(Kind.HOLD, given_up=True))
    if says is not None and Effect.ANNOTATE not in busy:
        confirmed = written == json.dumps(says, sort_keys=True)
        if not confirmed or order.promise != says:
            standing = Standing(Kind.METAFIELD, written=confirmed, ours_alone=True)
            yield Effect.ANNOTATE, _difference(Effect.ANNOTATE, order, standing)


def _difference(effect: Effect, order: OrderSeen, standing: Standing) -> Difference:
    kind, wanted = WANTED[effect]
    said = OTHERWISE if kind is Kind.METAFIELD else NOT_SO
    return Difference(kind, order.order_id, order.name, said, wanted, of_standing(standing))


def _without_day(order: OrderSeen) -> Difference:
    return Difference(Kind.HOLD, order.order_id, order.name, NO_DAY, ITS_DAY, of_standing(Standing(Kind.HOLD)))


def _ask(tx: Connection, shop_id: int, unasked: Iterable[tuple[Effect, Difference]]) -> None:
    """Ask for what is not left to a person. A metafield that says something else is written whatever we think it says."""
    for effect, one in unasked:
        if one.why.repair is not Repair.ASKED_AGAIN:
            continue
        if one.kind is Kind.METAFIELD:
            orders.annotated(tx, shop_id, one.subject, None)
        outbox.want(tx, shop_id, effect, outbox.order_lane(one.subject), one.subject, transport_now())
