"""From the day goods arrive to the day they ship: the shop's working calendar (domain §6)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
# A calendar with more closed days than this in a row is a mistake, not a holiday.
LONGEST_CLOSURE = 366


class NoWorkingDay(ValueError):
    """The calendar has no working day within a year of the day asked for."""


@dataclass(frozen=True)
class WorkingCalendar:
    """``weekdays`` that are worked (Monday is 0), ``closed`` days besides, and the days that work takes.

    Goods that arrive after ``cut_off`` (shop time) count for the next working day. ``receiving_days`` and ``handling_days``
    are working days between arrival and shipping.
    """

    timezone: str = "UTC"
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    closed: Collection[date] = field(default_factory=frozenset)
    cut_off: time = time(14, 0)
    receiving_days: int = 1
    handling_days: int = 1

    def day(self, now: datetime) -> date:
        """The calendar day of an aware instant in the shop's time zone."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed

    def first_working(self, day: date) -> date:
        """This day if it is worked, else the next that is. Raises NoWorkingDay."""
        for ahead in range(LONGEST_CLOSURE):
            candidate = day + ahead * ONE_DAY
            if self.is_working(candidate):
                return candidate
        raise NoWorkingDay(f"no working day within a year of {day}: check the weekdays and closed days")

    def after(self, day: date, working_days: int) -> date:
        """The working day that lies ``working_days`` working days after the first working day from ``day`` on."""
        at = self.first_working(day)
        for _ in range(working_days):
            at = self.first_working(at + ONE_DAY)
        return at

    def ships_on(self, arrival: date) -> date:
        """The day on which goods that arrive on ``arrival`` are shipped: receiving, then handling, on working days."""
        known = self._shipping_days
        if arrival not in known:
            known[arrival] = self.after(self.after(arrival, self.receiving_days), self.handling_days)
        return known[arrival]

    @cached_property
    def _shipping_days(self) -> dict[date, date]:
        """What was worked out already: a whole queue stands behind the same few days."""
        return {}

    def arrival_now(self, now: datetime) -> date:
        """The day as which an arrival at this instant counts."""
        local = now.astimezone(ZoneInfo(self.timezone))
        return local.date() + ONE_DAY if local.time() > self.cut_off else local.date()
