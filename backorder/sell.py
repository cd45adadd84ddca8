"""Sell: decide how each managed variant is sold, what the store shows of it, and which policy that needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from backorder.clock import transport_now
from backorder.db import catalogue, dirty, offers, outbox
from backorder.db.catalogue import Variant
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.offers import Offer
from backorder.db.outbox import Effect, Target
from backorder.rules import lease as leases
from backorder.rules.cap import Closed, judge
from backorder.rules.claims import Claim
from backorder.rules.drop_ship import Sender, sent_directly
from backorder.rules.hurry import LATELY, Hurry, hurry
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.mixed import ASK, SPLIT
from backorder.rules.offer import beyond_silence, lessened, metafield, must_be_written, steps
from backorder.rules.projection import Future, Projection, Queue, next_place
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, Lifecycle, SellingState, Situation
from backorder.rules.selling import decide as selling_decision
from backorder.rules.silent import is_silent, window_ends
from backorder.rules.terms import Terms
from backorder.scene import Goods, Place, Scene

ON_SALE = "ACTIVE"
LEFT = "The app has left the shop, so the store sells as it did before."
SWITCHED_OFF = "Selling on backorder is switched off in the settings, so the store sells as it did before."
# Which projection speaks for the shop when its locations differ: the worst date among those that have one.
_PREFERENCE = (Basis.LOT, Basis.LEAD_TIME, Basis.ASAP, Basis.UNKNOWN)


@dataclass(frozen=True)
class NextBuyer:
    """What the next buyer of an item may be told, and the future it comes from."""

    situation: Situation
    future: Future
    queue: Queue

    @cached_property
    def decision(self) -> Decision:
        return selling_decision(self.situation)


@dataclass(frozen=True)
class Before:
    """What the books say of variants before a decision, by variant: how each is sold, whose policy it has, what may be offered instead."""

    offers: Mapping[int, Offer]
    leases: Mapping[int, Lease]
    instead: Mapping[int, Sequence[Mapping[str, Any]]]


def before(tx: Connection, scene: Scene) -> Before:
    """Read all that ``decide`` must know besides the scene: apart, so that nothing is read while a long queue is being written."""
    shop_id = scene.shop.shop_id
    variants = [variant for goods in scene.goods for variant in goods.variants]
    ids = sorted(variant.variant_id for variant in variants)
    return Before(offers.get(tx, shop_id, ids), offers.leases(tx, shop_id, ids), _substitutes(tx, shop_id, variants))


def decide(
    tx: Connection, scene: Scene, sold: Iterable[tuple[Goods, Mapping[int, Queue]]], known: Before
) -> list[Target]:
    """Decide and keep the selling state of the items' variants; what to ask for where the store says otherwise."""
    shop_id = scene.shop.shop_id
    decided = []
    targets = []
    hurried: set[int] = set()
    for goods, queues in sold:
        for variant in goods.variants:
            lease, was = known.leases.get(variant.variant_id), known.offers.get(variant.variant_id)
            found = _decision(scene, goods, queues, variant, lease, was, known.instead.get(variant.variant_id, ()))
            if found is None:
                continue
            decision, wanted, situation, pace = found
            decided.append(offers.Decided.of(variant.variant_id, decision, wanted, situation, pace))
            if pace is not None:
                hurried.add(goods.item_id)
            step = leases.step(variant.variant_id, lease, variant.policy, decision.policy)
            if step.write is not None or must_be_written(wanted, was.shown if was else None, scene.now):
                stops = step.write is Policy.DENY and decision.policy is Policy.DENY
                lane = outbox.product_lane(variant.product_id)
                targets.append(Target(Effect.OFFER, lane, variant.product_id, stops))
    offers.decide_all(tx, shop_id, decided, scene.now)
    if hurried:  # once the rush is over, the steps are told whole again
        dirty.remind(tx, shop_id, Kind.ITEM, hurried, transport_now() + LATELY)
    return targets


def _decision(
    scene: Scene,
    goods: Goods,
    queues: Mapping[int, Queue],
    variant: Variant,
    lease: Lease | None,
    before: Offer | None,
    instead: Sequence[Mapping[str, Any]] = (),
) -> tuple[Decision, dict[str, Any], Situation | None, Hurry | None] | None:
    """How a variant is sold, the metafield that says so, and what that rests on; None for one that is none of our business.

    An empty metafield is one to be taken off the variant.
    """
    if variant.gone:
        return None
    if scene.shop.has_left:
        ours = lease is not None or before is not None
        return (Decision(SellingState.IN_STOCK, None, None, LEFT), {}, None, None) if ours else None
    if not scene.terms.selling and variant.managed:
        decision = Decision(SellingState.IN_STOCK, None, None, SWITCHED_OFF)
        return decision, metafield(decision, [], scene.now), None, None
    if variant.managed and (goods.tracked or variant.sender is not None):
        buyer = next_buyer(scene, goods, queues, variant, lease, closed=before.closed if before else None)
        # What the store does not count it sells whatever the policy says.
        decision = buyer.decision if goods.tracked else replace(buyer.decision, policy=None)
        sells = decision.policy is Policy.CONTINUE
        per_order, per_customer = (variant.max_per_order, variant.max_per_customer) if sells else (None, None)
        goes_on = sells_beyond(decision, variant, lease)
        stepped, free, pace = shown_steps(scene, goods, buyer, before)
        told = as_shown(decision, stepped)
        first = buyer.situation.next_place.ship_from
        said = metafield(
            told,
            stepped,
            scene.now,
            per_order,
            free if goes_on else 0,
            per_customer,
            first,
            instead,
            _mixed(scene.terms),
            sent_directly=variant.sender is not None,
        )
        return decision, said, buyer.situation, pace
    if lease is not None or before is not None:
        decision = Decision(SellingState.IN_STOCK, None, None, "The app does not sell this variant on backorder.")
        return decision, metafield(decision, [], scene.now), None, None
    return None


def sells_beyond(decision: Decision, variant: Variant, lease: Lease | None) -> bool:
    """Whether the store sells more than there is. A shelf that is not empty is sold by the merchant's own policy, unless the backorder is open early."""
    own = lease.original if lease is not None and lease.state is LeaseState.HELD else variant.policy
    return (decision.policy or own) is Policy.CONTINUE


def _mixed(terms: Terms) -> str:
    """How an order leaves of which some waits, as a page may say it before the purchase: who is written to is asked."""
    return SPLIT if terms.mixed_orders == ASK and not terms.notify_customers else terms.mixed_orders


def _substitutes(tx: Connection, shop_id: int, variants: Iterable[Variant]) -> dict[int, list[dict[str, Any]]]:
    """What the pages of these variants may offer instead, of what is for sale; it is asked for only where somebody chose any."""
    chosen = {variant.variant_id: variant.substitutes for variant in variants if variant.substitutes}
    if not chosen:
        return {}
    found = {
        v.variant_id: v for v in catalogue.by_ids(tx, shop_id, {other for some in chosen.values() for other in some})
    }
    shown = {
        number: {"title": v.full_title, "handle": v.product_handle, "variant": number}
        for number, v in found.items()
        if not v.gone and v.product_status == ON_SALE
    }
    return {number: [shown[other] for other in others if other in shown] for number, others in chosen.items()}


def shown_steps(
    scene: Scene, goods: Goods, buyer: NextBuyer, before: Offer | None
) -> tuple[list[dict[str, Any]], int, Hurry | None]:
    """How the day moves with the quantity, the units before that of which nothing is said, and how fast it sells now.

    Each as it will be when the pages that say so are everywhere.
    """
    free = buyer.situation.at_once
    stepped = steps(buyer.queue, buyer.future, buyer.situation.left - free)
    window = scene.terms.ship_window_days
    if buyer.decision.state is SellingState.SILENT and window is not None:
        stepped, free = beyond_silence(stepped, window_ends(scene.calendar, scene.now, window))
    if not stepped:
        return stepped, free, None
    pace = _pace(scene, goods, before)
    if pace is not None:
        stepped, free = lessened(stepped, free, pace.units, scene.terms.reserve_units)
    return stepped, free, pace


def _pace(scene: Scene, goods: Goods, before: Offer | None) -> Hurry | None:
    """How fast an item sells. Where only the front of its queue was read, nobody came who has to wait: as it was."""
    if not goods.deep:
        return hurry((claim for place in goods.places for claim in place.claims), scene.now)
    known = before.hurry if before is not None else None
    return known if known is not None and scene.now < known.until else None


def as_shown(decision: Decision, stepped: Sequence[Mapping[str, Any]]) -> Decision:
    """The decision with the day that a page may still say for a single unit."""
    if decision.state is not SellingState.BACKORDER or decision.ship_by is None or not stepped:
        return decision
    first = date.fromisoformat(stepped[0]["ship_by"])
    return replace(decision, ship_by=first) if first > decision.ship_by else decision


def next_buyer(
    scene: Scene,
    goods: Goods,
    queues: Mapping[int, Queue],
    variant: Variant,
    lease: Lease | None,
    units: int = 1,
    closed: Closed | None = None,
) -> NextBuyer:
    """The situation of the next buyer, who wants ``units``, over all places that serve the online shop.

    ``closed``: since when the cap was closed so far.
    """
    if variant.sender is not None:
        return _closed_or_not(_sent_to_next_buyer(scene, goods, variant, lease, units), closed, scene)
    places = [place for place in goods.places if place.sells_online]
    projected = [(next_place(queues[p.location.location_id], scene.future(p, [variant]), units), p) for p in places]
    projection, place = _speaks_for_the_shop(projected)
    future = scene.future(place, [variant]) if place else _nothing_to_come(scene, variant)
    queue = queues[place.location.location_id] if place else Queue({}, (), 0)
    situation = Situation(
        tracked=goods.tracked,
        on_sale=variant.product_status == ON_SALE,
        free=sum(_free(p) for p in places),
        inbound=0 if variant.made_to_order else sum(lot.units for p in places for lot in p.coming if lot.dated),
        undated=0 if variant.made_to_order else sum(lot.units for p in places for lot in p.coming if not lot.dated),
        open_backorders=sum(queues[p.location.location_id].waiting for p in places),
        limit_percent=scene.terms.inbound_limit_percent,
        max_backorders=variant.max_backorders,
        next_place=projection or next_place(queue, future, units),
        silent=is_silent(projection, scene.calendar, scene.now, scene.terms.ship_window_days) if projection else False,
        made_to_order=variant.made_to_order,
        set_by_hand=variant.policy if lease is not None and lease.state is LeaseState.YIELDED else None,
        supply=sum(p.settled.supply for p in places) + sum(lot.units for p in places for lot in p.coming),
        reserve=scene.terms.reserve_units,
        open_at=scene.terms.open_at_units,
        lifecycle=variant.lifecycle,
        sell_until=variant.sell_until,
        today=scene.today,
        to_others=0
        if variant.made_to_order
        else sum(lot.units for p in goods.places if not p.sells_online for lot in p.coming),
        lies_free=_lies_free(places, moved=scene.terms.serve_elsewhere),
        counted=sum(_free(p) - p.settled.counted_off for p in goods.places if p.stocked),
    )
    return _closed_or_not(NextBuyer(situation, future, queue), closed, scene)


def _sent_to_next_buyer(scene: Scene, goods: Goods, variant: Variant, lease: Lease | None, units: int) -> NextBuyer:
    """As ``next_buyer``, for what a supplier sends: no shelf and no queue counts, only the supplier's lead time from today."""
    days = variant.days if variant.days is not None else scene.terms.lead_time_days
    future = sent_directly(_nothing_to_come(scene, variant), days)
    theirs = Claim(0, 0, goods.item_id, 0, units, scene.now, drop_shipped=True)
    supplier = variant.supplier or "the supplier"
    situation = Situation(
        tracked=True,
        on_sale=variant.product_status == ON_SALE,
        free=0,
        inbound=0,
        open_backorders=sum(claim.units for place in goods.places for claim in place.drop_shipped),
        limit_percent=scene.terms.inbound_limit_percent,
        max_backorders=variant.max_backorders,
        next_place=scene.sending(theirs, Sender(supplier, days, scene.now), future),
        set_by_hand=variant.policy if lease is not None and lease.state is LeaseState.YIELDED else None,
        reserve=scene.terms.reserve_units,
        lifecycle=variant.lifecycle,
        sell_until=variant.sell_until,
        today=scene.today,
    )
    return NextBuyer(situation, future, Queue({}, (), 0))


def _closed_or_not(buyer: NextBuyer, closed: Closed | None, scene: Scene) -> NextBuyer:
    """The next buyer with the cap as it is, closed or open."""
    cap = buyer.situation.cap
    # A limited edition stays closed also while nothing limits it.
    limited = buyer.situation.lifecycle is Lifecycle.LIMITED
    shut = judge(cap, closed, scene.now) if cap else closed if limited else None
    if shut == buyer.situation.closed:
        return buyer  # as mostly: it is open
    return replace(buyer, situation=replace(buyer.situation, closed=shut))


def _free(place: Place) -> int:
    """Units at a place that nobody has spoken for; negative when more is claimed than is there."""
    return place.settled.to_give - place.claimed


def _lies_free(places: Iterable[Place], *, moved: bool) -> int:
    """The most units that one place has for whoever buys next: the store sends an order from where all of it lies.

    Where orders that wait are ``moved`` to what lies free, it is theirs, but for what a fulfillment service has.
    """
    return max([0, *(_free(place) for place in places if place.location.is_service or not moved)])


def _speaks_for_the_shop(projected: list[tuple[Projection, Place]]) -> tuple[Projection | None, Place | None]:
    """The location whose date is shown: of the best kind of date that any location has, the latest.

    We do not know which location the store will route an order to, so the later date is the honest one.
    """
    for basis in _PREFERENCE:
        alike = [pair for pair in projected if pair[0].basis is basis]
        if alike:
            return max(alike, key=lambda pair: (pair[0].ship_by or date.min, pair[1].location.location_id))
    return None, None


def _nothing_to_come(scene: Scene, variant: Variant) -> Future:
    own = variant.days
    return Future(
        lots=(),
        calendar=scene.calendar,
        today=scene.today,
        lead_time_days=own if own is not None else scene.terms.lead_time_days,
        allow_asap=scene.terms.allow_asap,
        next_arrival=scene.next_arrival,
        by_week=scene.terms.by_week,
        by_range=scene.terms.by_range,
    )
