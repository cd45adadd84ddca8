"""Who is served under each policy: the laws of the shelf, nobody starves, and what the days say is what the shelf does."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.rules.allocation import allocate
from backorder.rules.by_policy import Serves, Whose
from backorder.rules.projection import project
from backorder.rules.queue_policy import CHOSEN_FIRST, QueuePolicy, cannot_be
from backorder.rules.settled import Settled
from backorder.rules.tranches import pieces
from tests.rules.best_way import allowed, rated, served_alone
from tests.rules.cast import ADA, NOW, TODAY, claim, future, law, lot
from tests.rules.draws import queues
from tests.rules.policies import PATIENCE, days_old, enlarged, given_to, of_day, people, policies, served, serves, whose
from tests.rules.shelf_laws import stays


@law
@given(queues(), st.integers(-2, 14), policies, whose)
def test_no_unit_is_lost_and_none_is_given_twice_and_what_is_kept_stays(queue, supply, policy, who):
    before = {one.line_id: one for one in queue}
    shelf = served(days_old(queue), supply, policy, who)
    assert {one.line_id for one in shelf.claims} == set(before)
    assert shelf.allocated + shelf.free - shelf.short == supply
    assert not (shelf.free and shelf.short)
    assert shelf.allocated <= max(supply, sum(stays(one, Settled(supply, 0)) for one in queue))
    for one in shelf.claims:
        assert stays(before[one.line_id], Settled(supply, 0)) <= one.given <= one.units


@law
@given(queues(), st.integers(0, 14), policies, whose)
def test_deciding_twice_and_letting_go_meanwhile_gives_the_same(queue, supply, policy, who):
    """Units that are released become kept, and are counted for the day: whoever is released first, nobody else loses by it."""
    fresh = [replace(one, given=0, kept=0, in_works=0) for one in days_old(queue)]
    once = served(fresh, supply, policy, who)
    assert served(once.claims, supply, policy, who) == once
    for some in (once.claims[::2], once.claims[1::2]):
        gone = {one.line_id for one in some}
        kept = Counter({one.order_id: one.given for one in some if one.given})
        after = [replace(one, kept=one.given) if one.line_id in gone else one for one in once.claims]
        again = served(after, supply, policy, who, kept)
        assert [one.given for one in again.claims] == [one.given for one in once.claims]


@law
@given(queues(), st.integers(0, 14), policies.filter(lambda one: one.whole == "off"), whose)
def test_nothing_lies_idle_while_somebody_waits_where_units_may_be_given_singly(queue, supply, policy, who):
    shelf = served(days_old(queue), supply, policy, who)
    assert not (shelf.free and any(one.backordered for one in shelf.claims))


@law
@given(
    queues(),
    st.integers(0, 14),
    policies.filter(lambda one: one.whole == "line"),
    whose,
    st.sampled_from((0, 0, 1, 3)),
    st.integers(1, 3),
)
def test_what_lies_idle_for_whole_lines_is_less_than_anybody_who_waits_takes_or_is_set_aside(
    queue, supply, policy, who, added, days
):
    queue = [enlarged(one, added, days) if one.line_id % 2 else one for one in days_old(queue)]
    shelf = served(queue, supply, policy, who)
    by = serves(policy, who)
    aside = by.set_aside(shelf.claims, 10**6, TODAY)
    assert aside == sum(
        one.backordered
        for one in shelf.claims
        if one.ready and all(by.passed_over_no_more(piece, TODAY) for piece in pieces(one))
    )
    lies = shelf.free - aside
    assert all(one.backordered > lies for one in shelf.claims if one.backordered)
    before = {one.line_id: one for one in queue}
    for one in shelf.claims:
        floor = stays(before[one.line_id], Settled(supply, 0))
        assert one.given in {floor, one.units}, "a line is served whole or not at all"


@law
@given(queues(), st.integers(0, 14), policies, whose)
def test_who_has_waited_long_enough_is_passed_over_by_nobody_younger(queue, supply, policy, who):
    queue = days_old(queue)
    shelf, by = served(queue, supply, policy, who), serves(policy, who)
    before = {one.line_id: one for one in queue}
    long = [one for one in shelf.claims if one.ready and one.backordered and by.passed_over_no_more(one, TODAY)]
    apart = who.incomplete if policy.whole == "order" else frozenset()
    for old in long:
        reserved = min(old.backordered, shelf.free)
        for young in shelf.claims:
            newly = young.given - stays(before[young.line_id], Settled(supply, 0))
            if newly > 0 and young.age > old.age and not by.passed_over_no_more(young, TODAY):
                # Only of an order that waits for something else is more there than it takes; then its units lie there for it.
                assert old.order_id in apart
                assert reserved == old.backordered


@law
@given(queues(), st.integers(0, 14), policies, whose, st.dictionaries(people, st.integers(1, 4)))
def test_chosen_ones_go_before_their_turn_with_their_part_of_the_day_only(queue, supply, policy, who, kept):
    policy = replace(policy, goes_first=CHOSEN_FIRST)
    fresh = [replace(one, given=0, kept=0, in_works=0) for one in queue]
    shelf = served(fresh, supply, policy, who, kept)
    plain = served(fresh, supply, replace(policy, goes_first="first come"), who, kept)
    got = {one.line_id: one.given for one in shelf.claims}
    in_turn = {one.line_id: one.given for one in plain.claims}
    had = sum(units for order_id, units in kept.items() if order_id in who.chosen)
    part = max(0, (sum(kept.values()) + supply) * policy.chosen_percent // 100 - had)
    if policy.chosen_units_a_day is not None:
        part = min(part, max(0, policy.chosen_units_a_day - had))
    chosen = [one for one in queue if one.order_id in who.chosen]
    if policy.whole == "off" and policy.customer_units is None:
        assert sum(max(0, got[one.line_id] - in_turn[one.line_id]) for one in chosen) <= part


wishes = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from((0, 0, 1, 2)), st.integers(1, 3)), min_size=1, max_size=4
)


@law
@given(wishes, st.integers(0, 6), policies, whose)
def test_of_all_ways_to_give_it_is_the_one_that_the_words_say(wants, supply, policy, who):
    """Every way to give is tried, and the best picked by the words alone: first those who go first, each as well as can be, then by age.

    Some lines were enlarged by an edit: what is given singly is then given to each part at its own age.
    """
    policy = replace(policy, customer_units=None)
    queue = days_old([claim(at + 1, units) for at, (units, _, _) in enumerate(wants)])
    queue = [enlarged(one, added, days) for one, (_, added, days) in zip(queue, wants, strict=True)]
    if policy.whole != "off":  # nothing is set aside while nobody has waited long enough
        policy = replace(policy, passed_over_days=300)
    alone = served_alone(queue, policy)
    ways = product(*(range(one.units + 1) for one in alone))
    best = max(
        (way for way in ways if sum(way) <= supply and allowed(way, alone, policy, who)),
        key=rated(alone, supply, policy, who),
    )
    found = Counter()
    for one, units in zip(alone, best, strict=True):
        found[one.line_id] += units
    assert given_to(served(queue, supply, policy, who)) == {one.line_id: found[one.line_id] for one in queue}


@settings(max_examples=60, deadline=None)
@given(policies, st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_an_endless_stream_of_favoured_buyers_keeps_nobody_waiting_for_ever(policy, units, arrive, complete):
    """Each day favoured buyers come for more than arrives. Ada came first, wants some, and is favoured by nothing.

    After the days in which she may be passed over only those before her go first, and there is nobody before her.
    """
    ada = claim(ADA, units, since=NOW)
    waiting, given_, number, lying = [ada], 0, 100, 0
    enough = PATIENCE + 1 + -(-units // arrive)
    for ahead in range(enough + 1):
        on = TODAY + timedelta(days=ahead)
        for _ in range(arrive + 2):
            number += 1
            waiting.append(claim(number, 1, since=NOW + timedelta(days=ahead, minutes=number)))
        who = Whose(
            frozenset(one.order_id for one in waiting if one is not ada), {}, frozenset({ADA} if complete else ())
        )
        who = replace(who, incomplete=who.incomplete if policy.whole != "order" else frozenset())
        by = Serves(policy, who, of_day)
        found = by.give([(one, one.units - (given_ if one is ada else 0)) for one in waiting], arrive + lying, on)
        given_ += found[0]
        lying = arrive + lying - sum(found)
        if given_ == ada.units:
            break
        waiting = [one for one, got in zip(waiting, found, strict=True) if one is ada or got < one.units]
    assert given_ == ada.units
    assert ahead <= enough


def test_without_an_end_to_being_passed_over_ada_would_wait_for_ever():
    """The negative control: such a policy may not be saved, and this is why."""
    policy = QueuePolicy(
        CHOSEN_FIRST, chosen_tags=("VIP",), chosen_percent=None, chosen_units_a_day=9, passed_over_days=None
    )
    for ahead in range(50):
        vip = claim(200 + ahead, since=NOW + timedelta(days=ahead))
        by = Serves(policy, Whose(frozenset({vip.order_id})), of_day)
        assert by.give([(claim(ADA), 1), (vip, 1)], 1, TODAY + timedelta(days=ahead)) == [0, 1]
    assert cannot_be(policy)[0] == "passed_over_days"


coming = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=4).map(
    lambda found: future(*[lot(units, ahead, number + 1) for number, (ahead, units) in enumerate(sorted(found))])
)


@law
@given(queues(), st.integers(0, 4), coming, policies, whose)
def test_on_the_day_on_which_goods_land_they_go_to_whom_the_day_was_named(queue, supply, to_come, policy, who):
    """The first to come lands on its day, all that was given before having been let go: the shelf gives it as the days said."""
    by = serves(policy, who)
    fresh = [replace(one, given=0, kept=0, in_works=0) for one in days_old(queue)]
    shelf = served(fresh, supply, policy, who)
    walked = project(shelf.claims, to_come, serves=by, free=shelf.free)
    lots = to_come.in_order()
    if not lots:
        return
    first = lots[0]
    lands = max(first.due(to_come.today), to_come.earliest)
    waiting = [replace(one, kept=one.given) for one in shelf.claims]
    gone = Counter({one.order_id: one.given for one in shelf.claims if one.given and lands == TODAY})
    later = replace(by, kept={lands: gone} if gone else {})
    if gone:
        walked = project(waiting, to_come, serves=later, free=shelf.free)
    landed = allocate(waiting, Settled(supply + first.units, 0), lambda wanted, free: later.give(wanted, free, lands))
    for one, before in zip(landed.claims, shelf.claims, strict=True):
        if before.backordered and not one.backordered:
            assert walked.claims[one.line_id, one.location_id].last_lot == first
        elif before.backordered:
            found = walked.claims[one.line_id, one.location_id]
            assert found.last_lot != first or found.ship_by is None or found.basis != "lot"


@law
@given(queues(), st.integers(0, 4), coming, policies, whose, st.integers(0, 3))
def test_no_lot_serves_more_than_it_holds(queue, free, to_come, policy, who, deficit):
    walked = project(days_old(queue), to_come, deficit, serves=serves(policy, who), free=0 if deficit else free)
    used = Counter()
    for projection in walked.claims.values():
        for each in projection.servings:
            used[each.lot.lot_id] += each.units
    for each in walked.left:
        used[each.lot.lot_id] += each.units
    assert all(used[each.lot_id] <= each.units for each in to_come.lots)


@law
@given(queues(), coming, st.integers(0, 4))
def test_walked_by_age_alone_the_days_are_those_of_first_come(queue, to_come, deficit):
    policy = QueuePolicy(passed_over_days=1)
    theirs = project(queue, to_come, deficit, serves=serves(policy))
    plain = project(queue, to_come, deficit)
    assert {spot: one.ship_by for spot, one in theirs.claims.items()} == {
        spot: one.ship_by for spot, one in plain.claims.items()
    }
