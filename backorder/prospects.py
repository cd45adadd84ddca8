"""Prospects: what is thought of the promises at a place, gathered only where something there is overdue or may be late."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol

from backorder.allow import doubted, doubted_lead_time
from backorder.db.engine import Connection
from backorder.rules.claims import Claim
from backorder.rules.lots import by_lead_time
from backorder.rules.projection import Future, Projection, Queue
from backorder.rules.promises import Basis
from backorder.rules.unlikely import AGAIN_PERCENT, Prospect, Prospects
from backorder.scene import Goods, Place, Scene


class Prospective(Protocol):
    """Of whose promises it can be said what is thought."""

    def prospect(self, claim: Claim, projection: Projection, promised_on: date) -> Prospect | None:
        """What is thought of a promise; None where nothing about it is in doubt."""

    def expected(self) -> Mapping[str, date | None]:
        """The shipments that are still to come for it, by their labels, each with its stated day."""


@dataclass
class Waiting:
    """Who waits at one place. Its lots are looked at closely once, and only if somebody asks."""

    tx: Connection
    scene: Scene
    goods: Goods
    place: Place
    queue: Queue

    def prospect(self, claim: Claim, projection: Projection, promised_on: date) -> Prospect | None:
        """What is thought of a promise; None where nothing about it is in doubt."""
        scene, beyond = self.scene, None
        if projection.basis is Basis.LEAD_TIME:
            lot = by_lead_time(claim, scene.calendar.day(claim.since), self._future.lead_time_days or 0)
            beyond = doubted_lead_time(self.tx, scene.shop.shop_id, lot, scene.today, AGAIN_PERCENT)
        found = self._prospects.of(projection, promised_on, beyond, by_place=scene.by_place)
        slots = self.queue.slots
        if found is None or found.surely is None or slots is None:
            return found
        return replace(found, surely=slots.first_free(found.surely, claim.backordered))

    def expected(self) -> Mapping[str, date | None]:
        """The shipments that are still to come here, by their labels, each with a stated day if any of it has one."""
        lots = self._future.lots
        return {lot.label: lot.due_on for lot in lots} | {lot.label: lot.due_on for lot in lots if lot.due_on}

    @cached_property
    def _future(self) -> Future:
        return self.scene.future(self.place, self.goods.variants)

    @cached_property
    def _prospects(self) -> Prospects:
        future, today = self._future, self.scene.today
        lots = doubted(self.tx, self.scene.shop.shop_id, future.lots, today, AGAIN_PERCENT)
        return Prospects(replace(future, lots=lots, next_arrival=today))


@dataclass(frozen=True)
class SentDirectly:
    """What suppliers send from no shelf (rules.drop_ship): once the lead time is over, a promise is as likely as its supplier is late."""

    tx: Connection
    scene: Scene
    goods: Goods
    place: Place

    def prospect(self, claim: Claim, projection: Projection, promised_on: date) -> Prospect | None:
        """What is thought of a promise; None where nothing about it is in doubt."""
        scene, lot = self.scene, projection.last_lot
        sender = scene.senders.get(claim.line_id)
        if lot is None or sender is None:
            return None
        late = doubted_lead_time(self.tx, scene.shop.shop_id, lot, scene.today, AGAIN_PERCENT, sender.supplier)
        future = replace(scene.sent_future(self.goods, self.place, sender.days), next_arrival=scene.today)
        return Prospects(future).of(projection, promised_on, late, by_place=True)

    def expected(self) -> Mapping[str, date | None]:
        """None: no shipment of ours has anything to do with it."""
        return {}


@dataclass(frozen=True)
class WithTheSlowest:
    """A line that ships with the slowest of its order: what is thought of its promise is what is thought of that one's."""

    slowest: tuple[Claim, Projection, Prospective] | None

    def prospect(self, claim: Claim, projection: Projection, promised_on: date) -> Prospect | None:
        """What is thought of the slowest line's promise; None where nothing about it is in doubt, or nothing changed for it."""
        if self.slowest is None:
            return None
        claim, projection, place = self.slowest
        return place.prospect(claim, projection, promised_on)

    def expected(self) -> Mapping[str, date | None]:
        """None that is its own."""
        return {}
