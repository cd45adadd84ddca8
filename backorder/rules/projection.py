"""Which lot serves which place in the queue, and so when: a promise is an allocation against the future (domain §6).

The projection is recomputed at every decision and told to nobody. Units that no stock covers take, oldest first, from what
is to come, soonest due first. A line ships whole, so its date is that of its last unit. Where several lots are to come and suppliers
are allowed to be late, the date is that of the place over all of them (rules.enough): the lots explain it, and do not own it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter

from backorder.rules.allowance import Allowance
from backorder.rules.by_policy import Serves, share_out
from backorder.rules.claims import Claim
from backorder.rules.enough import Enough, Reckoned, enough, hardly
from backorder.rules.lots import Lot
from backorder.rules.promises import Basis
from backorder.rules.repromise import Arrival, Wants, share
from backorder.rules.slots import Asks, Slots, assign
from backorder.rules.tranches import pieces
from backorder.rules.working_calendar import WorkingCalendar

_dated = attrgetter("dated")


@dataclass(frozen=True)
class Serving:
    """``units`` of one lot for one place in the queue."""

    lot: Lot
    units: int


@dataclass(frozen=True)
class Projection:
    """When a place in the queue ships, and what that rests on. ``ship_by`` None: no day can be named.

    ``ahead`` units stand before this place in the queue for the same goods; ``overdue``: the serving lot should be here
    already, so the date is only hoped for. ``stated`` is the day that it would be if suppliers kept their word and no week were named,
    where that is another. ``reckoned``: when enough is here over all lots, where the day follows from that (rules.enough).
    Where a range or a week is told, ``ship_from`` is its first day and ``ship_by`` its last. ``sent_by``: the supplier who sends it to the
    buyer directly (rules.drop_ship); it stands in no queue then.
    """

    ship_by: date | None
    basis: Basis
    servings: tuple[Serving, ...] = ()
    ahead: int = 0
    overdue: bool = False
    stated: date | None = None
    reckoned: Reckoned | None = None
    ship_from: date | None = None
    sent_by: str = ""

    @property
    def place(self) -> int:
        """The place of its last unit in the queue."""
        return _place(self.ahead, self.servings)

    @property
    def last_lot(self) -> Lot | None:
        """The lot that decides the date."""
        return self.servings[-1].lot if self.servings else None

    @property
    def allowance(self) -> Allowance | None:
        """What the date allows its supplier to be late, where it rests on that."""
        rests_on_it = self.basis is Basis.LOT or self.sent_by
        return self.last_lot.allowance if rests_on_it and self.last_lot else None


@dataclass(frozen=True)
class Future:
    """What is to come for one item at one location, with the terms that turn it into dates."""

    lots: tuple[Lot, ...]
    calendar: WorkingCalendar
    today: date
    lead_time_days: int | None = None
    allow_asap: bool = False
    # The day as which goods count that arrive from now on: tomorrow once the cut-off has passed.
    next_arrival: date | None = None
    # Promises name a week, or a range of days; the last day is the promise.
    by_week: bool = False
    by_range: bool = False

    def ships_on(self, arrival: date) -> date:
        """The day to promise for goods that arrive then, or as soon after it as anything can."""
        day = self.calendar.ships_on(max(arrival, self.earliest))
        return day + timedelta(days=6 - day.weekday()) if self.by_week else day

    # What ships within so many working days is sold silently; None: nothing is.
    ship_window_days: int | None = None

    @property
    def earliest(self) -> date:
        """The first day on which anything that is still to come can count as arrived."""
        return max(self.next_arrival or self.today, self.today)

    @property
    def all_here_by(self) -> date | None:
        """The day by which everything that has a day is reckoned with: who stands behind it all is not served before."""
        if self.enough is not None:
            return self.enough.everything.on
        dated = [lot for lot in self.lots if lot.units and lot.due_on]
        uncertain = sum(lot.allowance is not None for lot in dated)
        return max((day for lot in dated if (day := lot.expected_on(uncertain))), default=None)

    def in_order(self) -> tuple[Lot, ...]:
        """Lots that are still to come and have a day, soonest due first.

        What has no day would stand behind them, but can serve no date: it counts from when somebody says when it comes.
        """
        return tuple(sorted(filter(_dated, self.lots), key=lambda lot: (lot.due(self.today), lot.lot_id)))

    @cached_property
    def enough(self) -> Enough | None:
        """When enough is here for each place, where that does not follow from its lots one by one."""
        return enough(self.in_order(), self.earliest) if any(lot.chance for lot in self.lots) else None

    @cached_property
    def hardly(self) -> Enough | None:
        """The days before which so much is hardly here, where there is ``enough``."""
        return hardly(self.in_order(), self.earliest) if self.enough else None


@dataclass(frozen=True)
class Queue:
    """Projections of all claims that wait, by (line, location), and what is left of the future for the next buyer, slots too.

    ``enough``: by what a place has its day, where it does not follow from its lots one by one.
    """

    claims: dict[tuple[int, int], Projection]
    left: tuple[Serving, ...]
    waiting: int
    slots: Slots | None = None
    enough: Enough | None = None


# The day that buyers were told, by line, where the policy is *promise first*; None: first come, first served.
Promised = Mapping[int, date | None] | None


def project(
    claims: Sequence[Claim],
    future: Future,
    deficit: int = 0,
    promised: Promised = None,
    slots: Slots | None = None,
    serves: Serves | None = None,
    free: int = 0,
) -> Queue:
    """Walk the queue through the future.

    ``claims`` come with what they were given; ``deficit`` units are owed before all of them (orders we cannot
    see, and shelves below zero). ``promised``: told days are deadlines (rules.repromise). ``slots``: only so
    many can be shipped on a day (rules.slots). ``serves``: who goes first, if not by age (rules.by_policy); ``free`` units
    are then on the shelf, set aside for those who take all or nothing.
    """
    supply = _Supply(future.in_order())
    supply.take(deficit)
    ahead = deficit
    found: dict[tuple[int, int], Projection] = {}
    queue = sorted((piece for claim in claims if claim.backordered for piece in pieces(claim)), key=attrgetter("age"))
    queue = [claim for claim in queue if claim.backordered]
    # Where something else goes before age, a place is served by the lots that it is given, not by whichever comes first.
    sure = future.enough if promised is None and serves is None else None
    shared = None
    if promised is not None:
        shared = iter(supply.take_by_promise(queue, future, promised))
    elif serves is not None:
        shared = iter(supply.take_by_policy(queue, future, serves, free))
    for claim in queue:  # a claim ships whole, so the last of its pieces says when
        servings, missing = supply.take(claim.backordered) if shared is None else next(shared)
        found[claim.line_id, claim.location_id] = (
            _without_lot(future, _day(claim.since, future), ahead, servings)
            if missing
            else _from_lots(future, servings, ahead, sure.by(ahead + claim.backordered) if sure else None)
        )
        ahead += claim.backordered
    if slots is not None:
        slots = _into_slots(found, queue, slots)
    return Queue(found, supply.left(), ahead, slots, sure)


def _into_slots(found: dict[tuple[int, int], Projection], queue: Sequence[Claim], slots: Slots) -> Slots:
    """Move whoever finds a day full; the slots that are left then."""
    units = Counter[tuple[int, int]]()
    for claim in queue:
        units[claim.line_id, claim.location_id] += claim.backordered
    asks = [Asks(spot[0], units[spot], projection.ship_by) for spot, projection in found.items()]
    days, left = assign(asks, slots)
    for (spot, projection), day in zip(list(found.items()), days, strict=True):
        found[spot] = _moved(projection, day)
    return left


def behind_all(future: Future, waiting: int) -> Queue:
    """What is left of the future behind ``waiting`` units, when nobody among them need be asked about."""
    supply = _Supply(future.in_order())
    supply.take(waiting)
    return Queue({}, supply.left(), waiting, enough=future.enough)


def next_place(queue: Queue, future: Future, units: int = 1) -> Projection:
    """The projection for the next buyer, who wants ``units``."""
    servings: list[Serving] = []
    missing = units
    for serving in queue.left:
        if missing == 0:
            break
        taken = min(serving.units, missing)
        servings.append(Serving(serving.lot, taken))
        missing -= taken
    place = (
        _without_lot(future, future.today, queue.waiting, tuple(servings))
        if missing
        else _from_lots(
            future, tuple(servings), queue.waiting, queue.enough.by(queue.waiting + units) if queue.enough else None
        )
    )
    if queue.slots is None or place.ship_by is None:
        return place
    return _moved(place, queue.slots.first_free(place.ship_by, units))


def _moved(projection: Projection, day: date | None) -> Projection:
    """The projection with the day that has room. That a day is full is no supplier's word, so none makes it earlier."""
    return projection if day == projection.ship_by else replace(projection, ship_by=day, stated=None)


def _from_lots(future: Future, servings: Iterable[Serving], ahead: int, reckoned: Reckoned | None) -> Projection:
    served = tuple(servings)
    last = served[-1].lot
    lots = [serving.lot for serving in served]
    ship_by = stated = future.ships_on(reckoned.on) if reckoned else ships_by(lots, future)
    if future.by_week or reckoned or last.allowance or any(lot.allowance for lot in lots[:-1]):
        stated = future.calendar.ships_on(max(future.earliest, *(lot.due_on or future.today for lot in lots)))
    return Projection(
        ship_by=ship_by,
        basis=Basis.LOT,
        servings=served,
        ahead=ahead,
        overdue=last.overdue(future.earliest),
        stated=stated if stated != ship_by else None,
        reckoned=reckoned,
        ship_from=told_from(ship_by, _soonest(served, ahead, reckoned, future), future),
    )


def ships_by(lots: Sequence[Lot], future: Future) -> date:
    """The day by which all of these lots have come and gone out.

    They are these very lots, not whichever comes first. Where m of them are uncertain, each is reckoned with at 1 - (1 - p) / m, so that all are here with confidence p, however their
    suppliers' lateness hangs together (Boole's inequality).
    """
    if len(lots) == 1:  # as mostly
        return future.ships_on(lots[0].due(future.today))
    uncertain = sum(lot.allowance is not None for lot in lots)
    return future.ships_on(max(lot.due(future.today, uncertain) for lot in lots))


def _place(ahead: int, servings: Iterable[Serving]) -> int:
    return ahead + sum(serving.units for serving in servings)


def _soonest(servings: Sequence[Serving], ahead: int, reckoned: Reckoned | None, future: Future) -> date | None:
    """The day before which a place behind ``ahead`` units hardly ships; None where no range is told."""
    if not future.by_range:
        return None
    early = future.hardly.by(_place(ahead, servings)) if reckoned and future.hardly else None
    if early is not None:
        return future.calendar.ships_on(max(future.earliest, early.on))
    return ships_from([serving.lot for serving in servings], future)


def ships_from(lots: Sequence[Lot], future: Future) -> date:
    """The day before which these lots have hardly all come and gone out."""
    days = (lot.allowance.here_from() if lot.allowance else lot.due(future.today) for lot in lots)
    return future.calendar.ships_on(max(future.earliest, *days))


def told_from(day: date, soonest: date | None, future: Future) -> date | None:
    """The first day of the range that is told with ``day``, the promise, as its last; None where that day is told alone.

    A range begins on the ``soonest`` day, before which it hardly ships (None: nothing is known of that); a week on its Monday. A
    week that has begun is told by its last day: nobody is told that something ships from a day on that is over.
    """
    if future.by_week:
        first = day - timedelta(days=6)
        return first if first > future.today else None
    return soonest if future.by_range and soonest is not None and soonest < day else None


def wants(claim: Claim, units: int, promised: Mapping[int, date | None]) -> Wants:
    """What a claim wants of its next ``units``. One that is not ready has no promise to go by."""
    return Wants(units, promised.get(claim.line_id) if claim.ready else None)


def _without_lot(future: Future, ordered_on: date, ahead: int, servings: tuple[Serving, ...]) -> Projection:
    """No lot serves the whole: the supplier's lead time from the order date, or no date at all.

    Who stands behind every lot is not served before the last of them: the older are served first.
    """
    if future.lead_time_days is not None:
        made = ordered_on + timedelta(days=future.lead_time_days)
        arrival = max(made, future.all_here_by or made)
        word = max([made, future.earliest, *(lot.due_on for lot in future.lots if lot.units and lot.due_on)])
        day, stated = future.ships_on(arrival), future.calendar.ships_on(word)
        late = arrival < future.earliest
        first = told_from(day, None, future)
        return Projection(
            day, Basis.LEAD_TIME, servings, ahead, late, stated if stated != day else None, ship_from=first
        )
    return Projection(None, Basis.ASAP if future.allow_asap else Basis.UNKNOWN, servings, ahead)


def _day(instant: datetime, future: Future) -> date:
    return future.calendar.day(instant)


class _Supply:
    """Lots being used up in order."""

    def __init__(self, lots: tuple[Lot, ...]) -> None:
        self._lots = lots
        self._at = 0
        self._used = 0
        self._rest: tuple[Serving, ...] | None = None

    def take(self, units: int) -> tuple[tuple[Serving, ...], int]:
        """Use up ``units``: from which lots, and how many could not be had."""
        servings: list[Serving] = []
        while units and self._at < len(self._lots):
            lot = self._lots[self._at]
            taken = min(units, lot.units - self._used)
            if taken:
                servings.append(Serving(lot, taken))
            units -= taken
            self._used += taken
            if self._used == lot.units:
                self._at, self._used = self._at + 1, 0
        return tuple(servings), units

    def take_by_promise(
        self, queue: Sequence[Claim], future: Future, promised: Mapping[int, date | None]
    ) -> list[tuple[tuple[Serving, ...], int]]:
        """As ``take`` for each of a queue, in which told days are deadlines. Nothing more may be taken but through ``left``."""
        coming = self.left()
        arrivals = [Arrival(ships_by([serving.lot], future), serving.units) for serving in coming]
        shares = share([wants(claim, claim.backordered, promised) for claim in queue], arrivals)
        used = Counter[int]()
        for numbers in shares:
            used.update(dict(numbers))
        self._rest = tuple(
            Serving(serving.lot, serving.units - used[number])
            for number, serving in enumerate(coming)
            if serving.units > used[number]
        )
        return [
            (
                tuple(Serving(coming[number].lot, units) for number, units in numbers),
                claim.backordered - sum(units for _, units in numbers),
            )
            for claim, numbers in zip(queue, shares, strict=True)
        ]

    def take_by_policy(
        self, queue: Sequence[Claim], future: Future, serves: Serves, free: int
    ) -> list[tuple[tuple[Serving, ...], int]]:
        """As ``take`` for each of a queue that is not served by age alone. Nothing more may be taken but through ``left``."""
        coming = self.left()
        arrivals = [(max(each.lot.due(future.today), future.earliest), each.units) for each in coming]
        shares, given, _ = share_out(serves, queue, free, arrivals)
        used = Counter[int]()
        for numbers in shares:
            used.update(dict(numbers))
        missing = [claim.backordered - units for claim, units in zip(queue, given, strict=True)]
        # What is left while somebody is not served is set aside for them.
        self._rest = tuple(
            Serving(each.lot, each.units - used[number])
            for number, each in enumerate(coming)
            if each.units > used[number] and not any(missing)
        )
        return [
            (tuple(Serving(coming[number].lot, units) for number, units in numbers), lacking)
            for numbers, lacking in zip(shares, missing, strict=True)
        ]

    def left(self) -> tuple[Serving, ...]:
        if self._rest is not None:
            return self._rest
        rest = self._lots[self._at :]
        return tuple(
            Serving(lot, lot.units - (self._used if index == 0 else 0))
            for index, lot in enumerate(rest)
            if lot.units > (self._used if index == 0 else 0)
        )
