"""Sell: decide how each managed variant is sold, what the store shows of it, and which policy that needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backorder.db import offers, outbox
from backorder.db.catalogue import Variant
from backorder.db.engine import Connection
from backorder.db.outbox import Effect, Target
from backorder.rules import lease as leases
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.offer import metafield, must_be_written, steps
from backorder.rules.projection import Future, Projection, Queue, next_place
from backorder.rules.promises import Basis
from backorder.rules.selling import Decision, SellingState, Situation
from backorder.rules.selling import decide as selling_decision
from backorder.scene import Goods, Place, Scene

ON_SALE = "ACTIVE"
# Which projection speaks for the shop when its locations differ: the worst date among those that have one.
_PREFERENCE = (Basis.LOT, Basis.LEAD_TIME, Basis.ASAP, Basis.UNKNOWN)


@dataclass(frozen=True)
class NextBuyer:
    """What the next buyer of an item may be told, and the future it comes from."""

    situation: Situation
    future: Future
    queue: Queue

    @property
    def decision(self) -> Decision:
        return selling_decision(self.situation)


def decide(tx: Connection, scene: Scene, sold: Sequence[tuple[Goods, Mapping[int, Queue]]]) -> list[Target]:
    """Decide and keep the selling state of the items' variants; what to ask for where the store says otherwise."""
    shop_id = scene.shop.shop_id
    ids = [variant.variant_id for goods, _ in sold for variant in goods.variants]
    known, held = offers.get(tx, shop_id, ids), offers.leases(tx, shop_id, ids)
    decided = []
    targets = []
    for goods, queues in sold:
        for variant in goods.variants:
            lease, before = held.get(variant.variant_id), known.get(variant.variant_id)
            found = _decision(scene, goods, queues, variant, lease, known=before is not None)
            if found is None:
                continue
            decision, wanted = found
            decided.append((variant.variant_id, decision.state.value, decision.reason, wanted))
            step = leases.step(variant.variant_id, lease, variant.policy, decision.policy)
            if step.write is not None or must_be_written(wanted, before.shown if before else None, scene.now):
                targets.append(Target(Effect.OFFER, outbox.product_lane(variant.product_id), variant.product_id))
    offers.decide_all(tx, shop_id, decided, scene.now)
    return targets


def _decision(
    scene: Scene, goods: Goods, queues: Mapping[int, Queue], variant: Variant, lease: Lease | None, *, known: bool
) -> tuple[Decision, dict[str, Any]] | None:
    """How a variant is sold and the metafield that says so; None for one that is none of our business."""
    if variant.gone:
        return None
    if variant.managed and goods.tracked:
        buyer = next_buyer(scene, goods, queues, variant, lease)
        decision = buyer.decision
        return decision, metafield(
            decision, steps(buyer.queue.left, buyer.future, buyer.situation.room, buyer.queue.slots), scene.now
        )
    if lease is not None or known:
        decision = Decision(SellingState.IN_STOCK, None, None, "The app does not sell this variant on backorder.")
        return decision, metafield(decision, [], scene.now)
    return None


def next_buyer(
    scene: Scene, goods: Goods, queues: Mapping[int, Queue], variant: Variant, lease: Lease | None, units: int = 1
) -> NextBuyer:
    """The situation of the next buyer, who wants ``units``, over all places that serve the online shop."""
    places = [place for place in goods.places if place.sells_online]
    projected = [(next_place(queues[p.location.location_id], scene.future(p, [variant]), units), p) for p in places]
    projection, place = _speaks_for_the_shop(projected)
    future = scene.future(place, [variant]) if place else _nothing_to_come(scene, variant)
    queue = queues[place.location.location_id] if place else Queue({}, (), 0)
    situation = Situation(
        tracked=goods.tracked,
        on_sale=variant.product_status == ON_SALE,
        free=sum(_free(p) for p in places),
        inbound=sum(lot.units for p in places for lot in p.coming),
        open_backorders=sum(queues[p.location.location_id].waiting for p in places),
        limit_percent=scene.terms.inbound_limit_percent,
        max_backorders=variant.max_backorders,
        next_place=projection or next_place(queue, future, units),
        set_by_hand=variant.policy if lease is not None and lease.state is LeaseState.YIELDED else None,
    )
    return NextBuyer(situation, future, queue)


def _free(place: Place) -> int:
    """Units at a place that nobody has spoken for; negative when more is claimed than is there."""
    return place.settled.to_give - place.claimed


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
    own = variant.lead_time_days
    return Future(
        lots=(),
        calendar=scene.calendar,
        today=scene.today,
        lead_time_days=own if own is not None else scene.terms.lead_time_days,
        allow_asap=scene.terms.allow_asap,
        next_arrival=scene.calendar.arrival_now(scene.now),
    )
