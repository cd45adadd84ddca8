"""By which arrival each waiting unit of an order is served, so that units that come together are held together (domain §5).

Only how holds are cut follows from this, never who gets what: a unit that comes with another arrival than was expected is
released as soon as everything under its hold is covered.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from backorder.rules.lots import Lot

Wave = tuple[date | None, int]  # the day on which they are due, None: no day is known; how many units
Waves = Mapping[tuple[int, int], Sequence[Wave]]  # by (line, location), soonest first

# A line is cut into so many parts at most: what comes later is held with the last of them.
MOST_WAVES = 5


def waves(lots: Iterable[Lot], ahead: int, units: int, today: date) -> tuple[Wave, ...]:
    """The arrivals that serve ``units`` behind ``ahead`` others who are served first, soonest first."""
    served: list[tuple[Lot, int]] = []
    left = units
    for lot in sorted((lot for lot in lots if lot.dated), key=lambda lot: (lot.due(today), lot.lot_id)):
        taken = min(max(0, lot.units - ahead), left)
        ahead = max(0, ahead - lot.units)
        left -= taken
        served.append((lot, taken))
    return by_arrival(served, units, today)


def by_arrival(served: Iterable[tuple[Lot, int]], units: int, today: date, *, whole: bool = False) -> tuple[Wave, ...]:
    """The arrivals with which ``units`` come that are ``served`` by these lots, soonest first; lots due on one day are one arrival.

    The days are those that were stated: how much later a supplier mostly is changes with each receipt, and no hold is cut anew for that.
    ``whole``: the units go together, so with the last of the lots, which is named also where it brings none of them.
    """
    stated = sorted((max(lot.due_on or today, today), count) for lot, count in served)
    if whole:
        return ((stated[-1][0] if stated else None, units),)
    found: list[Wave] = []
    for day, count in stated:
        _add(found, day, count)
    _add(found, None, units - sum(count for _, count in stated))
    if len(found) <= MOST_WAVES:
        return tuple(found)
    kept, rest = found[: MOST_WAVES - 1], found[MOST_WAVES - 1 :]
    return (*kept, (rest[-1][0], sum(count for _, count in rest)))


def _add(found: list[Wave], day: date | None, units: int) -> None:
    if not units:
        return
    if found and found[-1][0] == day:
        found[-1] = (day, found[-1][1] + units)
    else:
        found.append((day, units))


class Uncut:
    """What of each wave is exposed and still to be held; the last waves are under holds already."""

    def __init__(self, waves: Waves, exposed: Mapping[tuple[int, int], int]) -> None:
        self._left = {key: _soonest(waves.get(key, ()), units) for key, units in exposed.items()}

    def take_last(self, key: tuple[int, int], units: int) -> list[Wave]:
        """Take units from the end: with which waves they come, the latest first."""
        taken: list[Wave] = []
        waves = self._left[key]
        while units:
            day, count = waves.pop()
            taken.append((day, min(count, units)))
            if count > units:
                waves.append((day, count - units))
            units -= taken[-1][1]
        return taken


def _soonest(waves: Sequence[Wave], units: int) -> list[Wave]:
    """The first ``units`` of the waves; what they do not reach for comes on no known day."""
    found: list[Wave] = []
    for day, count in waves:
        _add(found, day, min(count, units))
        units -= min(count, units)
    _add(found, None, units)
    return found


def later(one: date | None, other: date | None) -> bool:
    """Whether one arrival comes after another; one without a day comes last."""
    return other is not None and (one is None or one > other)
