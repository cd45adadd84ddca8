"""Plausible shapes of a supplier's lateness, as tables: what chance each gives to so many days late.

Their number only has to be dense enough: which of them occur in a shop, and how often, is learned (rules.lateness). A shape has
a middle, a width and a tail: a logistic curve, even on both sides, or a late half that is a generalised Pareto's, whose
shipments may come much later than any that was seen.
"""

from dataclasses import dataclass
from math import exp, log

# Days late that are told apart; what lies outside counts as the outermost.
EARLIEST, LATEST = -21, 120
DAYS = range(EARLIEST, LATEST + 1)
SMALLEST = 1e-12

_MIDDLES = (-1.0, 0.0, 1.0, 2.0, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0, 28.0)
_WIDTHS = (0.7, 1.5, 3.0, 6.0, 12.0)
# Of a heavy shape, what comes before its middle; and how heavy its late half is (the Pareto's exponent is its inverse).
_BEFORE, _HEAVY = 0.4, 0.4


@dataclass(frozen=True)
class Shape:
    """Days late around ``middle``, spread by ``width``; ``heavy``: some come very late."""

    middle: float
    width: float
    heavy: bool

    def by(self, day: int) -> float:
        """The chance of being at most ``day`` days late; days are whole, so each reaches half a day further."""
        if day >= LATEST:
            return 1.0
        beyond = (day + 0.5 - self.middle) / self.width
        if not self.heavy:
            return 1 / (1 + exp(-beyond / 0.7))
        if beyond <= 0:
            return _BEFORE * exp(beyond / 0.6)
        return float(1 - (1 - _BEFORE) * (1 + _HEAVY * beyond) ** (-1 / _HEAVY))


def _is_plausible(middle: float, width: float) -> bool:
    """Nobody is a month late to the day, or on time give or take a month."""
    return width <= 2 * middle + 3 and not (middle > 5 and width < 1)


SHAPES = tuple(
    Shape(middle, width, heavy)
    for middle in _MIDDLES
    for width in _WIDTHS
    if _is_plausible(middle, width)
    for heavy in (False, True)
)

# By day (see ``place``), one number for each shape: at most that late, just that late, later; the latter two as logarithms too.
BY = tuple(tuple(shape.by(day) for shape in SHAPES) for day in DAYS)
JUST = tuple(
    tuple(
        max(SMALLEST, now - before)
        for now, before in zip(row, (0.0,) * len(SHAPES) if i == 0 else BY[i - 1], strict=True)
    )
    for i, row in enumerate(BY)
)
LOG_JUST = tuple(tuple(map(log, row)) for row in JUST)
LOG_LATER = tuple(tuple(log(max(SMALLEST, 1 - by)) for by in row) for row in BY)


def place(days: int) -> int:
    """Where a number of days late stands in the tables."""
    return min(max(days, EARLIEST), LATEST) - EARLIEST
