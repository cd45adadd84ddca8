"""Allocate: load, decide, save, in one transaction under the items' lock; what must be told goes to the outbox with it.

1. Give each shelf to the claims on it (rules.allocation), and write what changed with its ledger rows.
2. Project when everybody else ships (rules.projection), and promise or re-promise where that is news (``promise``).
3. Decide how each variant is sold (``sell``).
4. Ask for the holds and releases that make it true in the store.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from backorder import promise, sell
from backorder.clock import transport_now
from backorder.db import catalogue, claims, lots, outbox
from backorder.db.engine import Connection
from backorder.db.lots import Change
from backorder.db.outbox import Effect
from backorder.rules.allocation import Shelf, allocate
from backorder.rules.claims import Claim
from backorder.rules.lots import LotKind
from backorder.rules.projection import Queue, project
from backorder.rules.settled import Settled
from backorder.scene import Goods, Place, Scene, load

Keeps = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Decided:
    """What a decision did: ``given`` and ``taken`` units, and whether a covered claim lost units (``lost``)."""

    given: int = 0
    taken: int = 0
    lost: bool = False
    orders: frozenset[int] = frozenset()


def decide(
    tx: Connection,
    shop_id: int,
    item_ids: Iterable[int],
    now: datetime,
    *,
    cause: str,
    actor: str = "promised",
    keeps: Keeps | None = None,
    looked_enough: Container[int] = (),
) -> Decided:
    """Decide about these items and write it down. ``keeps`` raises what claims (line, location) keep for good.

    Units of orders that we cannot see yet are given to nobody. But nobody is held or told to wait on their account until the
    item was ``looked_enough`` at: mostly it is a younger order whose news is a moment late.

    The caller's transaction holds the lock from here on (``lock_items`` is idempotent).
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        return Decided()
    catalogue.lock_items(tx, shop_id, wanted)
    scene = load(tx, shop_id, wanted, now)
    given = taken = 0
    orders: set[int] = set()
    for goods in scene.goods:
        queues: dict[int, Queue] = {}
        doubtful: set[int] = set()
        for place in goods.places:
            shelf = _shelf(goods, place, keeps or {})
            changes = _changes(tx, shop_id, place, shelf)
            _save(tx, scene, place, shelf, changes, cause, actor)
            given += sum(max(0, c.units - c.was_units) for c in changes)
            taken += sum(max(0, c.was_units - c.units) for c in changes)
            queues[place.location.location_id] = _project(tx, scene, goods, place, shelf)
            if goods.item_id not in looked_enough:
                doubtful |= _short_for_the_unseen_only(place, shelf)
            orders |= _ask_for_holds(tx, scene, goods, shelf, doubtful)
            orders |= {claim.order_id for claim in shelf.claims if _changed(claim, changes)}
        orders |= promise.keep_up(tx, scene, goods, queues, doubtful)
        sell.decide(tx, scene, goods, queues)
    for order_id in sorted(orders):
        promise.annotate(tx, shop_id, order_id)
    return Decided(given, taken, lost=taken > 0, orders=frozenset(orders))


def _shelf(goods: Goods, place: Place, keeps: Keeps) -> Shelf:
    """The shelf's decision. Goods we do not manage are given to nobody, so nothing of theirs is held or promised."""
    if not goods.managed:
        return Shelf(tuple(replace(claim, given=0, kept=0) for claim in place.claims), free=0, short=0)
    queue = (
        replace(claim, kept=min(claim.units, max(claim.kept, keeps.get((claim.line_id, claim.location_id), 0))))
        for claim in place.claims
    )
    return allocate(queue, place.settled)


def _changes(tx: Connection, shop_id: int, place: Place, shelf: Shelf) -> tuple[Change, ...]:
    """What differs from the books, claims that are gone included."""
    was = {claim.line_id: claim for claim in place.claims}
    changes = [
        Change(
            c.line_id,
            c.location_id,
            c.item_id,
            c.given,
            min(c.kept, c.given),
            was[c.line_id].given,
            was[c.line_id].kept,
        )
        for c in shelf.claims
        if (c.given, min(c.kept, c.given)) != (was[c.line_id].given, was[c.line_id].kept)
    ]
    on_hand = next((lot for lot in place.lots if lot.kind is LotKind.ON_HAND), None)
    if on_hand is not None:
        changes += [
            Change(row.line_id, row.location_id, place.item_id, 0, 0, row.units, row.kept)
            for row in lots.orphans(tx, shop_id, on_hand.lot_id, was)
        ]
    return tuple(changes)


def _save(
    tx: Connection,
    scene: Scene,
    place: Place,
    shelf: Shelf,
    changes: tuple[Change, ...],
    cause: str,
    actor: str,
) -> None:
    shop_id = scene.shop.shop_id
    lot_id = lots.shelf(
        tx,
        shop_id,
        place.item_id,
        place.location.location_id,
        units=max(0, place.settled.to_give),
        allocated=shelf.allocated,
    )
    lots.apply(tx, shop_id, lot_id, changes, cause=cause, actor=actor, at=scene.now)


def _project(tx: Connection, scene: Scene, goods: Goods, place: Place, shelf: Shelf) -> Queue:
    """Project all who wait at a place and keep it beside their claims."""
    queue = project(shelf.claims, scene.future(place, goods.variants), deficit=shelf.short)
    if goods.managed:
        for claim in shelf.claims:
            projection = queue.claims.get((claim.line_id, claim.location_id))
            day, trace = (projection.ship_by, promise.trace(projection, scene.calendar)) if projection else (None, None)
            claims.project(tx, scene.shop.shop_id, claim, day, trace)
    return queue


def _short_for_the_unseen_only(place: Place, shelf: Shelf) -> set[int]:
    """Lines that would be covered whole if the orders that we cannot see were all younger."""
    if not place.settled.anonymous:
        return set()
    otherwise = allocate(shelf.claims, Settled(place.settled.supply, unseen=0))
    return {claim.line_id for claim in otherwise.claims if claim.given == claim.units}


def _ask_for_holds(tx: Connection, scene: Scene, goods: Goods, shelf: Shelf, doubtful: Container[int]) -> set[int]:
    """Ask for holds where a claim exposes more than it was given, and for releases where held units are covered."""
    asked = set()
    for claim in filter(lambda claim: claim.routed, shelf.claims):
        held = claim.units - claim.exposed
        covered = claim.given if goods.managed else claim.units
        effect = None
        if goods.managed and claim.exposed > covered and claim.line_id not in doubtful:
            effect = Effect.HOLD
        elif held and covered > claim.exposed and (claim.ready or not goods.managed):
            effect = Effect.RELEASE
        if effect is not None:
            _want(tx, scene.shop.shop_id, effect, claim.order_id)
            asked.add(claim.order_id)
    return asked


def _want(tx: Connection, shop_id: int, effect: Effect, order_id: int) -> None:
    outbox.want(tx, shop_id, effect, outbox.order_lane(order_id), order_id, transport_now())


def _changed(claim: Claim, changes: tuple[Change, ...]) -> bool:
    return any(c.line_id == claim.line_id for c in changes)
