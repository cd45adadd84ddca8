"""How a variant is sold, and why: the five states, each with a reason, none without its due (A48, G16, C06)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.cap import Closed
from backorder.rules.projection import Projection, Serving
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, Lifecycle, SellingState, Situation, decide
from tests.rules.cast import NOW, TODAY, in_days, law, lot

BY_LOT = Projection(in_days(12), Basis.LOT, (Serving(lot(40, 12), 1),))
BY_LEAD_TIME = Projection(in_days(30), Basis.LEAD_TIME)
ASAP, UNKNOWN = Projection(None, Basis.ASAP), Projection(None, Basis.UNKNOWN)

SHUT = Closed(NOW, supply=40, terms="", size=40)
SOLD_OUT = Situation(
    tracked=True,
    on_sale=True,
    free=0,
    inbound=0,
    open_backorders=0,
    limit_percent=100,
    max_backorders=None,
    next_place=UNKNOWN,
)


def situation(**changes: object) -> Situation:
    return replace(SOLD_OUT, **changes)


situations = st.builds(
    Situation,
    tracked=st.booleans(),
    on_sale=st.booleans(),
    free=st.integers(-20, 5),
    inbound=st.integers(0, 40),
    open_backorders=st.integers(0, 20),
    limit_percent=st.integers(0, 100),
    max_backorders=st.one_of(st.none(), st.integers(0, 20)),
    next_place=st.sampled_from((BY_LOT, BY_LEAD_TIME, ASAP, UNKNOWN)),
    set_by_hand=st.sampled_from((None, Policy.DENY, Policy.CONTINUE)),
    silent=st.booleans(),
    reserve=st.integers(0, 3),
    closed=st.sampled_from((None, SHUT)),
    open_at=st.integers(0, 3),
    lifecycle=st.sampled_from(Lifecycle),
    sell_until=st.sampled_from((None, in_days(-1), in_days(0))),
    today=st.just(TODAY),
)

POLICY_OF = {
    SellingState.IN_STOCK: None,
    SellingState.SILENT: Policy.CONTINUE,
    SellingState.BACKORDER: Policy.CONTINUE,
    SellingState.ASAP: Policy.CONTINUE,
    SellingState.WAITLIST: Policy.DENY,
}


def check(decision: Decision) -> None:
    """What is true of every decision, whatever the situation."""
    assert decision.reason.endswith("."), "every state has its reason, in a sentence"
    if (
        decision.state is SellingState.ENDED
    ):  # the merchant's own where the product is off sale, else not beyond the shelf
        assert decision.policy is not Policy.CONTINUE
    elif decision.state is not SellingState.IN_STOCK or decision.policy is None:  # the last units may open it early
        assert decision.policy == POLICY_OF[decision.state], "the policy is what makes the state true"
    assert (decision.ship_by is not None) is (decision.state is SellingState.BACKORDER), "backorder has a date, only it"


@law
@given(situations)
def test_every_situation_has_one_state_with_its_reason_and_its_policy(anything):
    check(decide(anything))


@law
@given(situations)
def test_what_is_in_stock_takes_the_policy_only_for_its_last_units_and_never_to_stop(anything):
    decision = decide(replace(anything, tracked=True, on_sale=True, free=max(1, anything.free)))
    assert decision.state is SellingState.IN_STOCK
    if anything.free > anything.open_at:
        assert decision.policy is None
    assert decision.policy is not Policy.DENY


@law
@given(situations.filter(lambda s: s.tracked and s.on_sale and s.free <= 0 and s.set_by_hand))
def test_what_is_shown_follows_the_policy_that_somebody_set_by_hand(anything):
    assert decide(anything).policy == anything.set_by_hand


@law
@given(situations, st.integers(1, 20))
def test_while_lots_serve_more_demand_never_opens_what_was_closed(anything, more):
    by_lot = replace(anything, next_place=BY_LOT, set_by_hand=None, tracked=True, on_sale=True)
    demanded = replace(by_lot, free=by_lot.free - more, open_backorders=by_lot.open_backorders + more)
    if decide(by_lot).policy is Policy.DENY:
        assert decide(demanded).policy is Policy.DENY


@law
@given(st.integers(0, 100), st.integers(0, 40), st.integers(0, 50))
def test_orders_are_taken_until_the_allowed_share_of_what_comes_is_claimed_and_no_further(percent, inbound, waiting):
    sold = situation(free=-waiting, inbound=inbound, limit_percent=percent, next_place=BY_LOT)
    expected = SellingState.BACKORDER if waiting < inbound * percent // 100 else SellingState.WAITLIST
    assert decide(sold).state is expected


@law
@given(situations.filter(lambda s: s.tracked and s.on_sale and s.free <= 0), st.integers(1, 20))
def test_what_lies_free_at_one_place_opens_nothing_that_is_closed_and_ships_at_once_while_it_is_open(anything, lying):
    there = replace(anything, lies_free=lying)
    without = decide(anything)
    if without.policy is Policy.CONTINUE and there.at_once > 0:
        assert decide(there).state is SellingState.IN_STOCK
        assert decide(there).policy is Policy.CONTINUE, "the store itself counts none"
    else:
        assert replace(decide(there), reason="") == replace(without, reason="")
    assert there.at_once <= lying


@pytest.mark.parametrize(
    ("given_that", "at_once"),
    [
        ({"free": 4, "lies_free": 3}, 4),
        ({"free": 3, "lies_free": 8, "inbound": 40}, 8),
        ({"free": -2, "lies_free": 3, "inbound": 40}, 3),
        ({"free": -2, "lies_free": 3, "inbound": 4}, 2),
        ({"free": -2, "lies_free": 3, "inbound": 4, "reserve": 1}, 1),
        ({"free": -2, "lies_free": 3, "inbound": 4, "set_by_hand": Policy.CONTINUE}, 3),
        ({"free": -2, "lies_free": 3, "next_place": BY_LEAD_TIME}, 3),
        ({"free": -2, "lies_free": 0, "inbound": 40}, 0),
        ({"free": 0, "lies_free": 3, "inbound": 0}, 0),
    ],
)
def test_of_what_lies_free_at_one_place_no_more_ships_at_once_than_may_still_be_sold(given_that, at_once):
    assert situation(**{"next_place": BY_LOT} | given_that).at_once == at_once


def test_a_decision_that_lies_about_its_policy_is_caught():
    honest = decide(situation(next_place=BY_LOT, inbound=40))
    check(honest)
    with pytest.raises(AssertionError, match="the policy is what makes the state true"):
        check(replace(honest, policy=Policy.DENY))
    with pytest.raises(AssertionError, match="backorder has a date"):
        check(replace(honest, ship_by=None))


@pytest.mark.parametrize(
    ("given_that", "state", "reason"),
    [
        ({"tracked": False}, "in_stock", "The store does not count this item, so it never runs out."),
        ({"on_sale": False, "free": 5}, "ended", "The product is not active in the store."),
        ({"free": 1}, "in_stock", "1 unit on the shelf and free."),
        ({"free": 3, "set_by_hand": Policy.DENY}, "in_stock", "3 units on the shelf and free."),
        ({"inbound": 40, "next_place": BY_LOT}, "backorder", "40 units left to sell, next from PO-1."),
        (
            {"inbound": 40, "next_place": replace(BY_LOT, overdue=True)},
            "backorder",
            "40 units left to sell, next from PO-1. That shipment is overdue.",
        ),
        (
            {"inbound": 40, "free": -40, "next_place": BY_LOT},
            "waitlist",
            "Everything that may be sold of the coming shipments is spoken for.",
        ),
        (
            {"next_place": BY_LEAD_TIME},
            "backorder",
            "Nothing more is on order; the date follows the supplier's lead time.",
        ),
        ({"next_place": ASAP}, "asap", "No date is known, and the terms allow selling without one."),
        ({}, "waitlist", "Sold out: nothing is on order and no lead time is known."),
        ({"inbound": 40, "free": -40}, "waitlist", "Everything to come is already spoken for."),
        (
            {"to_others": 1},
            "waitlist",
            "Sold out: 1 unit will come, but to no location that sends online orders.",
        ),
        (
            {"to_others": 10, "next_place": BY_LEAD_TIME},
            "backorder",
            (
                "10 units more will come, but to no location that sends online orders; "
                "the date follows the supplier's lead time."
            ),
        ),
        (
            {"next_place": BY_LEAD_TIME, "open_backorders": 5, "max_backorders": 5},
            "waitlist",
            "5 units wait already, and the limit is 5.",
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "set_by_hand": Policy.DENY},
            "waitlist",
            "Somebody set the policy by hand to stop selling when out of stock.",
        ),
        (
            {"inbound": 40, "free": -41, "next_place": BY_LOT, "set_by_hand": Policy.CONTINUE},
            "backorder",
            "0 units left to sell, next from PO-1.",
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "silent": True},
            "silent",
            "40 units left to sell as if in stock: PO-1 lets it ship by 13 July 2026, within the shop's ordinary time.",
        ),
        (
            {"free": 2, "inbound": 40, "next_place": BY_LOT, "open_at": 3},
            "in_stock",
            "2 units on the shelf and free. The backorder is open already, from 3 units on.",
        ),
        ({"free": 2, "open_at": 3}, "in_stock", "2 units on the shelf and free."),
        (
            {"free": -2, "lies_free": 3, "inbound": 40, "next_place": BY_LOT},
            "in_stock",
            (
                "3 units on the shelf and free at one location, and more wait at others. "
                "The store counts all locations together and finds none, so the backorder is open."
            ),
        ),
        (
            {"free": 2, "counted": -1, "inbound": 40, "next_place": BY_LOT},
            "in_stock",
            (
                "2 units on the shelf and free. "
                "The store counts all locations together and finds none, so the backorder is open."
            ),
        ),
        ({"free": 2, "counted": -1}, "in_stock", "2 units on the shelf and free."),
        (
            {"free": -2, "lies_free": 3, "inbound": 2, "next_place": BY_LOT},
            "waitlist",
            (
                "Everything that may be sold of the coming shipments is spoken for. "
                "3 units on the shelf and free at one location, and more wait at others."
            ),
        ),
        (
            {"free": -2, "lies_free": 3, "inbound": 40, "next_place": BY_LOT, "set_by_hand": Policy.DENY},
            "waitlist",
            (
                "Somebody set the policy by hand to stop selling when out of stock. "
                "3 units on the shelf and free at one location, and more wait at others."
            ),
        ),
        (
            {"inbound": 40, "free": -37, "reserve": 3, "next_place": BY_LOT},
            "waitlist",
            "3 units left, kept back for orders that are under way.",
        ),
        (
            {"inbound": 40, "free": -39, "closed": SHUT, "next_place": BY_LOT},
            "waitlist",
            (
                "1 unit left since it sold out; it opens again with 2 units, when supply or settings change, "
                "or a day after it sold out."
            ),
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "lifecycle": Lifecycle.DISCONTINUED},
            "ended",
            "Discontinued: what is on the shelf is sold, and nothing beyond it.",
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "lifecycle": Lifecycle.LIMITED, "closed": SHUT},
            "ended",
            "A limited edition that is sold out: it does not open again.",
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "sell_until": in_days(-1), "today": TODAY},
            "ended",
            "It was sold on backorder until 30 June 2026.",
        ),
        (
            {"inbound": 40, "next_place": BY_LOT, "sell_until": TODAY, "today": TODAY},
            "backorder",
            "40 units left to sell, next from PO-1.",
        ),
        (
            {"set_by_hand": Policy.CONTINUE},
            "asap",
            "Somebody set the policy by hand to go on selling; no date is known.",
        ),
    ],
)
def test_the_states_as_a_merchant_would_say_them(given_that, state, reason):
    decision = decide(situation(**given_that))
    assert (decision.state.value, decision.reason) == (state, reason)
    check(decision)


def test_the_merchants_cap_closes_at_the_last_allowed_backorder():
    open_at = {n: decide(situation(next_place=BY_LEAD_TIME, open_backorders=n, max_backorders=3)).state for n in (2, 3)}
    assert open_at == {2: SellingState.BACKORDER, 3: SellingState.WAITLIST}


def test_the_date_shown_is_that_of_the_next_place():
    assert decide(situation(inbound=40, next_place=BY_LOT)).ship_by == in_days(12)
    assert decide(situation(next_place=BY_LEAD_TIME)).ship_by == in_days(30)


@law
@given(situations, st.integers(1, 3))
def test_the_last_units_open_the_backorder_only_where_there_is_room_beyond_them(anything, few):
    last = replace(anything, tracked=True, on_sale=True, free=few, open_at=few, set_by_hand=None)
    if decide(last).policy is Policy.CONTINUE:
        assert all(not cap.reached for cap in last.caps)
        assert last.lifecycle is not Lifecycle.DISCONTINUED


def test_units_sold_beyond_the_cap_are_counted():
    assert situation(inbound=40, free=-52, next_place=UNKNOWN).over == 12
    assert situation(inbound=40, free=-52, next_place=BY_LEAD_TIME).over == 0
    assert situation(next_place=BY_LEAD_TIME, open_backorders=7, max_backorders=5).over == 2
    assert situation(inbound=40, free=-40, next_place=UNKNOWN).over == 0
