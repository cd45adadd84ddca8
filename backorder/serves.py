"""Serves: what the shop's policy must know of those who wait, read from the books: whose orders, what else waits, what went today."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from backorder.clock import transport_now
from backorder.db import catalogue, claims, dirty, let_go, lots, managing, orders
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.rules.by_policy import Serves, Whose
from backorder.rules.claims import Claim
from backorder.rules.lots import LotKind
from backorder.rules.queue_policy import CHOSEN_FIRST, WHOLE_ORDERS, QueuePolicy
from backorder.rules.working_calendar import WorkingCalendar

Spot = tuple[int, int]  # (item, location)


@dataclass
class Known:
    """What the policy must know. ``lacking`` units by order and spot, and those that lie ``free`` there, are kept up as places are decided.

    So the places of one decision see each other; a place elsewhere is looked at again when an order changed here.
    """

    policy: QueuePolicy
    calendar: WorkingCalendar
    chosen: frozenset[int]
    customers: Mapping[int, int]
    kept: Mapping[Spot, Mapping[date, Mapping[int, int]]]
    lacking: dict[int, dict[Spot, int]]
    free: dict[Spot, int]

    def at(self, spot: Spot) -> Serves:
        """The policy at one shelf."""
        return Serves(
            policy=self.policy,
            whose=Whose(self.chosen, self.customers, self._incomplete(spot)),
            day=self.calendar.day,
            kept=self.kept.get(spot, {}),
        )

    def _incomplete(self, spot: Spot) -> frozenset[int]:
        """Orders that wait for something besides this shelf which is not there. Where orders go whole, what lies set aside is there."""
        aside = self.free if self.policy.whole == WHOLE_ORDERS else {}
        return frozenset(
            order_id
            for order_id, spots in self.lacking.items()
            if any(units > aside.get(other, 0) for other, units in spots.items() if other != spot)
        )

    def note(self, spot: Spot, queue: Iterable[Claim], free: int) -> None:
        """What was decided at a shelf."""
        units: Counter[int] = Counter()
        for claim in queue:
            units[claim.order_id] += claim.backordered
        for order_id, missing in units.items():
            if order_id in self.lacking:
                self.lacking[order_id][spot] = missing
        self.free[spot] = free


def known(
    tx: Connection, shop_id: int, policy: QueuePolicy, calendar: WorkingCalendar, today: date, queue: Sequence[Claim]
) -> Known | None:
    """What the policy must know to serve these claims; None where they are served by age alone or by what was promised."""
    if policy.by_age or not (policy.restricts or policy.asks_who or policy.asks_for_the_rest):
        return None
    items = {claim.item_id for claim in queue}
    went: dict[Spot, dict[date, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    if policy.asks_who and items:
        for spot, order_id, at, units in let_go.since(tx, shop_id, items, _begins(today, calendar.timezone)):
            went[spot][calendar.day(at)][order_id] += units
    about = {claim.order_id for claim in queue} | {n for days in went.values() for day in days.values() for n in day}
    found = orders.who(tx, shop_id, about) if policy.asks_who else ()
    lacking, free = _elsewhere(tx, shop_id, about) if policy.asks_for_the_rest else ({}, {})
    return Known(
        policy=policy,
        calendar=calendar,
        chosen=frozenset(
            one.order_id
            for one in found
            if policy.goes_first == CHOSEN_FIRST and policy.chooses(one.tags, one.channel, one.customer_id)
        ),
        customers={one.order_id: one.customer_id for one in found if one.customer_id is not None},
        kept=went,
        lacking=lacking,
        free=free,
    )


def _begins(today: date, timezone: str) -> datetime:
    return datetime.combine(today, time.min, ZoneInfo(timezone))


def _elsewhere(
    tx: Connection, shop_id: int, order_ids: Collection[int]
) -> tuple[dict[int, dict[Spot, int]], dict[Spot, int]]:
    """What these orders lack, by order and spot, and what lies free there; of goods whose shortage is ours to handle."""
    everything = [claim for claim in claims.of_orders(tx, shop_id, order_ids) if not claim.drop_shipped]
    items = {claim.item_id for claim in everything}
    ours = items & set(managing.managed_items(tx, shop_id)) - catalogue.untracked(tx, shop_id, items)
    lacking: dict[int, dict[Spot, int]] = {}
    for claim in everything:
        if claim.item_id in ours:
            spots = lacking.setdefault(claim.order_id, {})
            spot = (claim.item_id, claim.location_id)
            spots[spot] = spots.get(spot, 0) + claim.backordered
    free = {
        (lot.item_id, lot.location_id): max(0, lot.units - lot.allocated)
        for lot in lots.of_items(tx, shop_id, ours)
        if lot.kind is LotKind.ON_HAND
    }
    return lacking, free


def look_at_the_rest(tx: Connection, shop_id: int, order_ids: Collection[int], decided: Collection[int]) -> None:
    """Something of these orders was given or taken: what else they wait for is looked at again, but for what was just decided."""
    items = {claim.item_id for claim in claims.of_orders(tx, shop_id, order_ids)} - set(decided)
    dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
