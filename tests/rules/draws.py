"""Random queues, futures and calendars for the laws to be tried on."""

from dataclasses import replace
from datetime import time

from hypothesis import strategies as st

from backorder.rules.allowance import MOST_LOTS, Allowance, Chance
from backorder.rules.claims import Claim
from backorder.rules.lots import Lot
from backorder.rules.projection import Future
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import TODAY, claim, future, hours_ago, in_days, lot

SURE, HARDLY = 0.85, 0.15
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
def futures(draw: st.DrawFn, calendar: WorkingCalendar | None = None, *, trusting: bool = False) -> Future:
    """What is to come: lots at the dock, overdue or due, and terms for those whom no lot serves.

    Not ``trusting``: some suppliers are allowed to be late.
    """
    days = st.one_of(st.none(), st.integers(-5, 40))
    lots = [lot(draw(small), draw(days), lot_id) for lot_id in range(1, draw(st.integers(0, 4)) + 1)]
    if not trusting:
        lots = [draw(st.one_of(st.just(one), allowing(one))) for one in lots]
    return future(
        *draw(st.permutations(lots)),
        calendar=calendar or draw(calendars()),
        lead_time_days=draw(st.one_of(st.none(), st.integers(0, 60))),
        allow_asap=draw(st.booleans()),
    )


@st.composite
def allowing(draw: st.DrawFn, one: Lot) -> Lot:
    """The lot, its supplier being allowed some days: so many as its chances say, and more where these very lots must all be here."""
    if one.due_on is None:
        return one
    chances = [*sorted(draw(st.lists(st.floats(0, 1), max_size=12))), 1.0]
    chance = Chance(max(TODAY, one.due_on), tuple(chances), SURE, HARDLY)
    late = (chance.first - one.due_on).days
    days = [
        late + next(at for at, by in enumerate(chances) if by >= 1 - (1 - SURE) / m) for m in range(1, MOST_LOTS + 1)
    ]
    soonest = late + next(at for at, by in enumerate(chances) if by >= HARDLY)
    said = Allowance(f"Supplier {one.lot_id}", 9, 3, 85, one.due_on, soonest, tuple(days))
    return replace(one, allowance=said, chance=chance)


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
