"""Shipping capacity: so many units a day can be shipped from a place; who finds a day full is shipped on the next that is not.

What was told has its slot, whoever else comes: a slot that is taken never moves an earlier promise. Whoever was told nothing
yet takes, oldest first, the first day with room, and never one before somebody older. A line ships whole, so it needs room on one
day; one that is larger than a day's work takes a day on which nothing else is shipped.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from backorder.rules.working_calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True)
class Slots:
    """A place that ships ``units_a_day`` on the days that its calendar works; ``taken`` units by day are spoken for.

    ``promised``: the day that each line was told. Nobody who comes now is shipped before ``not_before``.
    """

    units_a_day: int
    calendar: WorkingCalendar
    taken: Mapping[date, int] = field(default_factory=dict)
    promised: Mapping[int, date | None] = field(default_factory=dict)
    not_before: date = date.min

    def first_free(self, day: date, units: int) -> date:
        """The first day from ``day`` on with room for so many units."""
        at = self.calendar.first_working(max(day, self.not_before))
        while self.taken.get(at, 0) > 0 and self.taken[at] + units > self.units_a_day:
            at = self.calendar.first_working(at + ONE_DAY)
        return at

    def by_quantity(self, day: date, first: int, last: int) -> Iterator[tuple[date, int]]:
        """For a line of ``first`` units, of one more, … of ``last`` units: on which day, and how many sizes of line that holds for."""
        while first <= last:
            at = self.first_free(day, first)
            taken = self.taken.get(at, 0)
            fits = last if taken == 0 else min(last, self.units_a_day - taken)
            yield at, fits - first + 1
            first = fits + 1


@dataclass(frozen=True)
class Asks:
    """``units`` of a line that could ship on ``day`` if there were room; None: no day can be named."""

    line_id: int
    units: int
    day: date | None


def assign(queue: Sequence[Asks], slots: Slots) -> tuple[list[date | None], Slots]:
    """The day of each of a queue, oldest first, and the slots as they are for the next who comes."""
    taken = Counter(dict(slots.taken))
    for asks in queue:
        if (promised := _kept(asks, slots)) is not None:
            taken[promised] += asks.units
    latest = slots.not_before
    found: list[date | None] = []
    for asks in queue:
        if asks.day is None:
            found.append(None)
            continue
        promised = _kept(asks, slots)
        if promised is not None:
            taken[promised] -= asks.units
        day = Slots(slots.units_a_day, slots.calendar, taken, not_before=latest).first_free(asks.day, asks.units)
        if promised is not None:
            day = min(day, promised)
        taken[day] += asks.units
        latest = max(latest, day)
        found.append(day)
    return found, Slots(slots.units_a_day, slots.calendar, taken, not_before=latest)


def _kept(asks: Asks, slots: Slots) -> date | None:
    """The day that a line was promised, if it can still be kept: else it holds no slot."""
    promised = slots.promised.get(asks.line_id)
    return promised if promised is not None and asks.day is not None and asks.day <= promised else None


class SlotBook:
    """Who takes which day at each place, item by item, as last worked out."""

    def __init__(
        self,
        units_a_day: int,
        taken: Mapping[tuple[int, int], Mapping[date, int]],
        promised: Mapping[int, date | None],
    ) -> None:
        """``taken`` units by (location, item) and day; what lines were ``promised``."""
        self._units_a_day, self._promised = units_a_day, promised
        self._taken = {place: Counter(dict(days)) for place, days in taken.items()}

    def beside(self, location_id: int, item_id: int, calendar: WorkingCalendar) -> Slots:
        """The slots of a place as the others leave them to one item."""
        others = Counter[date]()
        for (at, item), days in self._taken.items():
            if at == location_id and item != item_id:
                others.update(days)
        return Slots(self._units_a_day, calendar, others, self._promised)

    def book(self, location_id: int, item_id: int, days: Mapping[date, int]) -> None:
        """Keep what an item takes at a place now."""
        self._taken[location_id, item_id] = Counter(dict(days))
