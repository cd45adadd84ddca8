"""Everything the rules need to know about some inventory items, read in a few queries under the lock."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from backorder.allow import allowed, late_lot, learned
from backorder.closed_days import calendar
from backorder.db import catalogue, claims, collections, drop_ships, levels, locations, lots, managing, promises, shops
from backorder.db.catalogue import Variant
from backorder.db.engine import Connection
from backorder.db.levels import Level
from backorder.rules.allocation import Shelf, allocate
from backorder.rules.by_policy import Serves
from backorder.rules.claims import Claim
from backorder.rules.drop_ship import Sender, sending, sending_unknown, sent_directly
from backorder.rules.eligibility import judge
from backorder.rules.footing import Standing
from backorder.rules.head import Head
from backorder.rules.lateness import Lateness
from backorder.rules.lots import Lot, LotKind, by_lead_time
from backorder.rules.mixed import SPLIT
from backorder.rules.projection import Future, Projection, Promised, Queue, project
from backorder.rules.promise_first import by_promise
from backorder.rules.promises import told
from backorder.rules.repromise import PROMISE_FIRST
from backorder.rules.seen import LocationSeen
from backorder.rules.settled import Settled, settle
from backorder.rules.slots import SlotBook
from backorder.rules.terms import Terms
from backorder.rules.working_calendar import WorkingCalendar
from backorder.serves import Known, known


@dataclass(frozen=True)
class Place:
    """One item at one location: what its level said, who claims it, what is to come.

    ``claims`` are all of the queue; or, where ``standing`` tells of the whole, its front but for its ``head``, once it was read
    (``fronts``). What suppliers send from no shelf is ``drop_shipped``; its units are open here all the same.
    """

    item_id: int
    location: LocationSeen
    settled: Settled
    claims: tuple[Claim, ...]
    lots: tuple[Lot, ...]
    stocked: bool
    standing: Standing | None = None
    head: Head | None = None
    drop_shipped: tuple[Claim, ...] = ()

    @property
    def coming(self) -> tuple[Lot, ...]:
        """Lots that are not on the shelf yet."""
        return tuple(lot for lot in self.lots if lot.kind is not LotKind.ON_HAND)

    @property
    def claimed(self) -> int:
        """Open units of everybody in the queue."""
        return self.standing.units if self.standing else sum(claim.units for claim in self.claims)

    @property
    def given(self) -> int:
        """Units of the shelf that claims hold."""
        return sum(claim.given for claim in self.claims)

    @property
    def sells_online(self) -> bool:
        """Whether the online shop may be served from here."""
        return self.location.active and self.location.fulfills_online and (self.stocked or bool(self.coming))


@dataclass(frozen=True)
class Goods:
    """One inventory item: its variants and its places."""

    item_id: int
    tracked: bool
    variants: tuple[Variant, ...]
    places: tuple[Place, ...]

    @property
    def managed(self) -> bool:
        """Whether the merchant lets the app sell any variant of this item on backorder."""
        return self.tracked and any(variant.managed and not variant.gone for variant in self.variants)

    @property
    def sent_directly(self) -> bool:
        """Whether a supplier sends any variant of this item to its buyers, whether the store counts it or not."""
        return any(variant.sender is not None for variant in self.variants)

    @property
    def deep(self) -> bool:
        """Whether only the front of its queue is read."""
        return any(place.standing is not None for place in self.places)


@dataclass(frozen=True)
class Scene:
    """The shop's terms and calendar, and the goods in question, as of ``now``.

    ``promised``: what buyers were told, if that goes before age; ``slots``: who takes which day, if only so many can be shipped on one;
    ``serves``: what another policy must know of those who wait; ``senders``: who sends what is drop-shipped, by line.
    """

    shop: shops.Shop
    terms: Terms
    calendar: WorkingCalendar
    today: date
    now: datetime
    goods: tuple[Goods, ...]
    # Variants that the merchant's rules judge otherwise than the books; the goods have them as the rules do.
    judged: tuple[Variant, ...] = ()
    promised: Promised = None
    slots: SlotBook | None = None
    serves: Known | None = None
    senders: Mapping[int, Sender] = field(default_factory=dict)
    lateness: Lateness | None = None

    @property
    def mixes(self) -> bool:
        """Whether an order of the shop may leave otherwise than part by part (rules.mixed)."""
        return self.shop.mixes or self.terms.mixed_orders != SPLIT

    @property
    def by_place(self) -> bool:
        """Whether a place in a queue is served by whichever shipment comes first, and not by those that a policy gives it."""
        return self.promised is None and self.serves is None

    @cached_property
    def next_arrival(self) -> date:
        """The day on which goods that arrive now count as arrived."""
        return self.calendar.arrival_now(self.now)

    def future(self, place: Place, variants: Iterable[Variant]) -> Future:
        """What is to come at a place, with the terms that turn it into dates.

        A variant's own lead time goes before its supplier's, and that before the shop's. What is made to order is made for
        its buyer: no shipment to come serves anybody.
        """
        sellers = tuple(variants)
        own = [v.days for v in sellers if v.days is not None]
        to_order = bool(sellers) and all(v.made_to_order for v in sellers)
        return Future(
            lots=() if to_order else place.coming,
            calendar=self.calendar,
            today=self.today,
            lead_time_days=max(own) if own else self.terms.lead_time_days,
            allow_asap=self.terms.allow_asap,
            next_arrival=self.next_arrival,
            by_week=self.terms.by_week,
            ship_window_days=self.terms.ship_window_days,
            by_range=self.terms.by_range,
        )

    def sent_future(self, goods: Goods, place: Place, days: int | None) -> Future:
        """The future of what a supplier sends within so many days."""
        return sent_directly(self.future(place, goods.variants), days)

    def sent(self, goods: Goods, place: Place) -> dict[tuple[int, int], Projection]:
        """When that ships which suppliers send and a place has open, by (line, location)."""
        found = {}
        for claim in place.drop_shipped:
            sender = self.senders.get(claim.line_id)
            if sender is not None:
                future = self.sent_future(goods, place, sender.days)
                found[claim.line_id, claim.location_id] = self.sending(claim, sender, future)
        return found

    def sending(self, claim: Claim, sender: Sender, future: Future) -> Projection:
        """When a supplier sends a claim's units; ``future`` is theirs (``sent_future``)."""
        if sender.days is None:
            return sending_unknown(sender.supplier, future)
        lot = by_lead_time(claim, self.calendar.day(sender.waits_since(claim)), sender.days)
        if self.lateness is not None and self.terms.confidence_percent is not None:
            lot = late_lot(lot, self.lateness, sender.supplier, self.terms.confidence_percent, future.earliest)
        return sending(lot, sender.supplier, future)

    def queue(self, goods: Goods, place: Place) -> Queue:
        """When everybody ships who waits at a place, of which all claims were read, as the shelf is given away now."""
        owed = max(0, place.given - place.settled.to_give)
        return self.project(goods, place, place.claims, owed)

    def project(self, goods: Goods, place: Place, claims: Sequence[Claim], deficit: int) -> Queue:
        """When everybody of ``claims`` ships who waits at a place, behind ``deficit`` units; the days they take are taken then."""
        future, at = self.future(place, goods.variants), (place.location.location_id, place.item_id)
        serves, free = self._serves(goods, place, claims)
        if self.slots is None or not goods.managed:
            return project(claims, future, deficit, self.promised, None, serves, free)
        slots = self.slots.beside(*at, self.calendar)
        queue = project(claims, future, deficit, self.promised, slots, serves, free)
        taken = Counter[date]()
        for claim in claims:
            projection = queue.claims.get((claim.line_id, claim.location_id))
            if projection is not None and projection.ship_by is not None:
                taken[projection.ship_by] += claim.backordered
        self.slots.book(*at, taken)
        return queue

    def give(self, goods: Goods, place: Place, claims: Iterable[Claim], settled: Settled) -> Shelf:
        """Who gets the shelf of a place, by the shop's policy."""
        if self.promised is not None:
            return allocate(claims, settled, by_promise(self.future(place, goods.variants), self.promised))
        if self.serves is not None:
            serves = self.serves.at((place.item_id, place.location.location_id))
            return allocate(claims, settled, lambda queue, free: serves.give(queue, free, self.today))
        return allocate(claims, settled)

    def _serves(self, goods: Goods, place: Place, claims: Sequence[Claim]) -> tuple[Serves | None, int]:
        """The policy that a place's arrivals are given out by, and the units that lie there set aside, as ``claims`` were given."""
        if self.serves is None or not goods.managed:
            return None, 0
        spot = (place.item_id, place.location.location_id)
        free = max(0, place.settled.to_give - sum(claim.given for claim in claims))
        self.serves.note(spot, claims, free)
        return self.serves.at(spot), free


@dataclass(frozen=True)
class JustRead:
    """What the books say of all items in question, for a caller who has just read it under their lock; what is None is read.

    Of ``levels`` the counts and what is aside are used, not what is presumed.
    """

    untracked: Container[int] | None = None
    levels: Sequence[Level] | None = None
    variants: Sequence[Variant] | None = None
    lots: Sequence[Lot] | None = None


NOTHING = JustRead()


def load(
    tx: Connection,
    shop_id: int,
    item_ids: Iterable[int],
    now: datetime,
    standing: Mapping[tuple[int, int], Standing] | None = None,
    just_read: JustRead = NOTHING,
) -> Scene:
    """Read the scene, but for what was ``just_read`` of it. The caller holds the items' lock if it means to write.

    Of the queues (item, location) whose ``standing`` is given nobody is read, if a day follows from a place alone: see ``fronts``.
    """
    shop = shops.one(tx, shop_id)
    terms = Terms.from_json(shop.terms)
    today = WorkingCalendar(timezone=shop.timezone).day(now)
    working = calendar(terms, shop.timezone, today)
    wanted = sorted(set(item_ids))
    of_items = lots.of_items(tx, shop_id, wanted) if just_read.lots is None else just_read.lots
    coming = allowed(tx, shop_id, of_items, terms, working.arrival_now(now))
    counted = levels.of_items(tx, shop_id, wanted) if just_read.levels is None else just_read.levels
    places = _places(tx, shop_id, wanted, counted, coming, standing or {} if terms.by_place_alone else {})
    # What was not told yet is decided anew, so that the order in which news comes does not matter.
    days = {} if terms.by_place_alone else _told(tx, shop_id, places)
    by_item = defaultdict(list)
    sellers = catalogue.variants_of_items(tx, shop_id, wanted) if just_read.variants is None else just_read.variants
    for variant in sellers:
        by_item[variant.item_id].append(variant)
    untracked = catalogue.untracked(tx, shop_id, wanted) if just_read.untracked is None else just_read.untracked
    sent = [claim.line_id for of_item in places.values() for place in of_item for claim in place.drop_shipped]
    sends = bool(sent) or any(variant.drop_shipped for found in by_item.values() for variant in found)
    judged = _judged(terms, by_item, places, _titles(tx, shop_id, by_item) if terms.collections else {})
    return Scene(
        shop=shop,
        terms=terms,
        calendar=working,
        today=today,
        now=now,
        goods=tuple(
            Goods(item_id, item_id not in untracked, tuple(by_item[item_id]), tuple(places[item_id]))
            for item_id in wanted
        ),
        judged=judged,
        promised=days if terms.repromise == PROMISE_FIRST else None,
        serves=None if terms.by_place_alone else _served(tx, shop_id, terms, working, today, places),
        slots=None if terms.units_a_day is None else _slots(tx, shop_id, terms.units_a_day, days),
        senders=drop_ships.senders(tx, shop_id, sent, terms.lead_time_days) if sent else {},
        lateness=learned(tx, shop_id) if sends and terms.confidence_percent is not None else None,
    )


def _titles(tx: Connection, shop_id: int, by_item: Mapping[int, Sequence[Variant]]) -> dict[int, frozenset[str]]:
    """The collections that rules name and these goods are in, by product."""
    products = {variant.product_id for found in by_item.values() for variant in found}
    return collections.titles_of(tx, shop_id, products)


def _judged(
    terms: Terms,
    by_item: dict[int, list[Variant]],
    places: Mapping[int, Sequence[Place]],
    titles: Mapping[int, frozenset[str]],
) -> tuple[Variant, ...]:
    """Put the variants as the merchant's rules judge them in place of those that the books have otherwise; which these are."""
    changed = []
    for item_id, found in by_item.items():
        inbound = any(place.coming for place in places[item_id])
        waits = any(
            place.standing or place.drop_shipped or any(claim.backordered for claim in place.claims)
            for place in places[item_id]
        )
        for at, variant in enumerate(found):
            traits = variant.traits(inbound=inbound, collections=titles.get(variant.product_id, frozenset()))
            verdict = judge(variant.managing, terms.eligibility, traits, managed=variant.managed, waits=waits)
            if verdict.managed is not variant.managed:
                found[at] = replace(variant, managed=verdict.managed)
                changed.append(found[at])
    return tuple(changed)


def _served(
    tx: Connection,
    shop_id: int,
    terms: Terms,
    working: WorkingCalendar,
    today: date,
    places: Mapping[int, Sequence[Place]],
) -> Known | None:
    queue = [claim for of_item in places.values() for place in of_item for claim in place.claims]
    return known(tx, shop_id, terms.queue_policy, working, today, queue)


def _slots(tx: Connection, shop_id: int, units_a_day: int, days: Mapping[int, date | None]) -> SlotBook:
    """The days that are taken, of goods that the app sells on backorder."""
    managed = set(managing.managed_items(tx, shop_id))
    taken = {place: on for place, on in claims.days_taken(tx, shop_id).items() if place[1] in managed}
    return SlotBook(units_a_day, taken, days)


def _told(tx: Connection, shop_id: int, places: Mapping[int, Sequence[Place]]) -> dict[int, date | None]:
    """The day that the buyers of these goods were told, by line."""
    lines = {claim.line_id for of_item in places.values() for place in of_item for claim in place.claims}
    return told(promises.history(tx, shop_id, lines)) if lines else {}


def _places(
    tx: Connection,
    shop_id: int,
    item_ids: list[int],
    counted: Iterable[Level],
    known_lots: Iterable[Lot],
    standing: Mapping[tuple[int, int], Standing],
) -> dict[int, list[Place]]:
    """Every (item, location) that has a level, a claim or a lot, by item."""
    known = {place.location_id: place for place in locations.all_locations(tx, shop_id)}
    level_at = {(level.item_id, level.location_id): level for level in counted}
    deep = {item_id for item_id, _ in standing}
    queue_at: dict[tuple[int, int], list[Claim]] = defaultdict(list)
    sent_at: dict[tuple[int, int], list[Claim]] = defaultdict(list)
    for claim in claims.of_items(tx, shop_id, [item_id for item_id in item_ids if item_id not in deep]):
        (sent_at if claim.drop_shipped else queue_at)[claim.item_id, claim.location_id].append(claim)
    settled = {
        place: _settled(level_at.get(place), standing[place].units)
        if place in standing
        # What suppliers send is committed in the store like everything else.
        else _settled(
            level_at.get(place), sum(claim.units for some in (queue_at, sent_at) for claim in some.get(place, ()))
        )
        for place in {*level_at, *queue_at, *sent_at, *standing}
    }
    lots_at: dict[tuple[int, int], list[Lot]] = defaultdict(list)
    for lot in known_lots:
        lots_at[lot.item_id, lot.location_id].append(lot)
    found: dict[int, list[Place]] = defaultdict(list)
    for place in sorted({*settled, *lots_at}):
        item_id, location_id = place
        found[item_id].append(
            Place(
                item_id=item_id,
                location=known.get(location_id) or _unknown_location(location_id),
                settled=settled.get(place) or _settled(None, 0),
                claims=tuple(queue_at[place]),
                lots=tuple(lots_at[place]),
                stocked=place in level_at,
                standing=standing.get(place),
                drop_shipped=tuple(sent_at.get(place, ())),
            )
        )
    return found


def _settled(level: Level | None, claimed: int) -> Settled:
    """The level as last read, less what is aside and what is known to have left since. Without a level there is no supply."""
    if level is None:
        return Settled(supply=0, unseen=0)
    committed = level.committed - level.shipped_since
    return settle(level.available, committed, claimed, level.aside.units, level.counted_off)


def _unknown_location(location_id: int) -> LocationSeen:
    return LocationSeen(location_id, "", active=False, fulfills_online=False, is_service=False, country=None)
