"""Who gets which units of what is to come when it does not suffice for what was promised (domain §6). Two policies.

*First come*: the older are served first, whatever was told to whom. Taking units oldest first, soonest lot first, gives everybody the
earliest day that this allows, so no other plan without overtaking breaks fewer promises; it is what ``projection.project`` does.

*Promise first*: told days are deadlines. From the oldest to the youngest each promise is kept if all that are kept so far stay
feasible (units due until a day fit the supply until that day); then everybody, oldest first, gets the soonest units that leave the
kept ones feasible. Counted in units this keeps as many as can be kept; counted in lines of several units it does not always: an
older line's promise is never broken so that two younger ones can be kept.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

FIRST_COME, PROMISE_FIRST = "first come", "promise first"


@dataclass(frozen=True)
class Wants:
    """Somebody who waits for ``units`` and was told that they ship by ``promised_on``; None: nothing was told, or no day."""

    units: int
    promised_on: date | None


@dataclass(frozen=True)
class Arrival:
    """``units`` that can ship from ``ships_on`` on."""

    ships_on: date
    units: int


# Whose units come of which arrivals: pairs of the number of an arrival and units.
Shares = tuple[tuple[int, int], ...]


def share(queue: Sequence[Wants], arrivals: Sequence[Arrival]) -> list[Shares]:
    """Promise first: what each of a queue, oldest first, gets of the arrivals, which are in the order of their days.

    Whoever gets fewer units than wanted is not served whole by what is to come.
    """
    supply = _Supply(arrivals)
    deadlines = kept(queue, arrivals)
    for wants, deadline in zip(queue, deadlines, strict=True):
        if deadline is not None:
            supply.reserve(wants.units, deadline)
    shares = []
    for wants, deadline in zip(queue, deadlines, strict=True):
        if deadline is not None:
            supply.reserve(-wants.units, deadline)
        shares.append(supply.take(wants.units))
    return shares


def kept(queue: Iterable[Wants], arrivals: Sequence[Arrival]) -> list[int | None]:
    """Whose promise is kept: the number of the last arrival that is in time for it; None where it is not, or nothing was told."""
    supply = _Supply(arrivals)
    days = [arrival.ships_on for arrival in arrivals]
    found: list[int | None] = []
    for wants in queue:
        in_time = bisect_right(days, wants.promised_on) - 1 if wants.promised_on is not None else -1
        keeps = in_time >= 0 and supply.free_until(in_time) >= wants.units
        if keeps:
            supply.reserve(wants.units, in_time)
        found.append(in_time if keeps else None)
    return found


class _Supply:
    """Arrivals being taken and reserved. A reservation is for units of any of the arrivals up to one."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self._left = [arrival.units for arrival in arrivals]
        # Of the arrivals up to each: units that are neither taken nor reserved.
        self._spare = list(accumulate(self._left))

    def free_until(self, number: int) -> int:
        """Units of the arrivals up to this one that nobody needs, with what later ones suffice for."""
        return min(self._spare[number:])

    def reserve(self, units: int, number: int) -> None:
        """Set units aside of the arrivals up to this one; below 0: give them back."""
        for at in range(number, len(self._spare)):
            self._spare[at] -= units

    def take(self, units: int) -> Shares:
        """The soonest ``units`` that nobody needs, or as many as there are."""
        shares = []
        for number, left in enumerate(self._left):
            taken = min(units, left, self.free_until(number)) if units and left else 0
            if taken > 0:
                shares.append((number, taken))
                self._left[number] -= taken
                self.reserve(taken, number)
                units -= taken
        return tuple(shares)
