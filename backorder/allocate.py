"""Allocate: load, decide, save, in one transaction under the items' lock; what must be told goes to the outbox with it.

1. Give each shelf to the claims on it (rules.allocation), and project when everybody else ships (rules.projection).
2. Write what changed of all of them together, with its ledger rows: the number of statements does not grow with the queues.
3. Promise or re-promise where that is news (``promise``), and decide how each variant is sold (``sell``).
4. Ask for what makes it all true in the store: holds and releases, annotations, offers.
"""

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from backorder import promise, sell
from backorder.clock import transport_now
from backorder.db import catalogue, claims, lots, outbox
from backorder.db.arrays import JsonText
from backorder.db.engine import Connection
from backorder.db.lots import Change
from backorder.db.outbox import Effect, Target
from backorder.rules.allocation import Shelf, allocate
from backorder.rules.projection import Queue, project
from backorder.rules.settled import Settled
from backorder.scene import Goods, Place, Scene, load

Keeps = Mapping[tuple[int, int], int]
Spot = tuple[int, int]  # (line, location)
Gone = Mapping[tuple[int, int], list[Change]]  # by (item, location)


@dataclass(frozen=True)
class Decided:
    """What a decision did: ``given`` and ``taken`` units, and whether a covered claim lost units (``lost``)."""

    given: int = 0
    taken: int = 0
    lost: bool = False
    orders: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Judged:
    """What was decided about one place: its shelf, what that changes in the books, when those who wait ship."""

    place: Place
    shelf: Shelf
    changes: tuple[Change, ...]
    queue: Queue
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class _Sold:
    """What was decided about one item, place by place; that its ``doubtful`` lines wait is not sure yet."""

    goods: Goods
    places: tuple[_Judged, ...]
    doubtful: frozenset[int]

    @property
    def queues(self) -> dict[int, Queue]:
        """Who waits, by location."""
        return {judged.place.location.location_id: judged.queue for judged in self.places}


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
    gone = _gone(tx, shop_id, wanted)
    sold = [_judge(scene, goods, gone, keeps or {}, looked_enough) for goods in scene.goods]
    judged = [one for item in sold for one in item.places]
    _save(tx, scene, judged, cause, actor)
    _project(tx, scene, sold)
    waiting = [(item.goods, item.queues, item.doubtful) for item in sold]
    orders = promise.keep_up(tx, scene, waiting)
    targets = [target for one in judged for target in one.targets]
    targets += sell.decide(tx, scene, [(goods, queues) for goods, queues, _ in waiting])
    for one in judged:
        changed = {change.line_id for change in one.changes}
        orders |= {claim.order_id for claim in one.shelf.claims if claim.line_id in changed}
        orders |= {target.subject for target in one.targets}
    targets += promise.misannotated(tx, shop_id, orders)
    outbox.want_all(tx, shop_id, targets, transport_now())
    taken = sum(max(0, c.was_units - c.units) for one in judged for c in one.changes)
    given = sum(max(0, c.units - c.was_units) for one in judged for c in one.changes)
    return Decided(given, taken, lost=taken > 0, orders=frozenset(orders))


def _gone(tx: Connection, shop_id: int, item_ids: list[int]) -> Gone:
    """What claims held that are gone: it is free again."""
    found: dict[tuple[int, int], list[Change]] = defaultdict(list)
    for row in claims.unclaimed(tx, shop_id, item_ids):
        found[row.item_id, row.location_id].append(
            Change(row.line_id, row.location_id, row.item_id, 0, 0, row.units, row.kept)
        )
    return found


def _judge(scene: Scene, goods: Goods, gone: Gone, keeps: Keeps, looked_enough: Container[int]) -> _Sold:
    """Decide about the item's places, one after the other."""
    doubtful: set[int] = set()
    judged = []
    for place in goods.places:
        shelf = _shelf(goods, place, keeps)
        if goods.item_id not in looked_enough:
            doubtful |= _short_for_the_unseen_only(place, shelf)
        judged.append(
            _Judged(
                place=place,
                shelf=shelf,
                changes=(*_changes(place, shelf), *gone.get((place.item_id, place.location.location_id), ())),
                queue=project(shelf.claims, scene.future(place, goods.variants), deficit=shelf.short),
                targets=tuple(_targets(goods, shelf, doubtful)),
            )
        )
    return _Sold(goods, tuple(judged), frozenset(doubtful))


def _shelf(goods: Goods, place: Place, keeps: Keeps) -> Shelf:
    """The shelf's decision. Goods we do not manage are given to nobody, so nothing of theirs is held or promised."""
    if not goods.managed:
        return Shelf(tuple(claim.served(0, 0) for claim in place.claims), free=0, short=0)
    if not keeps:
        return allocate(place.claims, place.settled)
    queue = (
        replace(claim, kept=min(claim.units, max(claim.kept, keeps.get((claim.line_id, claim.location_id), 0))))
        for claim in place.claims
    )
    return allocate(queue, place.settled)


def _changes(place: Place, shelf: Shelf) -> Iterable[Change]:
    """What differs from the books."""
    was = {claim.line_id: claim for claim in place.claims}
    for claim in shelf.claims:
        before = was[claim.line_id]
        kept = min(claim.kept, claim.given)
        if (claim.given, kept) != (before.given, before.kept):
            yield Change(claim.line_id, claim.location_id, claim.item_id, claim.given, kept, before.given, before.kept)


def _save(tx: Connection, scene: Scene, judged: Iterable[_Judged], cause: str, actor: str) -> None:
    """Write the shelves and who holds them."""
    by_spot = {(one.place.item_id, one.place.location.location_id): one for one in judged}
    shelves = {spot: (max(0, one.place.settled.to_give), one.shelf.allocated) for spot, one in by_spot.items()}
    known = [lot for one in by_spot.values() for lot in one.place.lots]
    lot_at = lots.shelve(tx, scene.shop.shop_id, shelves, known)
    changes = {lot_at[spot]: one.changes for spot, one in by_spot.items()}
    lots.apply_all(tx, scene.shop.shop_id, changes, cause=cause, actor=actor, at=scene.now)


def _project(tx: Connection, scene: Scene, sold: Iterable[_Sold]) -> None:
    """Keep beside each claim when it ships and why, where that is not what stands there."""
    managed = [item for item in sold if item.goods.managed]
    known = claims.projected(tx, scene.shop.shop_id, [item.goods.item_id for item in managed])
    fresh: list[tuple[int, int, date | None, JsonText | None]] = []
    for one in (judged for item in managed for judged in item.places):
        for claim in one.shelf.claims:
            spot = (claim.line_id, claim.location_id)
            projection = one.queue.claims.get(spot)
            if projection is None:
                now: tuple[date | None, JsonText | None] = (None, None)
            else:
                now = (projection.ship_by, JsonText(json.dumps(promise.trace(projection, scene.calendar))))
            if now != known[spot]:
                fresh.append((*spot, *now))
    claims.project_all(tx, scene.shop.shop_id, fresh)


def _short_for_the_unseen_only(place: Place, shelf: Shelf) -> set[int]:
    """Lines that would be covered whole if the orders that we cannot see were all younger."""
    if not place.settled.anonymous:
        return set()
    otherwise = allocate(shelf.claims, Settled(place.settled.supply, unseen=0))
    return {claim.line_id for claim in otherwise.claims if claim.given == claim.units}


def _targets(goods: Goods, shelf: Shelf, doubtful: Container[int]) -> Iterable[Target]:
    """Holds where a claim exposes more than it was given, and releases where held units are covered."""
    managed = goods.managed
    for claim in shelf.claims:
        if not claim.routed:
            continue
        covered = claim.given if managed else claim.units
        if claim.exposed > covered:
            if managed and claim.line_id not in doubtful:
                yield Target(Effect.HOLD, outbox.order_lane(claim.order_id), claim.order_id)
        elif covered > claim.exposed and (claim.ready or not managed):
            yield Target(Effect.RELEASE, outbox.order_lane(claim.order_id), claim.order_id)
