"""Random queues, futures and calendars for the laws to be tried on."""

from datetime import time

from hypothesis import strategies as st

from backorder.rules.claims import Claim
from backorder.rules.projection import Future
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import claim, future, hours_ago, in_days, lot

small = st.integers(0, 6)
days_ahead = st.integers(0, 40)


@st.composite
def queues(draw: st.DrawFn, *, most: int = 6, ready_only: bool = False) -> tuple[Claim, ...]:
    """Some claims in no particular order, with what an earlier decision gave, kept and let the warehouse pack."""
    found = []
    for who in range(1, draw(st.integers(0, most)) + 1):
        units = draw(st.integers(1, 5))
        given = draw(st.integers(0, units))
        found.append(
            claim(
                who,
                units,
                since=hours_ago(draw(st.integers(0, 4))),
                ready=ready_only or draw(st.booleans()),
                given=given,
                kept=draw(st.integers(0, given)),
                in_works=draw(st.sampled_from((0, 0, 0, 1, units))),
            )
        )
    return tuple(draw(st.permutations(found)))


@st.composite
def futures(draw: st.DrawFn, calendar: WorkingCalendar | None = None) -> Future:
    """What is to come: lots at the dock, overdue or due, and terms for those whom no lot serves."""
    days = st.one_of(st.none(), st.integers(-5, 40))
    lots = [lot(draw(small), draw(days), lot_id) for lot_id in range(1, draw(st.integers(0, 4)) + 1)]
    return future(
        *draw(st.permutations(lots)),
        calendar=calendar or draw(calendars()),
        lead_time_days=draw(st.one_of(st.none(), st.integers(0, 60))),
        allow_asap=draw(st.booleans()),
    )


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    return WorkingCalendar(
        timezone=draw(st.sampled_from(("UTC", "America/New_York", "Pacific/Auckland"))),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        closed=frozenset(map(in_days, draw(st.sets(st.integers(-10, 60), max_size=12)))),
        cut_off=draw(st.times().map(lambda at: time(at.hour, at.minute))),
        receiving_days=draw(st.integers(0, 4)),
        handling_days=draw(st.integers(0, 4)),
    )
