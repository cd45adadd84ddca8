"""By when enough is here for a place in the queue, over all that is to come (domain §6).

date(place k) is the first day by which at least k units are here with the confidence asked for. Shipments come independently of
each other, each whole or not at all, so whichever of two comes first serves who stands first: the day belongs to the place, not to a
shipment, and who stands further back is never told an earlier one. Lots of one supplier that were stated for the same day are one
shipment.

On a day the chances of all sums of units are added up shipment by shipment. There are few of them, for most shipments are by then
surely here or surely not, and sizes are often alike. Where there could be more than ``MOST_SUMS``, the units of each shipment are
counted in grains, and what is left of one beside them only when everything is here: later than need be, never earlier.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from backorder.rules.allowance import key
from backorder.rules.lots import Lot

# So many sums of units are told apart on one day: those of nine shipments of any size, or of five hundred of one size.
MOST_SUMS = 512
TINY = 1e-9


@dataclass(frozen=True)
class Reckoned:
    """Enough is reckoned to be here ``on`` a day, with so much confidence (``percent``).

    ``level``: the chance that this takes, corrected by what earlier promises kept (rules.lateness).
    """

    on: date
    percent: int
    level: float


@dataclass(frozen=True)
class Enough:
    """Units up to ``places[i]`` of what is to come are here by ``days[i]``; both rise."""

    places: tuple[int, ...]
    days: tuple[date, ...]
    percent: int
    level: float

    def by(self, place: int) -> Reckoned | None:
        """When so many units are here; None: there are not so many."""
        at = bisect_left(self.places, place)
        return Reckoned(self.days[at], self.percent, self.level) if at < len(self.days) else None

    @property
    def everything(self) -> Reckoned:
        """When everything is here."""
        return Reckoned(self.days[-1], self.percent, self.level)


@dataclass(frozen=True)
class _Shipment:
    """``units`` that come together: by ``first`` with the first of these chances, a day later with the next, and then surely."""

    units: int
    first: date
    by: tuple[float, ...]

    def here(self, day: date) -> float:
        at = (day - self.first).days
        return 0.0 if at < 0 else self.by[at] if at < len(self.by) else 1.0


def enough(lots: Sequence[Lot], earliest: date) -> Enough | None:
    """When enough is here for every place that these lots serve; None where each lot's own day says it: one lot, or trusted ones.

    Nothing counts as here before ``earliest``.
    """
    return _worked_out(tuple(lots), earliest, surely=True) if _is_for(lots) else None


def hardly(lots: Sequence[Lot], earliest: date) -> Enough | None:
    """As ``enough``, but the days before which so much is hardly here."""
    return _worked_out(tuple(lots), earliest, surely=False) if _is_for(lots) else None


def here(lot: Lot, earliest: date, day: date) -> float:
    """How likely one lot is here by a day."""
    return likely((lot,), earliest, lot.units, day)


def surely_by(lots: Sequence[Lot], earliest: date, units: int) -> date | None:
    """The day by which so many units of these lots are here, of one lot or of many; None: there are not so many."""
    found = _worked_out(tuple(lots), earliest, surely=True)
    reckoned = found.by(units) if found else None
    return reckoned.on if reckoned else None


@dataclass(frozen=True)
class Chances:
    """How likely so many units are here by a day: at least ``sums[i]`` with ``chances[i]``; the sums rise."""

    sums: tuple[int, ...]
    chances: tuple[float, ...]

    def of(self, units: int) -> float:
        """How likely at least so many units are here."""
        at = bisect_left(self.sums, units)
        return self.chances[at] if at < len(self.sums) else 0.0


def likely(lots: Sequence[Lot], earliest: date, units: int, day: date) -> float:
    """How likely so many units of these lots are here by a day."""
    return 1.0 if units <= 0 else chances_of(tuple(lots), earliest, day).of(units)


@lru_cache(maxsize=512)
def chances_of(lots: tuple[Lot, ...], earliest: date, day: date) -> Chances:
    """The chances of all sums of units of these lots to be here by a day."""
    if day < earliest:
        return Chances((0,), (1.0,))
    shipments = _shipments(lots, earliest)
    grain = _grain(shipments)
    surely, sums = _sums(shipments, day, grain)
    rising = sorted(sums)
    units = [surely + total * grain for total in rising]
    chances = [min(1.0, chance) for chance in accumulate(sums[total] for total in reversed(rising))][::-1]
    everything = sum(one.units for one in shipments)
    if units[-1] < everything:
        units.append(everything)
        chances = list(accumulate([_all_here(shipments, day), *reversed(chances)], max))[::-1]
    return Chances(tuple(units), tuple(chances))


def _is_for(lots: Sequence[Lot]) -> bool:
    return len(lots) > 1 and any(lot.chance is not None for lot in lots)


@lru_cache(maxsize=512)
def _worked_out(lots: tuple[Lot, ...], earliest: date, *, surely: bool) -> Enough | None:
    shipments = _shipments(lots, earliest)
    if not shipments:
        return None
    level = max((lot.chance.sure if surely else lot.chance.hardly for lot in lots if lot.chance), default=1.0)
    grain = _grain(shipments)
    first, last = earliest, max(one.first + timedelta(days=len(one.by)) for one in shipments)
    counted: dict[date, int] = {}

    def here(day: date) -> int:
        if day not in counted:
            counted[day] = _here(shipments, level, day, grain)
        return counted[day]

    found = [(here(first), first)] if here(first) else []
    spans = [(first, last)]
    while spans:  # units by day never fall, so a span with as many at both ends holds no step
        begin, end = spans.pop()
        if here(begin) == here(end):
            continue
        if (end - begin).days == 1:
            found.append((here(end), end))
            continue
        middle = begin + (end - begin) // 2
        spans += [(middle, end), (begin, middle)]
    percent = max((lot.allowance.percent for lot in lots if lot.allowance), default=100)
    return Enough(tuple(place for place, _ in found), tuple(day for _, day in found), percent, level)


def _shipments(lots: Iterable[Lot], earliest: date) -> list[_Shipment]:
    """What comes together; a trusted lot comes on its day."""
    units: dict[tuple[str | None, date, date], int] = {}
    chances: dict[tuple[str | None, date, date], tuple[float, ...]] = {}
    for lot in lots:
        if not lot.units or not lot.dated:
            continue
        if lot.chance is not None and lot.allowance is not None and lot.due_on is not None:
            which: tuple[str | None, date, date] = (key(lot.allowance.supplier), lot.chance.first, lot.due_on)
            chances[which] = lot.chance.by
        else:
            due = lot.due(earliest)
            which = (None, due, due)
            chances.setdefault(which, ())
        units[which] = units.get(which, 0) + lot.units
    found = []
    for which, count in units.items():
        first, by = which[1], chances[which]
        passed = max(0, (earliest - first).days)
        found.append(_Shipment(count, max(first, earliest), by[passed:] or (1.0,)))
    return found


def _here(shipments: Sequence[_Shipment], level: float, day: date, grain: int) -> int:
    """How many units are here by a day at this level: the most that are, as surely."""
    if grain > 1 and _all_here(shipments, day) >= level - TINY:
        return sum(one.units for one in shipments)
    surely, sums = _sums(shipments, day, grain)
    so_far, total = 0.0, 0
    for total in sorted(sums, reverse=True):
        so_far += sums[total]
        if so_far >= level - TINY:
            break
    return surely + total * grain


def _sums(shipments: Iterable[_Shipment], day: date, grain: int) -> tuple[int, dict[int, float]]:
    """Units that are surely here by a day, and how likely each sum of the others (in grains) is."""
    surely, sums = 0, {0: 1.0}
    for one in shipments:
        chance = one.here(day)
        if chance >= 1:
            surely += one.units
        elif chance > 0:
            grains = one.units // grain
            after: dict[int, float] = {}
            for total, so_far in sums.items():
                after[total] = after.get(total, 0.0) + so_far * (1 - chance)
                after[total + grains] = after.get(total + grains, 0.0) + so_far * chance
            sums = after
    return surely, sums


def _all_here(shipments: Iterable[_Shipment], day: date) -> float:
    chance = 1.0
    for one in shipments:
        chance *= one.here(day)
    return chance


def _grain(shipments: Iterable[_Shipment]) -> int:
    """In which units shipments are counted, so that no more than ``MOST_SUMS`` sums are told apart."""
    uncertain = [one.units for one in shipments if len(one.by) > 1]
    sums = {0}
    for units in uncertain:
        sums |= {total + units for total in sums}
        if len(sums) > MOST_SUMS:
            return -(-sum(uncertain) // (MOST_SUMS - 1))
    return 1
