"""Unserved: why nobody who waits for some goods is served, told from the data that they are decided by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backorder.allocate import deep
from backorder.db import orders, outbox, queues
from backorder.db.engine import Connection
from backorder.rules.allocation import Shelf
from backorder.rules.unserved import Reason, Shown, Why, why_nobody
from backorder.scene import Goods, Place, Scene, load


@dataclass(frozen=True)
class Unserved:
    """One queue: ``waiting`` units at a location of which ``on_shelf`` can ship from there, and why they wait."""

    location_id: int
    location: str
    waiting: int
    on_shelf: int
    given: int
    reasons: tuple[Reason, ...]


def unserved(tx: Connection, shop_id: int, item_id: int, now: datetime) -> tuple[Unserved, ...]:
    """Why those who wait for an item are not served, by location; of a deep queue only its front is read."""
    scene = load(tx, shop_id, [item_id], now, deep(queues.standing(tx, shop_id, [item_id])))
    found = []
    for goods in scene.goods:
        for place in goods.places:
            if place.claimed:
                waiting = place.claimed - place.given
                found.append(
                    Unserved(
                        location_id=place.location.location_id,
                        location=place.location.name,
                        waiting=waiting,
                        on_shelf=place.settled.supply,
                        given=place.given,
                        reasons=why_nobody(_shown(tx, scene, goods, place, waiting)),
                    )
                )
    return tuple(found)


def _shown(tx: Connection, scene: Scene, goods: Goods, place: Place, waiting: int) -> Shown:
    left = place.settled.to_give - place.given
    shelf = Shelf(place.claims, free=max(0, left), short=max(0, -left) if place.given else 0)
    spot = (place.item_id, place.location.location_id)
    aside = 0
    if scene.serves is not None:
        aside = scene.serves.at(spot).set_aside(place.claims, shelf.free, scene.today)
    return Shown(
        settled=place.settled,
        shelf=shelf,
        waiting=waiting,
        counted=goods.tracked,
        managed=goods.managed,
        hindered=_hindered(tx, scene.shop.shop_id, {claim.order_id for claim in place.claims if claim.given}),
        policy=scene.terms.queue_policy,
        aside=aside,
    )


def _hindered(tx: Connection, shop_id: int, order_ids: set[int]) -> Mapping[int, Why]:
    """Orders whose goods do not leave although they were given, and why: a release that failed, or a hold of somebody else."""
    if not order_ids:
        return {}
    found = dict.fromkeys(outbox.stuck_releases(tx, shop_id, order_ids), Why.STUCK)
    for order_id, parts in orders.parts(tx, shop_id, order_ids).items():
        if any(not hold.ours for part in parts for hold in part.holds):
            found[order_id] = Why.HELD_BY_OTHERS
    return found
