"""What a supplier sends: its day, what is to be told of it, and that it is held apart from all else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allowance import Allowance
from backorder.rules.drop_ship import Sender, Tell, Told, for_buyer, sending, sending_unknown, sent_directly, sentence
from backorder.rules.holds import Hold, Narrow, Release, Wanted, plan
from backorder.rules.lots import by_lead_time
from backorder.rules.mixed import Way
from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.parcels import NotYet, Said, Step, Tracking, next_step
from backorder.rules.promises import Basis
from backorder.rules.revision import first, revise
from backorder.rules.rises import Counts, Do, Evidence, Row, change, judge
from backorder.rules.settled import settle
from backorder.rules.working_calendar import WorkingCalendar
from tests.rules.cast import (
    ADA,
    BEN,
    CHAIR,
    CLEO,
    DOCKS,
    LAMP,
    TODAY,
    claim,
    fulfillment_order,
    future,
    hold,
    hours_ago,
    in_days,
    law,
    lot,
    part,
    told,
)
from tests.rules.held_store import HeldStore, carry_out
from tests.rules.test_hold_plan import ITEM_OF, MANAGED, MUG, SPOTS, coverings, stores

WEEK = WorkingCalendar(receiving_days=2, handling_days=3)  # Monday to Friday
EVERYTHING = frozenset(ITEM_OF.values())
GLOW = Sender("Glow & Sons", 4, hours_ago(0))


def sent(days=4, **changes):
    theirs = sent_directly(future(lot(50, 1), calendar=WEEK), days)
    theirs_lot = by_lead_time(claim(ADA), TODAY, days)
    return sending(theirs_lot if not changes else _late(theirs_lot, **changes), "Glow & Sons", theirs)


def _late(theirs, days_late):
    allowed = Allowance("Glow & Sons", 5, 1, 85, theirs.due_on, 0, (days_late,) * 5)
    return replace(theirs, allowance=allowed)


def test_the_day_is_the_lead_time_from_the_order_without_our_work_and_whatever_is_to_come():
    assert (sent().ship_by, sent().basis, sent().ahead) == (in_days(5), Basis.LEAD_TIME, 0), "Sunday, so Monday"
    said = first(sent())
    assert (said.source, said.confidence) == ("Glow & Sons, directly", None)
    assert "4 days from 1 July 2026 make it 6 July 2026" in sentence(claim(ADA), GLOW, sent(), TODAY)
    assert "Glow" not in for_buyer(claim(ADA), sent()), "whose supplier is whose is the shop's business"
    nobody_knows = sending_unknown("Glow & Sons", future())
    assert (nobody_knows.ship_by, nobody_knows.basis) == (None, Basis.UNKNOWN)


def test_at_a_confidence_the_supplier_is_allowed_the_days_that_it_is_usually_late():
    late = sent(days_late=3)
    assert (late.ship_by, late.stated) == (in_days(7), in_days(5))
    said = first(late)
    assert (said.ship_by, said.confidence, said.stated_on) == (in_days(7), 0.85, in_days(4))
    assert "usually 1 day late" in said.reason


def test_a_lead_time_that_has_passed_is_no_news_by_itself():
    promised = told(first(sent()))
    passed = sent_directly(future(today=in_days(9), calendar=WEEK), 4)
    overdue = sending(by_lead_time(claim(ADA), TODAY, 4), "Glow & Sons", passed)
    assert (overdue.overdue, revise(promised, overdue)) == (True, None)


units = st.integers(0, 9)


@law
@given(said=units, before=units, since=units, still_open=units)
def test_a_supplier_is_told_whenever_it_means_to_send_something_else_than_is_open(said, before, since, still_open):
    known = Told(said, before)
    tell = known.to_tell(still_open, before + since)
    owed = max(0, said - since)
    assert (tell is None) == (owed == still_open)
    assert (tell is Tell.CANCELLED) == (owed > 0 and still_open == 0)
    assert (tell is Tell.NEW) == (owed == 0 and still_open > 0)
    assert Told(still_open, before + since).to_tell(still_open, before + since) is None, "once told, it knows"


@law
@given(stores(), coverings, st.sets(st.sampled_from(SPOTS)), st.sampled_from([None, Way.TOGETHER]))
def test_nothing_that_a_supplier_sends_is_open_to_the_warehouse(store: HeldStore, covered, sent, way):
    wanted = Wanted(sent=frozenset(sent), way=way, may_narrow=True)
    ours = {spot: count for spot, count in covered.items() if spot not in sent}
    carry_out(store, ours, MANAGED, wanted)
    for each in filter(is_open, store.seen):
        if not under_our_hold(each) and not in_the_works(each):
            exposed = {(one.line_id, each.location_id) for one in each.parts if one.remaining}
            assert not exposed & sent


def test_what_somebody_else_holds_cannot_be_parted_so_our_hold_stays_until_theirs_ends():
    theirs = hold(2, ours=False)
    both = fulfillment_order(1, part(ADA, 1, LAMP), part(CLEO, 1, MUG), status="ON_HOLD", holds=(theirs,))
    store, by_supplier = HeldStore([both]), Wanted(sent=frozenset({(CLEO, DOCKS)}), may_narrow=True)
    carry_out(store, {(ADA, DOCKS): 1}, MANAGED, by_supplier)
    assert [len(each.holds) for each in store.seen] == [2], "to let go of it would be to hold it again at once"
    store.orders[1] = replace(store.orders[1], holds=tuple(each for each in store.orders[1].holds if each.ours))
    alone = plan(store.seen, {(ADA, DOCKS): 1}, MANAGED, by_supplier)
    assert (alone.releases, len(alone.narrows)) == ((), 1), "what the supplier sends is not opened for others to pack"
    carry_out(store, {(ADA, DOCKS): 1}, MANAGED, by_supplier)
    free = [one.line_id for each in store.seen if each.status == "OPEN" for one in each.parts]
    held = [one.line_id for each in store.seen if under_our_hold(each) for one in each.parts]
    assert (free, held) == ([ADA], [CLEO])


def can_be_told(store: HeldStore, line: int) -> int:
    """Units of a line that are neither packed nor held by somebody else."""
    return sum(
        each.remaining
        for fo in store.seen
        if is_open(fo)
        and not in_the_works(fo)
        and (fo.status == "OPEN" or under_our_hold(fo))
        and all(h.ours for h in fo.holds)
        for each in fo.parts
        if each.line_id == line
    )


def carry_out_step(store: HeldStore, step: Step) -> int:
    """Do what the store is to be told next; the units that it was told of."""
    if step.rest and not step.holds:
        store.hold(Hold(step.fulfillment_order_id, step.rest, sum(step.rest.values())))
    elif step.rest:
        store.narrow(Narrow(step.fulfillment_order_id, step.holds, step.rest, {}))
    elif step.holds:
        store.release(Release(step.fulfillment_order_id, step.holds, {}))
    else:
        whole = store.orders[step.fulfillment_order_id]
        parts = tuple(replace(one, remaining=one.remaining - step.parts.get(one.part_id, 0)) for one in whole.parts)
        assert all(one.remaining >= 0 for one in parts)
        left = tuple(one for one in parts if one.remaining)
        status = "IN_PROGRESS" if left else "CLOSED"
        store.orders[step.fulfillment_order_id] = replace(whole, parts=left, status=status)
        return sum(step.parts.values())
    return 0


def test_the_store_is_told_what_it_can_be_told_and_why_of_the_rest_not():
    ours, theirs = hold(1, ours=True), hold(2, ours=False)
    parcel = Tracking("UPS", "1Z999")
    held = fulfillment_order(71, part(ADA, 1), part(BEN, 2), status="ON_HOLD", holds=(ours,))
    assert next_step([held], {ADA: Said(parcel)}) == Step(
        71, {1000 + ADA: 1}, parcel, (1,), {1000 + BEN: 2}, sent=False
    )
    opened = fulfillment_order(71, part(ADA, 1), part(BEN, 2))
    assert next_step([opened], {ADA: Said(parcel), BEN: Said(Tracking("DHL", "7"))}) == Step(
        71, {1000 + ADA: 1}, parcel
    )
    packed = fulfillment_order(70, part(ADA, 1), status="IN_PROGRESS")
    stopped = fulfillment_order(69, part(ADA, 1), status="ON_HOLD", holds=(ours, theirs))
    back = fulfillment_order(68, part(ADA, 1), status="INCOMPLETE")
    for each, why in ((packed, "packing"), (stopped, "hold must end"), (back, "has not finished it")):
        told = next_step([each], {ADA: Said(parcel)})
        assert isinstance(told, NotYet)
        assert why in told.why
        assert next_step([each, opened], {ADA: Said(parcel)}) == Step(71, {1000 + ADA: 1}, parcel), (
            "what can be told goes first"
        )
    assert next_step([packed, stopped, back], {CLEO: Said(parcel)}) is None


def test_of_a_line_no_more_is_told_than_was_said_and_the_rest_stays_held():
    ours, parcel = hold(1, ours=True), Tracking("UPS", "1Z999")
    held = fulfillment_order(71, part(ADA, 3), status="ON_HOLD", holds=(ours,))
    assert next_step([held], {ADA: Said(parcel, 1)}) == Step(71, {1000 + ADA: 1}, parcel, (1,), {1000 + ADA: 2})
    opened = fulfillment_order(72, part(ADA, 1))
    assert next_step([held, opened], {ADA: Said(parcel, 1)}) == Step(72, {1000 + ADA: 1}, parcel), (
        "what was let go for it, not the rest"
    )
    assert next_step([held, opened], {ADA: Said(parcel, 0)}) is None
    more = fulfillment_order(73, part(ADA, 3), part(BEN, 1))
    assert next_step([more], {ADA: Said(parcel, 1)}) == Step(73, {1000 + ADA: 1}, parcel, rest={1000 + ADA: 2}), (
        "held before: what is partly shipped cannot be held"
    )
    assert next_step([held], {ADA: Said(parcel)}) == Step(71, {1000 + ADA: 3}, parcel, (1,)), (
        "said before units were counted"
    )


@law
@given(stores(), st.integers(0, 6), st.sampled_from(SPOTS))
def test_what_the_store_is_told_is_what_the_supplier_shipped_and_nothing_else_is_opened(store: HeldStore, said, spot):
    line, parcel = spot[0], Tracking("UPS", "1Z999")
    before, tellable = store.units(EVERYTHING), can_be_told(store, line)
    packed = store.units(EVERYTHING, in_works=True)
    told = 0
    for _ in range(20):
        step = next_step(store.seen, {line: Said(parcel, said - told)})
        if not isinstance(step, Step):
            break
        told += carry_out_step(store, step)
    assert told == min(said, tellable)
    assert all(units <= before[each] for each, units in store.units(EVERYTHING).items() if each[0] == line)
    now = store.units(EVERYTHING, in_works=True)
    assert all(now[each] == units for each, units in packed.items() if each[0] == line), "nobody packs the rest of it"


@pytest.mark.parametrize("way", [None, Way.TOGETHER])
def test_what_lies_here_leaves_whatever_the_supplier_does(way):
    mixed = fulfillment_order(1, part(ADA, 2, LAMP), part(BEN, 1, CHAIR))
    store = HeldStore([mixed])
    carry_out(store, {(BEN, DOCKS): 1}, MANAGED, Wanted(sent=frozenset({(ADA, DOCKS)}), way=way))
    free = [one.line_id for each in store.seen if each.status == "OPEN" for one in each.parts]
    held = [one.line_id for each in store.seen if under_our_hold(each) for one in each.parts]
    assert (free, held) == ([BEN], [ADA])


@law
@given(available=st.integers(-9, 9), committed=units, off=st.integers(-5, 5), aside=units)
def test_what_the_store_counted_off_is_there(available, committed, off, aside):
    as_counted = settle(available, committed, committed, 0)
    assert settle(available, committed, committed, 0, off).to_give == as_counted.to_give + off
    with_aside = settle(available, committed, committed, aside, off).to_give
    assert with_aside == as_counted.to_give + off - min(aside, max(0, as_counted.to_give + off))


def test_a_count_that_is_put_right_is_no_delivery_and_a_larger_rise_is_judged_as_ever():
    def rises(count):
        was, now = Counts(-3, -3, -3), Counts(-3 + count, -3 + count, -3 + count)
        return change(was, now, shipped=0, docked=0, returned=0)

    known = Evidence(TODAY, ever_ordered=True, counted_off=3)
    assert judge(rises(3), known) == (Row.PUT_RIGHT, Do.PUT_RIGHT)
    assert judge(rises(2), known) == (Row.PUT_RIGHT, Do.PUT_RIGHT)
    assert judge(rises(4), known)[0] is not Row.PUT_RIGHT
    assert judge(rises(3), Evidence(TODAY, ever_ordered=True))[0] is Row.EXACTLY_ZERO
