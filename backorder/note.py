"""Note: write down what was seen of an order, and what follows from the difference to what was known (of items: ``note_items``)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from backorder import departures, drop_ship
from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    claim_ledger,
    claims,
    counts,
    drop_ships,
    hold_acts,
    levels,
    locations,
    orders,
    outbox,
    releases,
    ways,
    whole_orders,
)
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act, HoldAct
from backorder.db.orders import Saying
from backorder.db.outbox import Effect, Target
from backorder.db.ways import Said
from backorder.db.whole_orders import Stored
from backorder.promise import misannotated
from backorder.read_order import order_with
from backorder.rules.carried import carried
from backorder.rules.claims import Claim
from backorder.rules.drafts import FROM_A_DRAFT, born_keeping
from backorder.rules.foreign_holds import remembered
from backorder.rules.mixed import By, Way, is_whole
from backorder.rules.order_claims import awaits_routing, claims_of, is_open, under_our_hold
from backorder.rules.payment import ready_since
from backorder.rules.queue_policy import CHOSEN_FIRST, QueuePolicy
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen, OrderSeen
from backorder.rules.terms import Terms
from backorder.rules.tranches import oldest_gone

Spot = tuple[int, int]  # (line, location)


@dataclass(frozen=True)
class Noted:
    """What an order's reading means.

    ``items`` are to be looked at; ``waived`` units, by (line, location), had a hold of ours that staff released; those that are
    ``back`` had left in a parcel that did not leave after all, and are their buyers' still (domain §4 c, e); ``moved`` units were
    kept where their line was before; those of an order that was a draft are ``born`` kept, as far as its draft had set them aside;
    ``awaits_routing``: the store has yet to make its fulfillment orders. ``overtaken``: something newer was noted meanwhile,
    perhaps of a part of the order only, and this reading changed nothing. ``to_tell``: a supplier has shipped something of it that the
    store can be told of now.
    """

    items: frozenset[int] = frozenset()
    waived: Mapping[Spot, int] = field(default_factory=dict)
    back: Mapping[Spot, int] = field(default_factory=dict)
    moved: Mapping[Spot, int] = field(default_factory=dict)
    born: Mapping[Spot, int] = field(default_factory=dict)
    awaits_routing: bool = False
    overtaken: bool = False
    to_tell: bool = False

    @property
    def keeps(self) -> tuple[tuple[str, str, Mapping[Spot, int]], ...]:
        """What is kept from now on: why, on whose account, and which units."""
        why = (
            ("hold released by staff", "staff", self.waived),
            ("a parcel did not leave", "store", self.back),
            ("moved to another location", "store", self.moved),
            ("set aside by its draft", "staff", self.born),
        )
        return tuple(one for one in why if one[2])


def order(tx: Connection, shop_id: int, terms: Terms, seen: OrderSeen, read_at: datetime) -> Noted:
    """Keep an order as seen by a reading that began at ``read_at`` (transport time); an older reading changes nothing."""
    return orders_read(tx, shop_id, terms, [seen], read_at)[seen.order_id]


def orders_read(
    tx: Connection, shop_id: int, terms: Terms, read: Sequence[OrderSeen], read_at: datetime
) -> dict[int, Noted]:
    """Keep orders as seen by one reading that began at ``read_at`` (transport time); what is older changes nothing.

    Each by its id: what its reading means. The items of a claim that is as it was need no other look.
    """
    ids = [seen.order_id for seen in read]
    before = _by_order(claims.of_orders(tx, shop_id, ids))
    likely = _likely(tx, shop_id, read)
    items = _items(read, before, likely)
    catalogue.lock_items(tx, shop_id, items)
    before = _by_order(claims.of_orders(tx, shop_id, ids))  # with what they were given until now
    known = whole_orders.stored(tx, shop_id, ids)
    sent = drop_ships.of_orders(tx, shop_id, known.orders) if known.orders else {}
    by_variant = catalogue.drop_shipped_of(tx, shop_id, items)
    noted: dict[int, Noted] = {}
    fresh = []
    for told in read:
        seen = _judged_once(told, known.lines.get(told.order_id, ()))
        seen = remembered(seen, known.parts.get(seen.order_id, ()))
        was, claimed = known.orders.get(seen.order_id), before[seen.order_id]
        ready_at = ready_since(seen, terms.payment_rule, was.ready_at if was else None)
        now = _where_moved(_with_known_ages(claims_of(seen, ready_at, likely), claimed, seen), claimed)
        if was is not None and was.read_at > read_at:
            noted[seen.order_id] = Noted(_touched(claimed, drop_ship.as_before(now, claimed)), overtaken=True)
            continue
        of_it = {line_id: row for line_id, row in sent.items() if row.order_id == seen.order_id}
        stored = known.lines.get(seen.order_id, ())
        now, new = drop_ship.as_sent(seen, now, claimed, stored, of_it, by_variant)
        drop_ships.keep(tx, shop_id, new)
        of_it = drop_ship.with_returns(tx, shop_id, seen, stored, of_it)
        means = _note(tx, shop_id, seen, known, claimed, now)
        if was is not None and _chosen_otherwise(terms.queue_policy, was, seen):
            means = replace(means, items=means.items | {claim.item_id for claim in now})
        if of_it and drop_ship.can_be_told(seen, of_it):
            means = replace(means, to_tell=True)
        noted[seen.order_id] = means
        drop_ship.keep_up(tx, shop_id, seen, now, of_it)
        fresh.append(Saying(seen, ready_at, read_at))
        if _wants_less(claimed, now):
            # Cancelled, refunded or shipped while it waited: perhaps no decision comes by here, and the order must not go on saying so.
            outbox.want_all(tx, shop_id, misannotated(tx, shop_id, [seen.order_id]), transport_now())
    whole_orders.save_all(tx, shop_id, fresh, known)
    return noted


def _wants_less(before: Iterable[Claim], now: Iterable[Claim]) -> bool:
    """Whether open units of an order are gone, at any place."""
    left = _units(now)
    return any(left.get(spot, 0) < units for spot, units in _units(before).items())


def _chosen_otherwise(policy: QueuePolicy, was: orders.Order, seen: OrderSeen) -> bool:
    """Whether an order goes first now and did not, or did and does not: a tag came or went, or it is another customer's."""
    return policy.goes_first == CHOSEN_FIRST and (
        policy.chooses(was.tags, was.source, was.customer_id)
        != policy.chooses(seen.tags, seen.source, seen.customer_id)
    )


def _judged_once(seen: OrderSeen, known: Iterable[LineSeen]) -> OrderSeen:
    """The order with what its lines proved when they were first read: a new key, or units added since, change nothing of that."""
    proved = {line.line_id: line.evidence for line in known if line.evidence is not None}
    if not proved:
        return seen
    return replace(
        seen,
        lines=tuple(replace(line, evidence=proved.get(line.line_id, line.evidence)) for line in seen.lines),
    )


def parts_read(
    tx: Connection, shop_id: int, order_id: int, told: Collection[FulfillmentOrderSeen], read_at: datetime
) -> None:
    """Keep some fulfillment orders of an order as a mutation's own answer told them; all else of it is as it was last seen."""
    before = claims.of_orders(tx, shop_id, [order_id])
    items = {part.item_id for fo in told for part in fo.parts if part.item_id is not None}
    catalogue.lock_items(tx, shop_id, items | {claim.item_id for claim in before})
    before = claims.of_orders(tx, shop_id, [order_id])  # with what they were given until now
    known = whole_orders.stored(tx, shop_id, [order_id])
    was = known.orders.get(order_id)
    if was is None or was.read_at > read_at:
        return
    numbers = {part.fulfillment_order_id for part in told}
    others = (part for part in known.parts.get(order_id, ()) if part.fulfillment_order_id not in numbers)
    parts = tuple(sorted((*others, *told), key=lambda part: part.fulfillment_order_id))
    lines = known.lines.get(order_id, ())
    seen = remembered(replace(order_with(was, lines, parts), lines=lines), known.parts.get(order_id, ()))
    now = _where_moved(_with_known_ages(claims_of(seen, was.ready_at), before, seen), before)
    now = drop_ship.as_before(now, before)
    _note(tx, shop_id, seen, known, before, now)
    whole_orders.save_all(tx, shop_id, [Saying(seen, was.ready_at, read_at)], known)


def _items(
    read: Iterable[OrderSeen], before: Mapping[int, Iterable[Claim]], likely: Mapping[int, int]
) -> frozenset[int]:
    """Every item of which these orders have a claim now or had one."""
    routed = {part.item_id for seen in read for fo in seen.fulfillment_orders for part in fo.parts}
    claimed = {claim.item_id for some in before.values() for claim in some}
    return frozenset(item_id for item_id in (*routed, *claimed, *likely) if item_id is not None)


def _note(
    tx: Connection, shop_id: int, seen: OrderSeen, known: Stored, before: tuple[Claim, ...], now: tuple[Claim, ...]
) -> Noted:
    """Write down what became of an order's claims. The order itself is kept by the caller."""
    shipped: dict[Spot, int] = {}
    born: dict[Spot, int] = {}
    sold: frozenset[int] = frozenset()
    if seen.order_id in known.orders:
        shipped = departures.count_shipped(tx, shop_id, seen, known.lines.get(seen.order_id, ()), before, now)
    else:
        sold = departures.count_sold(tx, shop_id, seen)
        born = _born(tx, shop_id, seen, now)
    waived = _waived(tx, shop_id, seen, known.parts.get(seen.order_id, ()))
    if waived:
        waived = drop_ship.without_sent(tx, shop_id, waived, (*before, *now), seen.updated_at)
    was = known.orders.get(seen.order_id)
    if was is not None and is_whole(was.way) and (waived or _units(before) != _units(now)):
        _look_at_the_whole(tx, shop_id, seen, waived)
    touched = _touched(before, now)
    hold_acts.enter(tx, shop_id, _lost(seen, known.parts.get(seen.order_id, ()), now))
    if touched:
        departures.take_off(tx, shop_id, before, now, shipped, seen.updated_at)
        claim_ledger.enter(tx, shop_id, seen.order_id, before, now, at=seen.updated_at)
        claims.replace(tx, shop_id, seen.order_id, now)
    released = {claim.item_id for claim in now if (claim.line_id, claim.location_id) in waived}
    back = {spot: -units for spot, units in shipped.items() if units < 0}
    return Noted(
        touched | released | sold, waived, back, carried(before, now), born, awaits_routing=awaits_routing(seen)
    )


def _born(tx: Connection, shop_id: int, seen: OrderSeen, now: Sequence[Claim]) -> dict[Spot, int]:
    """What an order that was a draft is born keeping, where the shelf was read before the order was seen; by (line, location)."""
    if seen.source != FROM_A_DRAFT or not now:
        return {}
    changes = counts.since(tx, shop_id, {claim.item_id for claim in now}, seen.created_at)
    found: dict[Spot, int] = {}
    for place in sorted({(claim.item_id, claim.location_id) for claim in now}):
        here = (claim for claim in now if (claim.item_id, claim.location_id) == place)
        found |= born_keeping(here, sum(change.set_free for change in changes.get(place, ())))
    return found


def _look_at_the_whole(tx: Connection, shop_id: int, seen: OrderSeen, waived: Mapping[Spot, int]) -> None:
    """An order that ships together has other lines or units now, or the warehouse let a part of it go: then it ships in parts."""
    if waived:
        by_hand = Said(seen.order_id, Way.SPLIT, By.WAREHOUSE, "staff", seen.updated_at)
        ways.say(tx, shop_id, [by_hand])
    lane = outbox.order_lane(seen.order_id)
    both = [Target(effect, lane, seen.order_id) for effect in (Effect.HOLD, Effect.RELEASE)]
    outbox.want_all(tx, shop_id, both, transport_now())


def _units(claimed: Iterable[Claim]) -> dict[Spot, int]:
    return {(claim.line_id, claim.location_id): claim.units for claim in claimed}


def _by_order(found: Iterable[Claim]) -> dict[int, tuple[Claim, ...]]:
    by_order: dict[int, tuple[Claim, ...]] = defaultdict(tuple)
    for claim in found:
        by_order[claim.order_id] += (claim,)
    return by_order


def _touched(before: Iterable[Claim], now: Iterable[Claim]) -> frozenset[int]:
    """Items on which a claim came, went or changed."""
    # A reading says nothing of what we gave and worked out.
    was, is_now = (
        {replace(claim, given=0, kept=0, projected_on=None, run=None) for claim in some} for some in (before, now)
    )
    return frozenset(claim.item_id for claim in was ^ is_now)


def _with_known_ages(now: tuple[Claim, ...], before: Iterable[Claim], seen: OrderSeen) -> tuple[Claim, ...]:
    """An order read without its agreements (the store hides it by age) keeps the places that its claims had."""
    if seen.agreements:
        return now
    known = {(claim.line_id, claim.location_id): claim for claim in before}
    kept = []
    for claim in now:
        was = known.get((claim.line_id, claim.location_id))
        if was is not None and was.units >= claim.units:
            first = was.units - sum(units for _, units in was.later)
            # Shipping has taken the oldest.
            left = oldest_gone([(was.since, first), *was.later], was.units - claim.units)
            kept.append(replace(claim, since=left[0][0], later=tuple(left[1:])))
        else:
            kept.append(claim)
    return tuple(kept)


def _where_moved(now: tuple[Claim, ...], before: Iterable[Claim]) -> tuple[Claim, ...]:
    """A line that a person moved up stays there, wherever it is shipped from; one that lost its turn under a hold of others stays behind."""
    moved = {claim.line_id: claim.rank for claim in before if claim.rank}
    behind = {claim.line_id for claim in before if claim.lost_turn}
    if not moved and not behind:
        return now
    return tuple(
        replace(claim, rank=moved.get(claim.line_id, 0), ready=claim.ready and not lost, lost_turn=lost)
        for claim in now
        for lost in (claim.line_id in behind and claim.stopped_since is not None,)
    )


def order_gone(tx: Connection, shop_id: int, order_id: int, now: datetime) -> frozenset[int]:
    """The store no longer has (or shows) this order: its claims end. Returns the items to be looked at."""
    before = claims.of_orders(tx, shop_id, [order_id])
    catalogue.lock_items(tx, shop_id, {claim.item_id for claim in before})
    claim_ledger.enter(tx, shop_id, order_id, before, (), at=now)
    claims.replace(tx, shop_id, order_id, ())
    drop_ship.order_gone(tx, shop_id, order_id)
    whole_orders.forget(tx, shop_id, [order_id])
    return frozenset(claim.item_id for claim in before)


def _waived(tx: Connection, shop_id: int, seen: OrderSeen, stored: Iterable[FulfillmentOrderSeen]) -> dict[Spot, int]:
    """Units whose hold of ours somebody else released: kept, never held again (domain §4 c).

    A hold that vanished with its fulfillment order (moved, merged, split) is not a waiver.
    """
    present = {fo.fulfillment_order_id: fo for fo in seen.fulfillment_orders}
    found: Counter[Spot] = Counter()
    for was in filter(under_our_hold, stored):
        now = present.get(was.fulfillment_order_id)
        if now is None or not is_open(now) or under_our_hold(now) or now.location_id is None:
            continue
        gone = {hold.hold_id for hold in was.holds if hold.ours}
        if gone & releases.by_us(tx, shop_id, outbox.order_lane(seen.order_id)):
            continue
        for part in now.parts:
            found[part.line_id, now.location_id] += part.remaining
    return dict(found)


def _lost(seen: OrderSeen, stored: Iterable[FulfillmentOrderSeen], now: Iterable[Claim]) -> list[HoldAct]:
    """Holds of ours that went away with their fulfillment order, by a move, merge, split or edit, while their goods are open still."""
    there = {fo.fulfillment_order_id for fo in seen.fulfillment_orders if is_open(fo)}
    exposed = {claim.line_id for claim in now if claim.exposed}
    return [
        HoldAct(seen.order_id, was.fulfillment_order_id, Act.LOST, seen.updated_at, part.line_id, part.remaining)
        for was in stored
        if under_our_hold(was) and is_open(was) and was.fulfillment_order_id not in there
        for part in was.parts
        if part.remaining and part.line_id in exposed
    ]


def _likely(tx: Connection, shop_id: int, read: Iterable[OrderSeen]) -> dict[int, int]:
    """Where orders that await routing will be served from: known for items that one online location stocks."""
    items = {line.item_id for seen in read if awaits_routing(seen) for line in seen.lines if line.item_id is not None}
    if not items:
        return {}
    online = {p.location_id for p in locations.all_locations(tx, shop_id) if p.active and p.fulfills_online}
    stocked: dict[int, list[int]] = {}
    for level in levels.of_items(tx, shop_id, items):
        if level.location_id in online:
            stocked.setdefault(level.item_id, []).append(level.location_id)
    return {item_id: places[0] for item_id, places in stocked.items() if len(places) == 1}
