"""Why is nobody served? Wherever somebody waits there is a reason, every reason is true, and every unit is spoken of once."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allocation import Shelf, allocate
from backorder.rules.queue_policy import QueuePolicy
from backorder.rules.rises import Aside
from backorder.rules.settled import Settled
from backorder.rules.unserved import OF_UNITS, Shown, Why, in_one_sentence, why_nobody
from tests.rules.cast import ADA, BEN, TODAY, claim, law
from tests.rules.draws import queues
from tests.rules.policies import days_old, policies, serves, whose

shelves = st.builds(Settled, supply=st.integers(-3, 14), unseen=st.sampled_from((0, 0, 0, 1, 3, -1)))
quarantines = st.builds(
    lambda units, kept: Aside(units, kept=min(units, kept)), st.sampled_from((0, 0, 1, 4)), st.integers(0, 4)
)
hindrances = st.dictionaries(
    st.integers(1, 6), st.sampled_from((Why.HELD_BY_OTHERS, Why.PACED, Why.STUCK, Why.LEFT_ALONE, Why.WITH_THE_REST))
)


def decided(queue, settled, policy, who, hindered, quarantined):
    """A shelf as it was decided, and why nobody else is served."""
    by = serves(policy, who)
    queue = [replace(one, exposed=min(one.units, one.in_works + one.given // 2)) for one in days_old(queue)]
    shelf = allocate(queue, settled, lambda wanted, free: by.give(wanted, free, TODAY))
    return Shown(
        settled=settled,
        shelf=shelf,
        waiting=sum(one.backordered for one in shelf.claims),
        quarantined=quarantined,
        hindered=hindered,
        policy=policy,
        aside=by.set_aside(shelf.claims, shelf.free, TODAY),
    )


@law
@given(queues(), shelves, policies, whose, hindrances, quarantines)
def test_wherever_somebody_waits_there_is_a_reason_and_it_speaks_of_every_unit_once(
    queue, settled, policy, who, hindered, quarantined
):
    shown = decided(queue, settled, policy, who, hindered, quarantined)
    found = why_nobody(shown)
    assert bool(found) is bool(shown.waiting)
    if found:
        spoken_of = sum(one.units for one in found if one.why in OF_UNITS) - quarantined.units
        assert spoken_of == settled.supply + shown.shelf.short or (
            settled.supply < settled.anonymous and not shown.shelf.short
        )
        assert in_one_sentence(found).endswith(".")


@law
@given(queues(), shelves, policies, whose, hindrances, quarantines)
def test_every_reason_is_true(queue, settled, policy, who, hindered, quarantined):
    shown = decided(queue, settled, policy, who, hindered, quarantined)
    served = [one for one in shown.shelf.claims if one.given]
    for reason in why_nobody(shown):
        assert TRUE[reason.why](shown, served, reason.units), reason


def some(units, claims, of=lambda one: one.given):
    """So many units may be spoken of, of these claims."""
    return 0 < units <= sum(of(one) for one in claims)


TRUE = {
    Why.QUARANTINE: lambda shown, served, n: n in {shown.quarantined.in_question, shown.quarantined.kept},
    Why.NOTHING_THERE: lambda shown, served, n: shown.settled.supply == 0 and not shown.shelf.short,
    Why.OWED: lambda shown, served, n: n in {shown.shelf.short, -shown.settled.supply},
    Why.UNSEEN: lambda shown, served, n: n == shown.settled.unseen,
    Why.UNSETTLED: lambda shown, served, n: n == -shown.settled.unseen,
    Why.IN_WORKS: lambda shown, served, n: (
        n == sum(min(one.given, one.in_works) for one in served if shown.hindered.get(one.order_id) != Why.LEFT_ALONE)
    ),
    Why.LEFT_ALONE: lambda shown, served, n: (
        n == sum(one.given for one in served if shown.hindered.get(one.order_id) == Why.LEFT_ALONE)
    ),
    Why.CAN_SHIP: lambda shown, served, n: some(
        n,
        [
            one
            for one in served
            if one.ready and shown.hindered.get(one.order_id) not in {Why.HELD_BY_OTHERS, Why.LEFT_ALONE}
        ],
        lambda one: one.exposed,
    ),
    Why.UNDER_WAY: lambda shown, served, n: some(
        n, [one for one in served if one.ready and one.order_id not in shown.hindered and one.given > one.exposed]
    ),
    Why.WITH_THE_REST: lambda shown, served, n: some(
        n,
        [
            one
            for one in served
            if shown.hindered.get(one.order_id) == Why.WITH_THE_REST
            or (one.backordered and one.order_id not in shown.hindered)
        ],
    ),
    Why.HELD_BY_OTHERS: lambda shown, served, n: some(
        n, [one for one in served if shown.hindered.get(one.order_id) == Why.HELD_BY_OTHERS]
    ),
    Why.PACED: lambda shown, served, n: some(
        n, [one for one in served if shown.hindered.get(one.order_id) == Why.PACED]
    ),
    Why.STUCK: lambda shown, served, n: some(
        n, [one for one in served if shown.hindered.get(one.order_id) == Why.STUCK]
    ),
    Why.NOT_PAID: lambda shown, served, n: some(n, [one for one in served if not one.ready]),
    Why.NOT_ROUTED: lambda shown, served, n: some(n, [one for one in served if not one.routed]),
    Why.SET_ASIDE: lambda shown, served, n: (
        some(n, [one for one in shown.shelf.claims if one.ready], lambda one: one.backordered) and n <= shown.shelf.free
    ),
    Why.TOO_FEW: lambda shown, served, n: n <= shown.shelf.free and shown.policy.whole != "off",
}


def why(queue, settled, **changes):
    shelf = allocate(queue, settled)
    shown = Shown(settled, shelf, sum(one.backordered for one in shelf.claims), **changes)
    return [one.why for one in why_nobody(shown)], in_one_sentence(why_nobody(shown))


def test_an_empty_shelf_says_that_nothing_is_there():
    assert why([claim(ADA)], Settled(0, 0)) == ([Why.NOTHING_THERE], "Nothing is on the shelf.")


def test_units_of_orders_that_cannot_be_seen_are_named():
    found, said = why([claim(ADA)], Settled(3, 3))
    assert found == [Why.UNSEEN]
    assert said == "3 units belong to orders that we cannot see yet."


def test_one_that_is_not_paid_and_one_that_fraud_checks_hold_are_named():
    _, said = why([claim(ADA), claim(BEN)], Settled(1, 0), hindered={ADA: Why.HELD_BY_OTHERS})
    assert said == "1 unit is set aside for orders that somebody else holds."


def test_goods_that_are_not_counted_or_not_managed_say_so():
    assert why([claim(ADA)], Settled(0, 0), counted=False)[0] == [Why.NOT_COUNTED]
    assert why([claim(ADA)], Settled(0, 0), managed=False)[0] == [Why.NOT_MANAGED]


def test_units_that_turned_up_without_a_reason_are_named_and_so_are_those_that_somebody_set_aside():
    _, said = why([claim(ADA)], Settled(0, 0), quarantined=Aside(3, kept=1))
    assert said == (
        "2 units turned up without a reason and are set aside: release them if they are really there. "
        "1 unit is set aside by hand: release it and it goes to whoever is next. Nothing else is on the shelf."
    )


def test_orders_that_are_let_go_in_turn_say_when_the_next_of_them_leave():
    leave = datetime(2026, 12, 7, 14, 5, tzinfo=UTC)
    queue = [claim(ADA), claim(BEN)]
    _, said = why(
        queue, Settled(1, 0), hindered={ADA: Why.PACED, BEN: Why.PACED}, paced="10 orders an hour", next_leave=leave
    )
    assert said == (
        "1 unit is given to orders that are let go in turn, 10 orders an hour: the next leave at 7 December 2026, 14:05."
    )


def test_what_just_came_in_is_about_to_be_given_out():
    shown = Shown(Settled(1, 0), Shelf((claim(ADA),), free=1, short=0), waiting=1)
    assert [one.why for one in why_nobody(shown)] == [Why.NOT_DECIDED]


def test_one_lamp_that_a_buyer_of_two_cannot_use_lies_there():
    policy = QueuePolicy(whole="line")
    shown = Shown(Settled(1, 0), Shelf((claim(ADA, 2),), free=1, short=0), waiting=2, policy=policy)
    assert (
        in_one_sentence(why_nobody(shown)) == "1 unit lies free, and nobody who waits can be served whole: lines are."
    )
