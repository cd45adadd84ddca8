"""The work that arrivals bring, as shown."""

from datetime import date, datetime
from typing import Literal

from backorder.arrival_days import arrival_days as worked_out
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.pace import DAY
from backorder.rules.terms import Terms
from backorder.rules.workload import Workday
from plugin.shown.model import Shown


class FromShown(Shown):
    """Units of one arrival that let somebody go."""

    label: str
    units: int


class ArrivalDayShown(Shown):
    """What can be packed of what arrives on a day. ``hours`` are one person's."""

    day: date
    orders: int
    lines: int
    units: int
    hours: float
    arrivals: tuple[FromShown, ...]


class ArrivalDays(Shown):
    """The days on which what waits arrives, soonest first; ``undated`` units wait for what has no day.

    ``release_orders`` are let go ``release_per`` hour or day; empty: all at once.
    """

    days: tuple[ArrivalDayShown, ...]
    undated: int
    minutes_an_order: int
    release_orders: int | None
    release_per: Literal["hour", "day"]

    @property
    def most_hours(self) -> float:
        """The hours of the day with most work."""
        return max((day.hours for day in self.days), default=0)


def arrival_days(house: House, shop: Shop, now: datetime) -> ArrivalDays:
    """The work that what is to come brings to a shop."""
    terms = Terms.from_json(shop.terms)
    found = worked_out(house, shop.shop_id, now)
    return ArrivalDays(
        days=tuple(map(_day, found.days)),
        undated=found.undated,
        minutes_an_order=terms.minutes_an_order,
        release_orders=terms.release_orders,
        release_per="day" if terms.release_per == DAY else "hour",
    )


def _day(day: Workday) -> ArrivalDayShown:
    return ArrivalDayShown(
        day=day.day,
        orders=day.orders,
        lines=day.lines,
        units=day.units,
        hours=day.hours,
        arrivals=tuple(FromShown(label=label, units=units) for label, units in day.arrivals),
    )
