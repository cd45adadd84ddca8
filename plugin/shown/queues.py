"""One queue as shown: why those who wait are not served, and who they are."""

from datetime import datetime

from backorder.db import catalogue
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.terms import Terms
from backorder.unserved import Unserved, unserved
from plugin.shown import backlog, counts
from plugin.shown.backlog import BacklogPage
from plugin.shown.counts import AsideShown
from plugin.shown.model import Shown


class ReasonShown(Shown):
    """Why units do not go to those who wait: ``why`` is stable, ``sentence`` is for people."""

    why: str
    units: int
    sentence: str


class PlaceShown(Shown):
    """The queue at one location: units that wait and that are given, what can ship from there, and why nobody (else) is served.

    ``aside``: units that are there and serve nobody until somebody says what they are.
    """

    location_id: int
    location: str
    waiting: int
    given: int
    on_shelf: int
    aside: AsideShown | None
    reasons: tuple[ReasonShown, ...]


class QueueShown(Shown):
    """Who waits for an item, by location; ``listed`` is the queue at ``location_id``. ``policy`` says who goes before whom."""

    item_id: int
    title: str
    policy: str
    places: tuple[PlaceShown, ...]
    location_id: int
    listed: BacklogPage


def of_item(
    house: House, shop: Shop, item_id: int, location_id: int | None, offset: int, now: datetime
) -> QueueShown | None:
    """The queue of an item, or None where nothing of it is open. A location that has none is as if it were not named."""
    with house.db.read() as tx:
        found = unserved(tx, shop.shop_id, item_id, now)
        variants = catalogue.variants_of_items(tx, shop.shop_id, [item_id])
        aside = counts.aside_of(tx, shop, item_id, now) if any(one.aside for one in found) else {}
    if not found:
        return None
    known = {one.location_id for one in found}
    first = max(found, key=lambda one: one.waiting)
    chosen = location_id if location_id in known and location_id is not None else first.location_id
    return QueueShown(
        item_id=item_id,
        title=variants[0].full_title if variants else f"Item {item_id}",
        policy=Terms.from_json(shop.terms).queue_policy.sentence,
        places=tuple(_place(one, aside.get(one.location_id)) for one in found),
        location_id=chosen,
        listed=backlog.queue(house, shop, item_id, chosen, offset=offset),
    )


def _place(one: Unserved, aside: AsideShown | None) -> PlaceShown:
    return PlaceShown(
        location_id=one.location_id,
        location=one.location,
        waiting=one.waiting,
        given=one.given,
        on_shelf=one.on_shelf,
        aside=aside,
        reasons=tuple(
            ReasonShown(why=each.why.value, units=each.units, sentence=each.sentence) for each in one.reasons
        ),
    )
