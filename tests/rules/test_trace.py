"""A date is explained by numbers from which it can be worked out again, and every sentence says those numbers."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.lots import LotKind
from backorder.rules.projection import project
from backorder.rules.promises import Basis
from backorder.rules.trace import for_buyer, in_steps, sentence, trace
from backorder.rules.wording import day as in_words
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import ADA, BEN, NOW, claim, future, in_days, law, lot
from tests.rules.draws import futures, queues

told = st.one_of(st.none(), st.dictionaries(st.integers(1, 6), st.integers(0, 40).map(in_days), max_size=6))


def worked_out_again(found):
    """The day, from the trace alone, counted on the fingers: which unit is the last, when it is here, then day by day."""
    steps = found.steps
    if found.missing and found.lead_time_days is None:
        return None
    if found.reckoned:
        place = found.ahead + found.waiting if not found.missing else sum(each.units for each in found.lots)
        shipments = [*found.lots, *found.beside]
        assert enough_come(shipments, "likely", place) >= found.reckoned.level - 1e-9
        assert enough_come(shipments, "likely_before", place) < found.reckoned.level - 1e-9
    if found.missing and found.reckoned:
        here = max(found.ordered_on + timedelta(days=found.lead_time_days), found.earliest, found.reckoned.on)
    elif found.reckoned:
        here = found.reckoned.on
    elif found.missing:
        needed = [each for each in found.lots if each.units and each.due_on]
        here = max([found.ordered_on + timedelta(days=found.lead_time_days), found.earliest, *reckoned_with(needed)])
    else:
        needed = [each for each in found.lots if each.here]
        here = max([found.today, found.earliest, *reckoned_with(needed)])
    at, work = here, steps.receiving_days + steps.handling_days
    while at in steps.closed or work:
        if at not in steps.closed:
            work -= 1
        at += timedelta(days=1)
    return at + timedelta(days=6 - at.weekday()) if found.by_week else at


def enough_come(shipments, likely, place):
    """Of all the ways in which these lots can have come: how likely those are that bring the units up to a place."""
    total = 0.0
    for comes in product((True, False), repeat=len(shipments)):
        way = 1.0
        for each, here in zip(shipments, comes, strict=True):
            way *= getattr(each, likely) if here else 1 - getattr(each, likely)
        total += way * (sum(each.units for each, here in zip(shipments, comes, strict=True) if here) >= place)
    return total


def reckoned_with(lots):
    """When each of these lots is reckoned with, where all of them must be here."""
    uncertain = sum(each.allowance is not None for each in lots)
    return [each.allowance.here_by(uncertain) if each.allowance else each.due_on for each in lots if each.due_on]


@law
@given(queues(), futures(), told, st.integers(0, 3))
def test_the_day_can_be_worked_out_from_the_trace_alone(queue, coming, promised, deficit):
    walked = project(queue, coming, deficit, promised)
    for one in queue:
        if one.backordered:
            found = trace(one, walked, coming, promises_first=promised is not None)
            assert found.ship_by == walked.claims[one.line_id, one.location_id].ship_by
            assert worked_out_again(found) == found.ship_by
            assert found.by_week or (found.steps.ships_on if found.steps else None) == found.ship_by


@law
@given(queues(), futures(), st.integers(0, 3))
def test_the_units_of_the_lots_are_those_ahead_and_those_of_this_place(queue, coming, deficit):
    walked = project(queue, coming, deficit)
    for one in queue:
        if one.backordered:
            found = trace(one, walked, coming, promises_first=False)
            assert found.waiting == one.backordered == found.missing + sum(each.here for each in found.lots)
            assert found.ordered == found.covered + found.waiting
            assert all(each.before + each.here <= each.units for each in found.lots)
            if found.basis is Basis.LOT:
                assert sum(each.before for each in found.lots) == found.ahead
                assert all(each.before + each.here == each.units for each in found.lots[:-1]), "no unit is passed over"


@law
@given(queues(), futures(), told)
def test_every_sentence_says_what_the_trace_says(queue, coming, promised):
    walked = project(queue, coming, promised=promised)
    for one in queue:
        if one.backordered:
            found = trace(one, walked, coming, promises_first=promised is not None)
            for said in (sentence(found), for_buyer(found), " ".join(in_steps(found))):
                if found.ahead:
                    assert str(found.ahead) in said
                assert not found.ship_by or in_words(found.ship_by) in said
                assert found.ship_by or re.search("[Nn]o day can be named|nothing on order serves this place", said)
            if found.deciding:
                assert found.deciding.label in sentence(found)
                assert found.deciding.label not in for_buyer(found)


def test_ben_stands_behind_ada_and_a_weekend_lies_between():
    shop = WorkingCalendar(receiving_days=1, handling_days=1)
    coming = future(lot(2, 2, 1), lot(9, 9, 2), calendar=shop)  # Friday 3 July, Friday 10 July
    queue = [claim(ADA, 2), claim(BEN, 3)]
    found = trace(queue[1], project(queue, coming), coming, promises_first=False)
    assert [(each.label, each.before, each.here) for each in found.lots] == [("PO-1", 2, 0), ("PO-2", 0, 3)]
    assert found.steps.closed == (in_days(10), in_days(11))
    assert found.ship_by == in_days(13)
    assert sentence(found) == (
        "3 units wait, behind 2 units ordered earlier; PO-2 (9 units, due 10 July 2026) serves this place, "
        "and receiving and handling make it 14 July 2026."
    )
    assert for_buyer(found) == (
        "2 units ordered earlier go first; your part comes from a shipment of 9 units that is expected 10 July 2026, "
        "and with receiving and packing it ships by 14 July 2026."
    )
    assert in_steps(found) == (
        "Ordered 3 units, 0 covered by stock, 3 waiting.",
        "In the queue since 27 June 2026, 10:00; 2 units ahead.",
        "PO-1: 2 units, due 3 July 2026, 2 for others first, 0 for this place.",
        "PO-2: 9 units, due 10 July 2026, 0 for others first, 3 for this place.",
        "Here on 10 July 2026; work begins on 10 July 2026.",
        "Not worked: 11 July 2026, 12 July 2026.",
        "Receiving 1 and handling 1 working days: on the shelf on 13 July 2026, packed on 14 July 2026.",
        "Ships by 14 July 2026.",
    )


@pytest.mark.parametrize(
    ("coming", "said"),
    [
        (future(lot(1, None), calendar=WorkingCalendar()), "that is here and being counted"),
        (
            future(lot(1, -3), calendar=WorkingCalendar()),
            "that is late and expected any day. If it came now, yours would ship by 3 July 2026.",
        ),
        (future(lead_time_days=14), "by the supplier's usual time it ships by 11 July 2026"),
        (future(), "no day can be named"),
    ],
)
def test_a_customer_hears_how_sure_it_is(coming, said):
    found = trace(claim(ADA), project([claim(ADA)], coming), coming, promises_first=False)
    assert said in for_buyer(found)
    assert for_buyer(found).startswith("You are next; ")


def test_after_the_cut_off_what_comes_today_counts_tomorrow_and_the_trace_says_so():
    coming = future(lot(1, 0), calendar=WorkingCalendar(), next_arrival=in_days(1))
    found = trace(claim(ADA), project([claim(ADA)], coming), coming, promises_first=False)
    assert (found.today, found.earliest, found.lots[0].counts_on) == (NOW.date(), in_days(1), in_days(1))
    assert found.lots[0].kind is LotKind.PURCHASE_ORDER


def test_whoever_is_told_a_week_reads_why_in_the_words_of_the_page():
    coming = future(lot(2, 9, 1), by_week=True)
    (ada,) = [claim(ADA, 2)]
    found = trace(ada, project([ada], coming), coming, promises_first=False)
    first, last = found.ship_by - timedelta(days=6), found.ship_by
    assert f"it ships between {in_words(first)} and {in_words(last)}." in for_buyer(found)
    begun = replace(coming, today=last)
    assert trace(ada, project([ada], begun), begun, promises_first=False).ship_from is None


def test_since_when_somebody_waits_is_told_by_the_shops_clock():
    shop = WorkingCalendar(timezone="America/New_York", receiving_days=0, handling_days=0)
    coming = future(lot(2, 2, 1), calendar=shop)
    late = claim(ADA, 1)
    late = replace(late, since=late.since.replace(hour=2))
    found = trace(late, project([late], coming), coming, promises_first=False)
    evening = late.since.astimezone(ZoneInfo("America/New_York"))
    assert in_steps(found)[1] == f"In the queue since {in_words(evening.date())}, 22:00; 0 units ahead."
    assert evening.date() != late.since.date()
