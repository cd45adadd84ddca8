"""Judge: what is decided about each place, before it is written: its shelf, what that changes, who ships when, what to ask the store for.

Of a deep queue only the front is read (``queues.front``), and where that shows that nobody else's day moves (rules.footing), it says all.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import repeat

from backorder import fronts
from backorder.db import claims, footings, outbox
from backorder.db.engine import Connection
from backorder.db.lots import Change
from backorder.db.outbox import Effect, Target
from backorder.rules.allocation import Shelf
from backorder.rules.claims import Claim
from backorder.rules.footing import Footing, Run, Standing, footing, only_forward, stands
from backorder.rules.head import Served
from backorder.rules.keeping import kept_by_now
from backorder.rules.lots import LotKind
from backorder.rules.projection import Future, Projection, Queue, behind_all
from backorder.rules.settled import Settled
from backorder.scene import Goods, Place, Scene, load

# With fewer claims than this on an item, to read them all costs less than to ask whether one must.
DEEP = 50
# Items are judged in two halves, none smaller than this: while a server writes one, we decide about the other.
HALF_AT_LEAST = 25

Keeps = Mapping[tuple[int, int], int]  # by (line, location)
Spot = tuple[int, int]  # (item, location)
Gone = Mapping[Spot, list[Change]]


@dataclass(frozen=True)
class Judged:
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

    @property
    def newly_free(self) -> bool:
        """Whether more of the shelf is nobody's than was so far."""
        return newly_free(self.place, self.shelf)

    def everybody(self) -> Iterator[Claim]:
        """Everybody who was looked at, with what they are given."""
        yield from self.shelf.claims
        if self.served is not None:
            yield from self.served.claims()


@dataclass(frozen=True)
class Sold:
    """What was decided about one item, place by place; that its ``doubtful`` lines wait is not sure yet."""

    goods: Goods
    places: tuple[Judged, ...]
    doubtful: frozenset[int]

    @property
    def queues(self) -> dict[int, Queue]:
        """Who waits, by location."""
        return {judged.place.location.location_id: judged.queue for judged in self.places}


class Keeping:
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


def newly_free(place: Place, shelf: Shelf) -> bool:
    """Whether more of a shelf of which all claims were read is nobody's than was so far."""
    was = sum(lot.units - lot.allocated for lot in place.lots if lot.kind is LotKind.ON_HAND)
    return shelf.free > max(0, was)


def is_deep(claims: int) -> bool:
    """Whether it is worth reading only the front of a queue of so many."""
    return claims >= DEEP


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
        if is_deep(claimed[spot[0]]) and several[spot[0]] == 1 and not one.divided
    }


def judge_all(
    tx: Connection, scene: Scene, gone: Gone, keeping: Keeping, looked_enough: Container[int], sure: Container[int]
) -> Iterator[list[Sold]]:
    """Decide about each item: by the front of its queue where that says all, else by the whole queue.

    In two halves, so that a server can write what was decided, and read the other queues, while we decide (db.ahead).
    """
    shop_id = scene.shop.shop_id
    half = max(HALF_AT_LEAST, -(-len(scene.goods) // 2))
    known = footings.of_items(tx, shop_id, [goods.item_id for goods in scene.goods if goods.deep])
    rest = []
    looked_at = [_looked_at(goods, sure) for goods in scene.goods]
    first, second = looked_at[:half], looked_at[half:]
    at_hand = fronts.read(tx, shop_id, first)
    for following in (second, ()) if second else ((),):
        fronts.ask(tx, shop_id, following)
        found = []
        for goods in at_hand:
            sold = (
                _judge_front(scene, goods, gone, known, keeping)
                if goods.deep
                else _judge(scene, goods, gone, keeping, looked_enough)
            )
            if sold is not None:
                found.append(sold)
            else:
                rest.append(goods.item_id)
        at_hand = fronts.read(tx, shop_id, following)  # it has come by now, and what is written next would be before it
        yield found
    if rest:
        whole = load(tx, shop_id, rest, scene.now).goods
        yield [_judge(scene, _looked_at(goods, sure), gone, keeping, looked_enough) for goods in whole]


def _looked_at(goods: Goods, sure: Container[int]) -> Goods:
    """The goods; where one is ``sure`` of what their places show, that is said of them."""
    if goods.item_id not in sure:
        return goods
    return replace(goods, places=tuple(replace(one, settled=replace(one.settled, looked=True)) for one in goods.places))


def _judge_front(
    scene: Scene, goods: Goods, gone: Gone, known: Mapping[Spot, Footing], keeping: Keeping
) -> Sold | None:
    """Decide about an item by the front of its queue; None where somebody further back may be concerned."""
    judged = []
    for place in goods.places:
        spot = (place.item_id, place.location.location_id)
        future = scene.future(place, goods.variants)
        shelf = _shelf(scene, goods, place, keeping)
        changes = tuple(_changes(place, shelf))
        served = rests_on = None
        if scene.terms.serve_elsewhere and place.standing is None and newly_free(place, shelf):
            return None  # who waits may be sent from here
        if place.head is not None:
            served = place.head.serve(shelf.free)
            shelf = Shelf(shelf.claims, shelf.free - served.total, shelf.short)
            rests_on = _still_stands(goods, place, shelf, served, changes, future, known.get(spot))
            if rests_on is None:
                return None
        judged.append(
            Judged(
                place=place,
                shelf=shelf,
                changes=(*changes, *gone.get(spot, ())),
                queue=behind_all(future, sum(rests_on.waiting.values()) if rests_on else 0),
                targets=(*_targets(goods, shelf, ()), *_let_go(served)),
                rests_on=rests_on,
                served=served,
            )
        )
    return Sold(goods, tuple(judged), frozenset())


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


def gone(tx: Connection, shop_id: int, item_ids: Sequence[int]) -> Gone:
    """What claims held that are gone: it is free again."""
    found: dict[Spot, list[Change]] = defaultdict(list)
    for row in claims.unclaimed(tx, shop_id, item_ids):
        found[row.item_id, row.location_id].append(
            Change(row.line_id, row.location_id, row.item_id, 0, 0, row.units, row.kept)
        )
    return found


def _judge(scene: Scene, goods: Goods, gone: Gone, keeping: Keeping, looked_enough: Container[int]) -> Sold:
    """Decide about the item's places, one after the other."""
    doubtful: set[int] = set()
    judged = []
    for place in goods.places:
        shelf = _shelf(scene, goods, place, keeping)
        if goods.item_id not in looked_enough:
            doubtful |= _short_for_the_unseen_only(scene, goods, place, shelf)
        judged.append(
            Judged(
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
    return Sold(goods, tuple(judged), frozenset(doubtful))


def _shelf(scene: Scene, goods: Goods, place: Place, keeping: Keeping) -> Shelf:
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
