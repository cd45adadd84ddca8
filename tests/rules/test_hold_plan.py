"""What waits under a hold of ours and what is let go, carried out on a small store until nothing is left to do (domain §5)."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.holds import Hold, HoldPlan, Narrow, Release, Wanted, plan
from backorder.rules.mixed import Way
from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from tests.rules.cast import ADA, BEN, CHAIR, CLEO, DOCKS, LAMP, QUEENS, fulfillment_order, hold, in_days, law, part
from tests.rules.held_store import HeldStore, carry_out

MUG = 203
OURS, THEIRS = hold(1, ours=True), hold(2, ours=False)
MANAGED = frozenset({LAMP, CHAIR})
ITEM_OF = {ADA: LAMP, BEN: CHAIR, CLEO: MUG}  # the mug is not managed
SPOTS = [(line, place) for line in ITEM_OF for place in (DOCKS, QUEENS)]

STATES = (
    {"status": "OPEN"},
    {"status": "ON_HOLD", "holds": (OURS,)},
    {"status": "ON_HOLD", "holds": (THEIRS,)},
    {"status": "ON_HOLD", "holds": (THEIRS, OURS)},
    {"status": "IN_PROGRESS"},
    {"status": "OPEN", "request_status": "ACCEPTED"},
    {"status": "CLOSED"},
)


@st.composite
def stores(draw: st.DrawFn) -> HeldStore:
    found = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        lines = draw(st.lists(st.sampled_from(sorted(ITEM_OF)), min_size=1, unique=True))
        parts = [part(line, draw(st.integers(1, 4)), ITEM_OF[line]) for line in lines]
        state, place = draw(st.sampled_from(STATES)), draw(st.sampled_from((DOCKS, QUEENS)))
        found.append(fulfillment_order(number, *parts, location_id=place, **state))
    return HeldStore(found)


coverings = st.dictionaries(st.sampled_from(SPOTS), st.integers(0, 6))


def nothing_uncovered_is_exposed(store: HeldStore, covered) -> None:
    """I1, for what can still be held: being packed uses up what is covered first."""
    packed = store.units(MANAGED, in_works=True)
    for spot, units in store.units(MANAGED).items():
        assert units <= max(0, covered.get(spot, 0) - packed[spot]), f"{units} exposed at {spot}"


def nothing_covered_whole_stays_held(store: HeldStore, covered) -> None:
    spare = Counter(covered)
    spare.subtract(store.units(MANAGED))
    spare.subtract(store.units(MANAGED, in_works=True))
    for each in filter(under_our_hold, store.seen):
        if is_open(each) and not in_the_works(each):
            wanted = {(p.line_id, each.location_id): p.remaining for p in each.parts if p.item_id in MANAGED}
            assert any(spare[spot] < units for spot, units in wanted.items()), f"{each} could be released"


@law
@given(stores(), st.lists(coverings, min_size=1, max_size=3))
def test_however_coverage_moves_exactly_the_uncovered_units_end_up_waiting(store, coverings):
    for covered in coverings:
        foreign = {h for each in store.seen for h in each.holds if not h.ours}
        rest, steps = carry_out(store, covered, MANAGED)
        assert rest == HoldPlan(), "and then there is nothing left to do"
        assert steps <= 2 * len(store.orders), "few steps suffice"
        nothing_uncovered_is_exposed(store, covered)
        nothing_covered_whole_stays_held(store, covered)
        assert {h for each in store.seen for h in each.holds if not h.ours} == foreign


@law
@given(stores(), coverings)
def test_no_unit_is_lost_or_made_by_holding_and_releasing(store, covered):
    def all_units() -> Counter[tuple[int, int | None]]:
        return sum((Counter({(p.line_id, o.location_id): p.remaining}) for o in store.seen for p in o.parts), Counter())

    before = all_units()
    carry_out(store, covered, MANAGED)
    assert all_units() == before


@law
@given(stores(), coverings)
def test_only_what_may_be_held_is_held(store, covered):
    before = dict(store.orders)
    for wanted in plan(store.seen, covered, MANAGED, Wanted()).holds:
        target = before[wanted.fulfillment_order_id]
        lines = {p.part_id: p for p in target.parts}
        assert is_open(target)
        assert not in_the_works(target)
        assert any(p.item_id in MANAGED for p in target.parts)
        assert all(lines[part_id].item_id in MANAGED for part_id in wanted.parts or ())


@law
@given(stores(), coverings)
def test_while_the_order_may_not_be_served_no_managed_goods_are_let_go(store, covered):
    wanted = plan(store.seen, covered, MANAGED, Wanted(may_release=False))
    assert all(not release.units for release in wanted.releases)


@law
@given(stores())
def test_everything_covered_is_let_go_and_nothing_covered_is_held(store):
    carry_out(store, dict.fromkeys(SPOTS, 99), MANAGED)
    assert not any(under_our_hold(o) for o in store.seen if is_open(o) and not in_the_works(o))


@law
@given(stores(), coverings)
def test_goods_that_are_no_longer_managed_are_let_go(store, covered):
    carry_out(store, covered, frozenset())
    assert not any(under_our_hold(o) for o in store.seen if is_open(o) and not in_the_works(o))


def test_a_plan_that_exposes_too_much_is_caught():
    store = HeldStore([fulfillment_order(1, part(ADA, 2))])
    carry_out(store, {(ADA, DOCKS): 2}, MANAGED)
    with pytest.raises(AssertionError, match="2 exposed"):
        nothing_uncovered_is_exposed(store, {(ADA, DOCKS): 1})


def test_a_plan_that_leaves_covered_goods_held_is_caught():
    store = HeldStore([fulfillment_order(1, part(ADA, 2))])
    carry_out(store, {}, MANAGED)
    nothing_covered_whole_stays_held(store, {(ADA, DOCKS): 1})
    with pytest.raises(AssertionError, match="could be released"):
        nothing_covered_whole_stays_held(store, {(ADA, DOCKS): 2})


def planned(*fulfillment_orders, covered=None, **wanted) -> HoldPlan:
    return plan(fulfillment_orders, covered or {}, MANAGED, Wanted(**wanted))


LAMP_AND_CHAIR = (part(ADA, 1, LAMP), part(BEN, 1, CHAIR))


def test_an_order_nothing_of_which_is_covered_is_held_whole():
    assert planned(fulfillment_order(1, *LAMP_AND_CHAIR)) == HoldPlan(holds=(Hold(1, None, 2),))


def test_a_line_that_was_shipped_already_does_not_split_what_waits_whole():
    assert planned(fulfillment_order(1, part(ADA, 1), part(BEN, 0, CHAIR))) == HoldPlan(holds=(Hold(1, None, 1),))


def test_the_chair_in_stock_stays_shippable_while_the_lamp_waits():
    wanted = planned(fulfillment_order(1, *LAMP_AND_CHAIR), covered={(BEN, DOCKS): 1})
    assert wanted == HoldPlan(holds=(Hold(1, {1000 + ADA: 1}, 1),))


def test_a_line_that_is_covered_in_part_is_split_by_units():
    wanted = planned(fulfillment_order(1, part(ADA, 5)), covered={(ADA, DOCKS): 2})
    assert wanted == HoldPlan(holds=(Hold(1, {1000 + ADA: 3}, 3),))


def test_a_mug_that_nobody_manages_is_not_held_beside_a_lamp_that_waits():
    wanted = planned(fulfillment_order(1, part(ADA, 1), part(CLEO, 1, MUG)))
    assert wanted == HoldPlan(holds=(Hold(1, {1000 + ADA: 1}, 1),))
    assert planned(fulfillment_order(1, part(CLEO, 1, MUG))) == HoldPlan()


def test_goods_that_are_not_shipped_are_never_held():
    assert planned(fulfillment_order(1, part(ADA, 1, requires_shipping=False))) == HoldPlan()


def test_what_waits_at_one_location_is_not_covered_by_another():
    wanted = planned(fulfillment_order(1, part(ADA, 1), location_id=QUEENS), covered={(ADA, DOCKS): 1})
    assert [each.fulfillment_order_id for each in wanted.holds] == [1]


def test_a_hold_is_released_only_when_all_of_it_is_covered():
    held = fulfillment_order(1, part(ADA, 3), status="ON_HOLD", holds=(OURS,))
    assert planned(held, covered={(ADA, DOCKS): 2}) == HoldPlan()
    assert planned(held, covered={(ADA, DOCKS): 3}) == HoldPlan(releases=(Release(1, (1,), {(ADA, DOCKS): 3}),))


def test_of_two_held_parts_the_older_is_let_go_first():
    first, second = (fulfillment_order(n, part(ADA, 1), status="ON_HOLD", holds=(OURS,)) for n in (1, 2))
    assert [r.fulfillment_order_id for r in planned(second, first, covered={(ADA, DOCKS): 1}).releases] == [1]


def test_what_is_being_packed_uses_up_what_is_covered_first():
    packed = fulfillment_order(2, part(ADA, 1), status="IN_PROGRESS")
    wanted = planned(fulfillment_order(1, part(ADA, 1)), packed, covered={(ADA, DOCKS): 1})
    assert wanted == HoldPlan(holds=(Hold(1, None, 1),))


def test_beside_somebody_elses_hold_the_whole_is_held_and_only_ours_released():
    theirs = fulfillment_order(1, *LAMP_AND_CHAIR, status="ON_HOLD", holds=(THEIRS,))
    assert planned(theirs, covered={(BEN, DOCKS): 1}).holds == (Hold(1, None, 1),)
    both = fulfillment_order(1, part(ADA, 1), status="ON_HOLD", holds=(THEIRS, OURS))
    assert planned(both, covered={(ADA, DOCKS): 1}).releases == (Release(1, (OURS.hold_id,), {(ADA, DOCKS): 1}),)
    aside = frozenset({(ADA, DOCKS)})
    assert planned(both, covered={(ADA, DOCKS): 1}, set_aside=aside) == HoldPlan(), "its units wait for theirs to end"


def test_what_cannot_be_split_now_is_shown_to_a_person():
    wanted = planned(fulfillment_order(7, *LAMP_AND_CHAIR, status="SCHEDULED"), covered={(BEN, DOCKS): 1})
    assert wanted == HoldPlan(blocked=("fulfillment order 7 cannot be held now",))


def test_what_a_service_gave_back_unfinished_is_not_held_for_the_store_takes_none():
    returned = fulfillment_order(1, part(ADA, 2), status="INCOMPLETE", request_status="CLOSED")
    assert planned(returned) == HoldPlan()
    assert planned(returned, way=Way.TOGETHER) == HoldPlan()


def test_an_unpaid_order_stays_held_though_its_goods_are_there():
    held = fulfillment_order(1, part(ADA, 1), status="ON_HOLD", holds=(OURS,))
    assert planned(held, covered={(ADA, DOCKS): 1}, may_release=False) == HoldPlan()


@pytest.mark.parametrize("status", ["CLOSED", "CANCELLED"])
def test_what_was_shipped_or_called_off_is_left_alone(status):
    assert planned(fulfillment_order(1, part(ADA, 1), status=status)) == HoldPlan()


SOON, LATE = in_days(3), in_days(30)
WAVES = {(ADA, DOCKS): ((SOON, 2), (LATE, 1)), (BEN, DOCKS): ((LATE, 1),)}


def test_units_that_come_with_different_arrivals_are_held_apart_the_latest_first():
    store = HeldStore([fulfillment_order(1, part(ADA, 5), part(BEN, 1, CHAIR))])
    covered = {(ADA, DOCKS): 2}
    first = plan(store.seen, covered, MANAGED, Wanted(waves=WAVES)).holds
    assert first == (Hold(1, {1000 + ADA: 1, 1000 + BEN: 1}, 2),), "what comes last is cut off first"
    carry_out(store, covered, MANAGED, Wanted(waves=WAVES))
    held = [{p.line_id: p.remaining for p in each.parts} for each in store.seen if under_our_hold(each)]
    assert sorted(held, key=str) == [{ADA: 1, BEN: 1}, {ADA: 2}]


def test_each_arrival_lets_a_whole_fulfillment_order_go():
    store = HeldStore([fulfillment_order(1, part(ADA, 3))])
    carry_out(store, {}, MANAGED, Wanted(waves=WAVES))
    assert carry_out(store, {(ADA, DOCKS): 2}, MANAGED, Wanted(waves=WAVES))[1] == 1
    assert store.units(MANAGED) == {(ADA, DOCKS): 2}
    carry_out(store, {(ADA, DOCKS): 3}, MANAGED, Wanted(waves=WAVES))
    assert store.units(MANAGED) == {(ADA, DOCKS): 3}


@law
@given(
    stores(),
    coverings,
    st.dictionaries(
        st.sampled_from(SPOTS), st.lists(st.tuples(st.sampled_from([SOON, LATE, None]), st.integers(1, 4)), max_size=3)
    ),
)
def test_however_arrivals_cut_it_exactly_the_uncovered_units_wait(store, covered, cut):
    in_order = {spot: sorted(some, key=lambda wave: (wave[0] is None, wave[0] or SOON)) for spot, some in cut.items()}
    rest, _ = carry_out(store, covered, MANAGED, Wanted(waves=in_order))
    assert rest == HoldPlan()
    nothing_uncovered_is_exposed(store, covered)
    nothing_covered_whole_stays_held(store, covered)


def test_an_order_that_ships_together_is_held_whole_goods_that_nobody_manages_too():
    mixed = fulfillment_order(1, *LAMP_AND_CHAIR, part(CLEO, 1, MUG))
    wanted = planned(mixed, covered={(BEN, DOCKS): 1}, way=Way.TOGETHER)
    assert wanted == HoldPlan(holds=(Hold(1, None, 3),))
    held = fulfillment_order(1, *mixed.parts, status="ON_HOLD", holds=(OURS,))
    assert planned(held, covered={(BEN, DOCKS): 1}, way=Way.TOGETHER) == HoldPlan()
    both = {(ADA, DOCKS): 1, (BEN, DOCKS): 1}
    assert planned(held, covered=both, way=Way.TOGETHER) == HoldPlan(releases=(Release(1, (1,), both),))
    assert planned(held, covered=both, way=Way.TOGETHER, may_release=False) == HoldPlan()


@law
@given(stores(), coverings, st.sampled_from([Way.TOGETHER, Way.ASKED]))
def test_of_an_order_that_ships_together_nothing_may_leave_before_all_of_it_may(store, covered, way):
    carry_out(store, covered, MANAGED, Wanted(way=way))
    wanted = sum(
        (
            Counter({(p.line_id, o.location_id): p.remaining})
            for o in store.seen
            if is_open(o)
            for p in o.parts
            if p.item_id in MANAGED
        ),
        Counter(),
    )
    free = [o for o in store.seen if is_open(o) and not in_the_works(o) and not under_our_hold(o)]
    if all(covered.get(spot, 0) >= units for spot, units in wanted.items()):
        assert not any(under_our_hold(o) for o in store.seen if is_open(o) and not in_the_works(o))
    else:
        assert free == []


def test_while_a_customer_is_asked_what_waits_is_held_apart_from_what_could_leave():
    store = HeldStore([fulfillment_order(1, *LAMP_AND_CHAIR, part(CLEO, 1, MUG))])
    carry_out(store, {(BEN, DOCKS): 1}, MANAGED, Wanted(way=Way.ASKED))
    held = [{p.line_id for p in each.parts} for each in store.seen if under_our_hold(each)]
    assert sorted(held, key=str) == [{ADA}, {BEN, CLEO}]
    carry_out(store, {(BEN, DOCKS): 1}, MANAGED, Wanted(way=Way.SPLIT))
    assert [{p.line_id for p in each.parts} for each in store.seen if not under_our_hold(each)] == [{BEN, CLEO}]


def test_a_hold_that_covers_too_much_is_narrowed_only_where_that_is_allowed():
    held = fulfillment_order(1, part(ADA, 5), status="ON_HOLD", holds=(OURS,))
    covered = {(ADA, DOCKS): 2}
    assert planned(held, covered=covered) == HoldPlan()
    narrowed = Narrow(1, (1,), {1000 + ADA: 3}, {(ADA, DOCKS): 2})
    assert planned(held, covered=covered, may_narrow=True) == HoldPlan(narrows=(narrowed,))
    assert planned(held, covered=covered, may_narrow=True, may_release=False) == HoldPlan()
    theirs = fulfillment_order(1, part(ADA, 5), status="ON_HOLD", holds=(THEIRS, OURS))
    assert planned(theirs, covered=covered, may_narrow=True) == HoldPlan(), (
        "theirs stays, and what it holds stays whole"
    )
    service = fulfillment_order(1, part(ADA, 5), status="ON_HOLD", holds=(OURS,), is_service=True)
    assert planned(service, covered=covered, may_narrow=True) == HoldPlan()


def test_when_somebody_elses_hold_ends_what_is_covered_is_let_go():
    store = HeldStore([fulfillment_order(1, part(ADA, 5), status="ON_HOLD", holds=(THEIRS,))])
    covered = {(ADA, DOCKS): 2}
    carry_out(store, covered, MANAGED, Wanted(may_narrow=True))
    assert store.units(MANAGED) == {}
    store.orders[1] = replace(store.orders[1], holds=tuple(h for h in store.orders[1].holds if h.ours))
    carry_out(store, covered, MANAGED, Wanted(may_narrow=True))
    assert store.units(MANAGED) == {(ADA, DOCKS): 2}


def test_what_a_hold_cut_apart_becomes_one_again_and_nothing_else():
    one, two = (fulfillment_order(n, part(ADA, 1), actions=frozenset({"MERGE"})) for n in (1, 2))
    covered = {(ADA, DOCKS): 2}
    assert planned(one, two, covered=covered, cut=frozenset({1, 2})) == HoldPlan(merges=((1, 2),))
    assert planned(one, two, covered=covered) == HoldPlan(), "that somebody else cut it is their business"
    held = fulfillment_order(2, part(ADA, 1), status="ON_HOLD", holds=(THEIRS,))
    assert planned(one, held, covered=covered, cut=frozenset({1, 2})) == HoldPlan()


def test_a_hold_that_was_lost_too_often_is_shown_to_a_person_instead():
    wanted = planned(fulfillment_order(7, part(ADA, 1)), given_up=frozenset({(ADA, DOCKS)}))
    assert wanted.holds == ()
    assert wanted.blocked[0].startswith("fulfillment order 7 lost our hold three times in a day")
