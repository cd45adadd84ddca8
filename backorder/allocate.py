"""Allocate: load, decide, save, in one transaction under the items' lock; what must be told goes to the outbox with it.

1. Judge each place (``judge``): give its shelf to the claims on it, and project when everybody else ships.
2. Write what changed, of some places together, with its ledger rows: the number of statements does not grow with the queues.
3. Promise or re-promise where that is news (``promise``), and decide how each variant is sold (``sell``).
4. Ask for what makes it all true in the store: holds and releases, annotations, offers.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from backorder import mixed, promise, sell
from backorder.clock import transport_now
from backorder.db import ahead, catalogue, claims, footings, locations, lots, managing, offers, outbox, queues, shops
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Target
from backorder.judge import Judged, Keeping, Keeps, Sold, Spot, deep, gone, is_deep, judge_all
from backorder.rules.claims import Claim
from backorder.rules.elsewhere import oldest_that_fit
from backorder.rules.footing import Footing, Run, Standing, footing, run_of
from backorder.scene import NOTHING, JustRead, Scene, load
from backorder.serves import look_at_the_rest

# From so many items on a decision is written while it is made.
MANY = 10


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


def ask_ahead(tx: Connection, shop_id: int, item_ids: Sequence[int], variant_ids: Iterable[int]) -> None:
    """Let a server look up what ``decide_locked`` is going to ask of these goods, but for what a note of readings may change."""
    ahead.ask_first(
        tx,
        lambda tx: shops.one(tx, shop_id),
        lambda tx: locations.all_locations(tx, shop_id),
        lambda tx: claims.unclaimed(tx, shop_id, item_ids),
        lambda tx: offers.get(tx, shop_id, sorted(variant_ids)),
        lambda tx: outbox.busy_lanes(tx, shop_id),
        lambda tx: footings.of_items(tx, shop_id, item_ids),
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
    sure: Container[int] = (),
    just_read: JustRead = NOTHING,
) -> Decided:
    """``decide`` for a caller who holds the items' lock, knows how their queues stand and may have ``just_read`` more of them.

    Of those of which one is ``sure``, units that the store has not committed were looked for long enough: they are really open.
    """
    scene = load(tx, shop_id, wanted, now, {} if keeps else deep(standing), just_read)
    for managed in (True, False):
        if ids := [variant.variant_id for variant in scene.judged if variant.managed is managed]:
            managing.set_managed(tx, shop_id, ids, managed=managed)
    given_back = gone(tx, shop_id, wanted)
    before = sell.before(tx, scene)
    asking = _Asking(tx, shop_id, many=len(wanted) >= MANY)
    at_once = not (scene.shop.has_left or scene.mixes or scene.terms.serve_elsewhere)
    sold: list[Sold] = []
    for some in judge_all(tx, scene, given_back, Keeping(scene, keeps or {}, loosened), looked_enough, sure):
        _save(tx, scene, [one for item in some for one in item.places], cause, actor)
        if at_once:
            asking.ask_what_locks_nothing(_of_shelves(some))
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
    asking.ask(targets)
    asking.ask(sell.decide(tx, scene, [(item.goods, item.queues) for item in sold], before))
    if scene.serves is not None and scene.terms.queue_policy.asks_for_the_rest:
        look_at_the_rest(tx, shop_id, set().union(*map(_served, judged)), wanted)
    moved = [change.units - change.was_units for one in judged for change in one.changes]
    taken = -sum(units for units in moved if units < 0)
    given = sum(moved) + taken + sum(one.served.total for one in judged if one.served)
    return Decided(given, taken, lost=taken > 0, orders=len(touched), unseen=_unseen(sold))


class _Asking:
    """What one decision asks for, each target once.

    Where it is about ``many`` items, the lanes in which anything is due are read before the first row is written: the database has much to
    write then, and whoever asks it something waits until that is done.
    """

    def __init__(self, tx: Connection, shop_id: int, *, many: bool) -> None:
        self._tx, self._shop_id = tx, shop_id
        self._busy = outbox.busy_lanes(tx, shop_id) if many else None
        self._asked: set[tuple[Effect, str]] = set()

    def ask_what_locks_nothing(self, targets: Iterable[Target]) -> None:
        """Ask for what was not asked for yet in lanes that are known to have nothing due.

        What is due will be locked, and whoever locks does it once, in one order.
        """
        if self._busy is not None:
            self.ask([target for target in targets if target.lane not in self._busy])

    def ask(self, targets: Iterable[Target]) -> None:
        """Ask for what was not asked for yet."""
        fresh = [target for target in targets if target[:2] not in self._asked]
        self._asked.update([target[:2] for target in fresh])
        outbox.want_all(self._tx, self._shop_id, fresh, transport_now(), busy=self._busy)


def _still_held(found: Iterable[Claim]) -> Iterable[Target]:
    """Orders of which something is under a hold, to be let go of if it is ours."""
    for claim in found:
        if claim.routed and claim.exposed < claim.units:
            yield Target(Effect.RELEASE, outbox.order_lane(claim.order_id), claim.order_id)


def _of_shelves(sold: Iterable[Sold]) -> list[Target]:
    """Holds and releases as the shelves ask for them."""
    return [target for item in sold for one in item.places for target in one.targets]


def _wanted_of_orders(tx: Connection, scene: Scene, sold: Sequence[Sold], new_versions: set[int]) -> list[Target]:
    """Holds, releases and moves that the shelves ask for, as the orders leave."""
    targets = _of_shelves(sold)
    if scene.terms.serve_elsewhere:
        targets += _served_elsewhere(sold, targets)
    if scene.mixes:
        sent = {claim.order_id for item in sold for one in item.places for claim in one.place.drop_shipped}
        targets = mixed.as_they_leave(tx, scene.shop.shop_id, targets, new_versions | sent)
    return targets


def _served_elsewhere(sold: Iterable[Sold], targets: Iterable[Target]) -> list[Target]:
    """Orders of which something waits at one place while it lies free at another: a move is tried, before the wait is told.

    Whoever waits already is tried, oldest first, when more lies free than before: not at each decision, for the store may not let us.
    """
    wait = {target.subject for target in targets if target.effect is Effect.HOLD}
    found: dict[int, Target] = {}
    for item in sold:
        places = [one for one in item.places if one.place.sells_online and not one.place.location.is_service]
        free = {one.place.location.location_id: one.shelf.free for one in places if one.shelf.free > 0}
        if not free:
            continue
        queue = [claim for one in item.places if not one.place.location.is_service for claim in one.everybody()]
        if not any(one.newly_free for one in places):
            queue = [claim for claim in queue if claim.order_id in wait]
        for claim in oldest_that_fit(queue, free):
            found[claim.order_id] = Target(Effect.MOVE, outbox.order_lane(claim.order_id), claim.order_id)
    return list(found.values())


def _touched(one: Judged) -> set[int]:
    """Orders of which something was given or taken, or is to be held or released."""
    return _served(one) | {target.subject for target in one.targets}


def _served(one: Judged) -> set[int]:
    """Orders of which something was given or taken."""
    changed = {change.line_id for change in one.changes}
    found = {claim.order_id for claim in (*one.shelf.claims, *one.place.drop_shipped) if claim.line_id in changed}
    return found.union(one.served.order_ids) if one.served else found


def _unseen(sold: Iterable[Sold]) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in sold:
        for place in item.goods.places if item.goods.managed else ():
            if place.stocked and abs(place.settled.unseen) > abs(found.get(place.item_id, 0)):
                found[place.item_id] = place.settled.unseen
    return found


def _save(tx: Connection, scene: Scene, judged: Iterable[Judged], cause: str, actor: str) -> None:
    """Write the shelves and who holds them."""
    by_spot = {(one.place.item_id, one.place.location.location_id): one for one in judged}
    shelves = {spot: (max(0, one.place.settled.to_give), one.allocated) for spot, one in by_spot.items()}
    known = [lot for one in by_spot.values() for lot in one.place.lots]
    lot_at = lots.shelve(tx, scene.shop.shop_id, shelves, known)
    changes = {lot_at[spot]: one.changes for spot, one in by_spot.items()}
    served = {lot_at[spot]: one.served for spot, one in by_spot.items() if one.served}
    lots.apply_all(tx, scene.shop.shop_id, changes, served, cause=cause, actor=actor, at=scene.now)


def _project(tx: Connection, scene: Scene, sold: Iterable[Sold]) -> None:
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


def _sent_days(one: Judged) -> Iterable[tuple[int, int, date | None, Run]]:
    """When that ships which suppliers send, where it is another day than stands there."""
    for claim in one.place.drop_shipped:
        projection = one.sent.get((claim.line_id, claim.location_id))
        day = projection.ship_by if projection else None
        if (day, None) != (claim.projected_on, claim.run):
            yield claim.line_id, claim.location_id, day, None


def _at_several_places(item: Sold) -> frozenset[int]:
    """Lines that have claims at several places: their day is the latest of them."""
    if sum(bool(one.shelf.claims) for one in item.places) < 2:
        return frozenset()
    places = Counter(claim.line_id for one in item.places for claim in one.shelf.claims)
    return frozenset(line_id for line_id, count in places.items() if count > 1)


def _projected(
    one: Judged, unsure: Container[int], fresh: list[tuple[int, int, date | None, Run]], *, by_place_alone: bool
) -> Counter[int] | None:
    """Add to ``fresh`` what is to be kept beside the claims of a queue; the units that wait by run, where that is worth keeping.

    A claim whose wait is not sure yet, or whose line waits elsewhere too, is in no run, so that it is always looked at.
    """
    # Where a day follows from more than the place there are no runs.
    deep = by_place_alone and is_deep(len(one.shelf.claims)) and not one.shelf.short
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
