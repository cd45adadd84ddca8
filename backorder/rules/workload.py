"""How much work an arrival brings: whom its units let go, day by day (requirements C14, C16, C22)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from backorder.rules.projection import Projection


@dataclass
class _Day:
    units: int = 0
    lines: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    from_: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Workday:
    """What can be packed of what arrives on a day: ``units`` for ``lines`` of ``orders``, ``minutes`` of work, out of which arrivals."""

    day: date
    units: int
    lines: int
    orders: int
    minutes: int
    arrivals: tuple[tuple[str, int], ...]

    @property
    def hours(self) -> float:
        """Hours of work of one person, to a tenth."""
        return round(self.minutes / 60, 1)


@dataclass(frozen=True)
class Workload:
    """The days on which what waits arrives, soonest first; ``undated`` units wait for what has no day."""

    days: tuple[Workday, ...]
    undated: int


def workload(waiting: Iterable[tuple[int, int, int, Projection]], today: date, minutes_an_order: int) -> Workload:
    """Count who waits (line, order, units, projection) by the arrivals that serve them.

    An order that is served by arrivals of two days is packed on each of them.
    """
    found: dict[date, _Day] = {}
    undated = 0
    for line_id, order_id, units, projection in waiting:
        dated = 0
        for serving in projection.servings:
            day = found.setdefault(serving.lot.due(today), _Day())
            day.units += serving.units
            day.lines.add(line_id)
            day.orders.add(order_id)
            label = serving.lot.label or "at the dock"
            day.from_[label] = day.from_.get(label, 0) + serving.units
            dated += serving.units
        undated += max(0, units - dated)
    return Workload(
        days=tuple(
            Workday(
                day=on,
                units=day.units,
                lines=len(day.lines),
                orders=len(day.orders),
                minutes=len(day.orders) * minutes_an_order,
                arrivals=tuple(sorted(day.from_.items(), key=lambda each: (-each[1], each[0]))),
            )
            for on, day in sorted(found.items())
        ),
        undated=undated,
    )
