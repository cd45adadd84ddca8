"""How likely it is that a place in the queue ships by its promise, before the day has come (domain §6).

A place ships in time if enough units for it and all before it are here on the last day from which the calendar still makes the
promised one. Which lots are here by then is chance: lots come independently of each other, each whole or not at all. How likely one
lot is here by a day is given as a function, ``Arrives``, so that whatever is known of a supplier's lateness can be put in its place.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from backorder.rules.allowance import key
from backorder.rules.lateness import Lateness
from backorder.rules.lots import Lot
from backorder.rules.projection import Future
from backorder.rules.working_calendar import ONE_DAY

# How likely a lot is here by the end of a day: from 0 to 1, and never falling from one day to the next.
Arrives = Callable[[Lot, date], float]

# A lot that did not come on its day is as likely as not to come in time, and half as likely with each week.
OVERDUE, HALVED_AFTER = 0.5, 7
# Promises less likely than this are shown to the merchant (domain §10: the last safe day).
SAFE = 0.9


def as_stated(today: date) -> Arrives:
    """Stated days are believed; a lot whose day has passed is as likely as not still to come in time, and less with each week."""

    def arrives(lot: Lot, by: date) -> float:
        if by < lot.due(today):
            return 0.0
        if not lot.overdue(today) or lot.due_on is None:
            return 1.0
        weeks = (today - lot.due_on).days / HALVED_AFTER
        return float(OVERDUE * 0.5**weeks)

    return arrives


def as_learned(learned: Lateness, today: date) -> Arrives:
    """As suppliers have been until now, where a lot says what its supplier is allowed; else as it is stated."""
    stated = as_stated(today)

    def arrives(lot: Lot, by: date) -> float:
        said = lot.allowance
        if said is None or lot.due_on is None:
            return stated(lot, by)
        put_off = lot.due_on > said.stated_on
        not_before = max(today, lot.due_on) if put_off else today
        beyond = (not_before - said.stated_on).days - 1
        return learned.chance(key(said.supplier), (by - said.stated_on).days, beyond)

    return arrives


@dataclass
class Chances:
    """The chances of one queue: how likely so many units of its future are here in time for a day. What was asked once is kept."""

    future: Future
    arrives: Arrives
    _known: dict[date | None, tuple[list[int], list[float]]] = field(default_factory=dict)

    def in_time(self, units: int, promised_on: date, beyond: Lot | None = None) -> float:
        """How likely the first ``units`` of what is to come can ship by the promised day.

        ``beyond``: what serves those whom no lot does, for example a shipment that the lead time stands for.
        """
        last = self.last_day(promised_on)
        if last is None:
            return 0.0
        if last not in self._known:
            self._known[last] = _at_least((lot.units, self.arrives(lot, last)) for lot in self.future.lots)
        sums, likely = self._known[last]
        at = bisect_left(sums, units)
        chance = likely[at] if at < len(sums) else 0.0
        return chance if beyond is None else chance + (1 - chance) * self.arrives(beyond, last)

    def all_here(self, lots: Iterable[Lot], promised_on: date) -> float:
        """How likely these very lots are here in time for a day."""
        last = self.last_day(promised_on)
        chance = 1.0 if last is not None else 0.0
        for lot in {lot.lot_id: lot for lot in lots}.values():
            chance *= self.arrives(lot, last) if last is not None else 0.0
        return chance

    def last_day(self, promised_on: date) -> date | None:
        """The last day on which goods may arrive to ship by the promised one; None: whatever arrives now is too late."""
        calendar, at = self.future.calendar, self.future.earliest
        if calendar.ships_on(at) > promised_on:
            return None
        at = max(at, promised_on)
        while calendar.ships_on(at) > promised_on:
            at -= ONE_DAY
        return at


def _at_least(lots: Iterable[tuple[int, float]]) -> tuple[list[int], list[float]]:
    """All sums that these lots, each here or not, can have, rising, and how likely it is to have at least each."""
    chance = {0: 1.0}
    for units, likely in lots:
        after: dict[int, float] = {}
        for total, so_far in chance.items():
            after[total] = after.get(total, 0.0) + so_far * (1 - likely)
            after[total + units] = after.get(total + units, 0.0) + so_far * likely
        chance = {total: value for total, value in after.items() if value > 0}
    sums = sorted(chance)
    falling = list(accumulate(chance[total] for total in reversed(sums)))
    return sums, [min(1.0, value) for value in reversed(falling)]
