"""Allocate: load, decide, save, in one transaction under the items' lock; what must be told goes to the outbox with it.

1. Give each shelf to the claims on it (rules.allocation), and project when everybody else ships (rules.projection). Of a deep
   queue only the front is read, and where that shows that nobody else's day moves (rules.footing), only the front is touched.
2. Write what changed of all of them together, with its ledger rows: the number of statements does not grow with the queues.
3. Promise or re-promise where that is news (``promise``), and decide how each variant is sold (``sell``).
4. Ask for what makes it all true in the store: holds and releases, annotations, offers.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import repeat

from backorder import mixed, promise, sell
from backorder.clock import transport_now
from backorder.db import catalogue, claims, footings, lots, outbox, queues
from backorder.db.engine import Connection
from backorder.db.lots import Change
from backorder.db.outbox import Effect, Target
from backorder.rules.allocation import Shelf
from backorder.rules.claims import Claim
from backorder.rules.footing import Footing, Run, Standing, footing, only_forward, run_of, stands
from backorder.rules.head import Served
from backorder.rules.keeping import kept_by_now
from backorder.rules.projection import Future, Projection, Queue, behind_all
from backorder.rules.settled import Settled
from backorder.scene import Goods, Place, Scene, load
from backorder.serves import look_at_the_rest

# With fewer claims than this on an item, to read them all costs less than to ask whether one must.
DEEP = 50
# Items that are decided about before what was decided is written.
AT_ONCE = 25

Keeps = Mapping[tuple[int, int], int]  # by (line, location)
Spot = tuple[int, int]  # (item, location)
Gone = Mapping[Spot, list[Change]]


@dataclass(frozen=True)
class Decided:
    """What a decision did: ``given`` and ``taken`` units, how many ``orders`` it touched, and whether a covered claim lost units (``lost``).

    ``unseen``: managed items whose checksum does not come out, with δ of the place where it is furthest off (domain §1).
    """

    given: int = 0
    taken: int = 0
    lost: bool = False
    orders: int = 0
    unseen: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Judged:
    """What was decided about one place: its shelf, what that changes in the books, when those who wait ship.

    ``rests_on``: only the front of its queue was looked at, and the days of the others stand; ``served``: what its head was given
    besides. ``sent``: when that ships which suppliers send, by (line, location).
    """

    place: Place
    shelf: Shelf
    changes: tuple[Change, ...]
    queue: Queue
    targets: tuple[Target, ...]
    rests_on: Footing | None = None
    served: Served | None = None
    sent: Mapping[tuple[int, int], Projection] = field(default_factory=dict)

    @property
    def allocated(self) -> int:
        """Units of the shelf that claims hold now."""
        return self.shelf.allocated + (self.served.total if self.served else 0)

    def everybody(self) -> Iterator[Claim]:
        """Everybody who was looked at, with what they are given."""
        yield from self.shelf.claims
        if self.served is not None:
            yield from self.served.claims()


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


class _Keeping:
    """What claims keep from now on: what somebody says, and what was open to whoever packs for long enough (rules.keeping)."""

    def __init__(self, scene: Scene, said: Keeps, loosened: Container[Spot]) -> None:
        self._said, self._loosened, self._now = said, loosened, scene.now
        self._patience = timedelta(minutes=scene.terms.keep_after_minutes)

    def is_idle(self, claim: Claim) -> bool:
        """Whether a claim keeps what it did, as of most is known at once."""
        return not claim.given and not self._said

    def of(self, claim: Claim, *, settled: bool = True) -> Claim:
        """A claim with what it keeps. Only a ``settled`` reading shows what was open."""
        spot = (claim.line_id, claim.location_id)
        kept = claim.kept
        if settled and claim.given > kept and spot not in self._loosened:
            kept = kept_by_now(claim, self._now, self._patience)
        if spot in self._said:
            kept = max(kept, min(claim.units, claim.kept + self._said[spot]))
        return claim if kept == claim.kept else replace(claim, kept=kept)


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
    loosened: Container[Spot] = (),
) -> Decided:
    """Decide about these items and write it down. ``keeps``: units that claims (line, location) keep from now on beside others.

    ``loosened`` claims keep nothing this time because they were open for long enough: a person has just taken that back.

    Units of orders that we cannot see yet are given to nobody. But nobody is held or told to wait on their account until the
    item was ``looked_enough`` at: mostly it is a younger order whose news is a moment late.

    The caller's transaction holds the lock from here on (``lock_items`` is idempotent).
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        return Decided()
    catalogue.lock_items(tx, shop_id, wanted)
    standing = queues.standing(tx, shop_id, wanted)
    return decide_locked(
        tx,
        shop_id,
        wanted,
        now,
        standing,
        cause=cause,
        actor=actor,
        keeps=keeps,
        looked_enough=looked_enough,
        loosened=loosened,
    )


def decide_locked(
    tx: Connection,
    shop_id: int,
    wanted: Sequence[int],
    now: datetime,
    standing: Mapping[Spot, Standing],
    *,
    cause: str,
    actor: str = "promised",
    keeps: Keeps | None = None,
    looked_enough: Container[int] = (),
    loosened: Container[Spot] = (),
) -> Decided:
    """``decide`` for a caller who holds the items' lock and knows how their queues stand."""
    scene = load(tx, shop_id, wanted, now, {} if keeps else deep(standing))
    for managed in (True, False):
        if ids := [variant.variant_id for variant in scene.judged if variant.managed is managed]:
            catalogue.set_managed(tx, shop_id, ids, managed=managed)
    gone = _gone(tx, shop_id, wanted)
    sold_so_far = sell.before(tx, scene)
    sold: list[_Sold] = []
    for some in _judge_all(tx, scene, gone, _Keeping(scene, keeps or {}, loosened), looked_enough):
        _save(tx, scene, [one for item in some for one in item.places], cause, actor)
        sold += some
    sold.sort(key=lambda item: item.goods.item_id)
    judged = [one for item in sold for one in item.places]
    _project(tx, scene, sold)
    touched: set[int] = set().union(*map(_touched, judged))
    if scene.shop.has_left:  # shelves and queues are kept, and nothing of it is told to anybody (backorder.leave)
        targets = [target for one in judged for target in _still_held(one.everybody())]
    else:
        new_versions = promise.keep_up(
            tx, scene, [(item.goods, item.queues, item.doubtful) for item in sold if not item.goods.deep], actor=actor
        )
        targets = _wanted_of_orders(tx, scene, sold, new_versions)
        # Once its release was made, or was not needed, an order's metafield and tag are looked at again by whoever made it.
        released = {target.subject for target in targets if target.effect is Effect.RELEASE}
        touched |= new_versions
        targets += promise.misannotated(tx, shop_id, touched - released)
    outbox.want_all(tx, shop_id, targets, transport_now())
    targets = sell.decide(tx, scene, [(item.goods, item.queues) for item in sold], sold_so_far)
    outbox.want_all(tx, shop_id, targets, transport_now())
    if scene.serves is not None and scene.terms.queue_policy.asks_for_the_rest:
        look_at_the_rest(tx, shop_id, set().union(*map(_served, judged)), wanted)
    moved = [change.units - change.was_units for one in judged for change in one.changes]
    taken = -sum(units for units in moved if units < 0)
    given = sum(moved) + taken + sum(one.served.total for one in judged if one.served)
    return Decided(given, taken, lost=taken > 0, orders=len(touched), unseen=_unseen(sold))


def _still_held(found: Iterable[Claim]) -> Iterable[Target]:
    """Orders of which something is under a hold, to be let go of if it is ours."""
    for claim in found:
        if claim.routed and claim.exposed < claim.units:
            yield Target(Effect.RELEASE, outbox.order_lane(claim.order_id), claim.order_id)


def _wanted_of_orders(tx: Connection, scene: Scene, sold: Sequence[_Sold], new_versions: set[int]) -> list[Target]:
    """Holds, releases and moves that the shelves ask for, as the orders leave."""
    targets = [target for item in sold for one in item.places for target in one.targets]
    if scene.terms.serve_elsewhere:
        targets += _served_elsewhere(sold, targets)
    if scene.mixes:
        targets = mixed.as_they_leave(tx, scene.shop.shop_id, targets, new_versions)
    return targets


def _served_elsewhere(sold: Iterable[_Sold], targets: Iterable[Target]) -> list[Target]:
    """Orders of which something would wait at one place while it lies free at another: a move is tried before the wait is told."""
    wait = {target.subject for target in targets if target.effect is Effect.HOLD}
    found: dict[int, Target] = {}
    for item in sold if wait else ():
        free = {one.place.location.location_id: one.shelf.free for one in item.places if one.place.sells_online}
        for one in item.places:
            away = max((units for at, units in free.items() if at != one.place.location.location_id), default=0)
            for claim in one.everybody() if away else ():
                if claim.order_id in wait and 0 < claim.backordered <= away:
                    lane = outbox.order_lane(claim.order_id)
                    found[claim.order_id] = Target(Effect.MOVE, lane, claim.order_id)
    return list(found.values())


def _touched(one: _Judged) -> set[int]:
    """Orders of which something was given or taken, or is to be held or released."""
    return _served(one) | {target.subject for target in one.targets}


def _served(one: _Judged) -> set[int]:
    """Orders of which something was given or taken."""
    changed = {change.line_id for change in one.changes}
    found = {claim.order_id for claim in (*one.shelf.claims, *one.place.drop_shipped) if claim.line_id in changed}
    return found.union(one.served.order_ids) if one.served else found


def _unseen(sold: Iterable[_Sold]) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in sold:
        for place in item.goods.places if item.goods.managed else ():
            if place.stocked and abs(place.settled.unseen) > abs(found.get(place.item_id, 0)):
                found[place.item_id] = place.settled.unseen
    return found


def deep(standing: Mapping[Spot, Standing]) -> dict[Spot, Standing]:
    """The queues of which it is worth reading only the front."""
    claimed = Counter[int]()
    for (item_id, _), one in standing.items():
        claimed[item_id] += one.claims
    # A line may wait at several places, and in tranches: those are looked at whole.
    several = Counter(item_id for item_id, _ in standing)
    return {
        spot: one
        for spot, one in standing.items()
        if claimed[spot[0]] >= DEEP and several[spot[0]] == 1 and not one.divided
    }


def _judge_all(
    tx: Connection, scene: Scene, gone: Gone, keeping: _Keeping, looked_enough: Container[int]
) -> Iterator[list[_Sold]]:
    """Decide about each item: by the front of its queue where that says all, else by the whole queue.

    A few at a time, so that a server can write what was decided while we decide about the next (db.ahead).
    """
    known = footings.of_items(tx, scene.shop.shop_id, [goods.item_id for goods in scene.goods if goods.deep])
    rest = []
    for first in range(0, len(scene.goods), AT_ONCE):
        found = []
        for goods in scene.goods[first : first + AT_ONCE]:
            sold = (
                _judge_front(scene, goods, gone, known, keeping)
                if goods.deep
                else _judge(scene, goods, gone, keeping, looked_enough)
            )
            if sold is not None:
                found.append(sold)
            else:
                rest.append(goods.item_id)
        yield found
    if rest:
        whole = load(tx, scene.shop.shop_id, rest, scene.now).goods
        yield [_judge(scene, goods, gone, keeping, looked_enough) for goods in whole]


def _judge_front(
    scene: Scene, goods: Goods, gone: Gone, known: Mapping[Spot, Footing], keeping: _Keeping
) -> _Sold | None:
    """Decide about an item by the front of its queue; None where somebody further back may be concerned."""
    judged = []
    for place in goods.places:
        spot = (place.item_id, place.location.location_id)
        future = scene.future(place, goods.variants)
        shelf = _shelf(scene, goods, place, keeping)
        changes = tuple(_changes(place, shelf))
        served = rests_on = None
        if place.head is not None:
            served = place.head.serve(shelf.free)
            shelf = replace(shelf, free=shelf.free - served.total)
            rests_on = _still_stands(goods, place, shelf, served, changes, future, known.get(spot))
            if rests_on is None:
                return None
        judged.append(
            _Judged(
                place=place,
                shelf=shelf,
                changes=(*changes, *gone.get(spot, ())),
                queue=behind_all(future, sum(rests_on.waiting.values()) if rests_on else 0),
                targets=(*_targets(goods, shelf, ()), *_let_go(served)),
                rests_on=rests_on,
                served=served,
            )
        )
    return _Sold(goods, tuple(judged), frozenset())


def _still_stands(
    goods: Goods,
    place: Place,
    shelf: Shelf,
    of_head: Served,
    changes: Sequence[Change],
    future: Future,
    before: Footing | None,
) -> Footing | None:
    """What the queue rests on now, if nobody's day moves but of those who are served; None where that is not sure."""
    given = of_head.by_run
    was, waiting = _waiting(place, place.claims, {}), _waiting(place, shelf.claims, given)
    was.pop(None, 0)  # who has come since may be served; else they are met below
    if before is None or not goods.managed or not place.settled.complete or shelf.short:
        return None
    if was != before.waiting or waiting.pop(None, 0) or any(change.units < change.was_units for change in changes):
        return None
    by_lot = {run: units for run, units in waiting.items() if run is not None}
    served = {change.line_id for change in changes if change.units > change.was_units}
    if not only_forward(shelf.claims, served, future, given) or not stands(before, future, by_lot):
        return None
    return footing(future, by_lot)


def _waiting(place: Place, front: Iterable[Claim], of_head: Mapping[Run, int]) -> dict[Run, int]:
    """Units that wait, by run, with what the front has been given, and its head."""
    waiting: dict[Run, int] = dict(place.standing.by_run) if place.standing else {}
    for run, units in of_head.items():
        waiting[run] = waiting.get(run, 0) - units
    for claim in front:
        if claim.given:
            waiting[claim.run] = waiting.get(claim.run, 0) - claim.given
    return {run: units for run, units in waiting.items() if units}


def _gone(tx: Connection, shop_id: int, item_ids: Sequence[int]) -> Gone:
    """What claims held that are gone: it is free again."""
    found: dict[Spot, list[Change]] = defaultdict(list)
    for row in claims.unclaimed(tx, shop_id, item_ids):
        found[row.item_id, row.location_id].append(
            Change(row.line_id, row.location_id, row.item_id, 0, 0, row.units, row.kept)
        )
    return found


def _judge(scene: Scene, goods: Goods, gone: Gone, keeping: _Keeping, looked_enough: Container[int]) -> _Sold:
    """Decide about the item's places, one after the other."""
    doubtful: set[int] = set()
    judged = []
    for place in goods.places:
        shelf = _shelf(scene, goods, place, keeping)
        if goods.item_id not in looked_enough:
            doubtful |= _short_for_the_unseen_only(scene, goods, place, shelf)
        judged.append(
            _Judged(
                place=place,
                shelf=shelf,
                changes=(
                    *_changes(place, shelf),
                    *_given_back(place),
                    *gone.get((place.item_id, place.location.location_id), ()),
                ),
                queue=scene.project(goods, place, shelf.claims, shelf.short),
                targets=(*_targets(goods, shelf, doubtful), *_sent_targets(scene, place)),
                sent=scene.sent(goods, place) if place.drop_shipped else {},
            )
        )
    return _Sold(goods, tuple(judged), frozenset(doubtful))


def _shelf(scene: Scene, goods: Goods, place: Place, keeping: _Keeping) -> Shelf:
    """The shelf's decision. Goods we do not manage are given to nobody, so nothing of theirs is held or promised."""
    if not goods.managed:
        return Shelf(tuple(claim.served(0, 0) for claim in place.claims), free=0, short=0)
    settled = place.settled.complete
    claims = [claim if keeping.is_idle(claim) else keeping.of(claim, settled=settled) for claim in place.claims]
    return scene.give(goods, place, claims, place.settled)


def _changes(place: Place, shelf: Shelf) -> Iterable[Change]:
    """What differs from the books."""
    was = {claim.line_id: claim for claim in place.claims}
    for claim in shelf.claims:
        before, given, kept = was[claim.line_id], claim.given, claim.kept
        if before is claim and kept <= given:
            continue  # as mostly
        kept = min(kept, given)
        if given != before.given or kept != before.kept:
            yield Change(claim.line_id, claim.location_id, claim.item_id, given, kept, before.given, before.kept)


def _given_back(place: Place) -> Iterable[Change]:
    """What those held of the shelf whom a supplier serves now."""
    for claim in place.drop_shipped:
        if claim.given or claim.kept:
            yield Change(claim.line_id, claim.location_id, claim.item_id, 0, 0, claim.given, claim.kept)


def _save(tx: Connection, scene: Scene, judged: Iterable[_Judged], cause: str, actor: str) -> None:
    """Write the shelves and who holds them."""
    by_spot = {(one.place.item_id, one.place.location.location_id): one for one in judged}
    shelves = {spot: (max(0, one.place.settled.to_give), one.allocated) for spot, one in by_spot.items()}
    known = [lot for one in by_spot.values() for lot in one.place.lots]
    lot_at = lots.shelve(tx, scene.shop.shop_id, shelves, known)
    changes = {lot_at[spot]: one.changes for spot, one in by_spot.items()}
    served = {lot_at[spot]: one.served for spot, one in by_spot.items() if one.served}
    lots.apply_all(tx, scene.shop.shop_id, changes, served, cause=cause, actor=actor, at=scene.now)


def _project(tx: Connection, scene: Scene, sold: Iterable[_Sold]) -> None:
    """Keep beside each claim that waits when it ships, where that is not what stands there, and what deep queues rest on."""
    fresh: list[tuple[int, int, date | None, Run]] = []
    rests_on: dict[Spot, Footing] = {}
    for item in sold:
        unsure = item.doubtful | _at_several_places(item)
        for one in item.places:
            spot = (one.place.item_id, one.place.location.location_id)
            if one.rests_on is not None:
                rests_on[spot] = one.rests_on
            elif item.goods.managed and not item.goods.deep:
                waiting = _projected(one, unsure, fresh, by_place_alone=scene.terms.by_place_alone)
                if waiting is not None:
                    rests_on[spot] = footing(scene.future(one.place, item.goods.variants), waiting)
            fresh += _sent_days(one)
    claims.project(tx, scene.shop.shop_id, fresh)
    footings.keep(tx, scene.shop.shop_id, rests_on)


def _sent_days(one: _Judged) -> Iterable[tuple[int, int, date | None, Run]]:
    """When that ships which suppliers send, where it is another day than stands there."""
    for claim in one.place.drop_shipped:
        projection = one.sent.get((claim.line_id, claim.location_id))
        day = projection.ship_by if projection else None
        if (day, None) != (claim.projected_on, claim.run):
            yield claim.line_id, claim.location_id, day, None


def _at_several_places(item: _Sold) -> frozenset[int]:
    """Lines that have claims at several places: their day is the latest of them."""
    if sum(bool(one.shelf.claims) for one in item.places) < 2:
        return frozenset()
    places = Counter(claim.line_id for one in item.places for claim in one.shelf.claims)
    return frozenset(line_id for line_id, count in places.items() if count > 1)


def _projected(
    one: _Judged, unsure: Container[int], fresh: list[tuple[int, int, date | None, Run]], *, by_place_alone: bool
) -> Counter[int] | None:
    """Add to ``fresh`` what is to be kept beside the claims of a queue; the units that wait by run, where that is worth keeping.

    A claim whose wait is not sure yet, or whose line waits elsewhere too, is in no run, so that it is always looked at.
    """
    # Where a day follows from more than the place there are no runs.
    deep = by_place_alone and len(one.shelf.claims) >= DEEP and not one.shelf.short
    waiting: Counter[int] = Counter()
    for claim in one.shelf.claims:
        projection = one.queue.claims.get((claim.line_id, claim.location_id))
        if projection is None:
            continue
        run = run_of(projection)
        waiting[run] += claim.backordered
        now = (projection.ship_by, run if deep and claim.line_id not in unsure else None)
        if now != (claim.projected_on, claim.run):
            fresh.append((claim.line_id, claim.location_id, *now))
    return waiting if deep else None


def _sent_targets(scene: Scene, place: Place) -> Iterable[Target]:
    """Holds on what a supplier sends, so that nobody here packs it. Of goods that the app does not manage only what the supplier was told."""
    for claim in place.drop_shipped:
        sender = scene.senders.get(claim.line_id)
        if not claim.routed or sender is None or sender.let_go:
            continue
        if sender.held and claim.exposed > claim.in_works:
            yield Target(Effect.HOLD, outbox.order_lane(claim.order_id), claim.order_id)
        elif not sender.held and claim.exposed < claim.units:
            yield Target(Effect.RELEASE, outbox.order_lane(claim.order_id), claim.order_id)


def _short_for_the_unseen_only(scene: Scene, goods: Goods, place: Place, shelf: Shelf) -> set[int]:
    """Lines that would be covered whole if the orders that we cannot see were all younger."""
    if not place.settled.anonymous:
        return set()
    otherwise = scene.give(goods, place, shelf.claims, Settled(place.settled.supply, unseen=0))
    return {claim.line_id for claim in otherwise.claims if claim.given == claim.units}


def _let_go(served: Served | None) -> Iterable[Target]:
    """Releases of what was held and is covered."""
    released = served.released if served else []
    return map(Target, repeat(Effect.RELEASE), map(outbox.order_lane, released), released)


def _targets(goods: Goods, shelf: Shelf, doubtful: Container[int]) -> Iterable[Target]:
    """Holds where a claim exposes more than it was given, and releases where held units are covered and nobody else holds them."""
    managed = goods.managed
    for claim in shelf.claims:
        if not claim.routed:
            continue
        covered = claim.given if managed else claim.units
        if claim.exposed > covered:
            if managed and claim.line_id not in doubtful:
                yield Target(Effect.HOLD, outbox.order_lane(claim.order_id), claim.order_id)
        elif covered > claim.exposed and ((claim.ready and claim.stopped_since is None) or not managed):
            yield Target(Effect.RELEASE, outbox.order_lane(claim.order_id), claim.order_id)
