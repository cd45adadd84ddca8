"""Who gets the shelf: the laws hold whatever happens, and an allocator that breaks one is caught."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allocation import Shelf, allocate
from backorder.rules.claims import Claim
from backorder.rules.settled import Settled
from tests.rules.cast import ADA, BEN, CLEO, DORA, claim, hours_ago, law
from tests.rules.draws import queues
from tests.rules.shelf_laws import best_by_enumeration, hold_for

shelves = st.builds(Settled, supply=st.integers(-4, 20), unseen=st.sampled_from((0, 0, 0, 1, 3, -1, -2)))


def given_to(shelf: Shelf) -> dict[int, int]:
    return {claim.line_id: claim.given for claim in shelf.claims}


def whole(supply: int) -> Settled:
    """A shelf all of whose orders are known."""
    return Settled(supply, unseen=0)


@law
@given(queues(), shelves)
def test_the_laws_of_the_shelf_hold(claims, settled):
    hold_for(allocate, claims, settled)


@law
@given(queues(most=4), shelves)
def test_enumerating_every_way_to_give_finds_the_same(claims, settled):
    assert tuple(claim.given for claim in allocate(claims, settled).claims) == best_by_enumeration(claims, settled)


@law
@given(queues(), shelves, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_arrive_does_not_matter(claims, settled, chance):
    shuffled = list(claims)
    chance.shuffle(shuffled)
    assert allocate(shuffled, settled) == allocate(claims, settled)


@law
@given(queues(), shelves)
def test_deciding_twice_gives_the_same(claims, settled):
    once = allocate(claims, settled)
    assert allocate(once.claims, settled) == once


@law
@given(queues(), st.integers(0, 20))
def test_while_nothing_is_kept_what_an_earlier_decision_gave_does_not_matter(claims, supply):
    fluid = [replace(claim, kept=0, in_works=0) for claim in claims]
    forgotten = [replace(claim, given=0) for claim in fluid]
    assert allocate(fluid, whole(supply)) == allocate(forgotten, whole(supply))


@law
@given(queues(), shelves.filter(lambda settled: not settled.complete))
def test_while_orders_are_unseen_nothing_is_taken_from_anybody(claims, settled):
    after = given_to(allocate(claims, settled))
    assert all(after[claim.line_id] >= claim.given for claim in claims)


@law
@given(st.integers(0, 10), st.integers(1, 10), queues())
def test_units_that_orders_we_cannot_see_have_spoken_for_are_given_to_nobody(supply, unseen, claims):
    nothing_given = [replace(claim, given=0, kept=0, in_works=0) for claim in claims]
    assert allocate(nothing_given, Settled(supply, unseen)).allocated <= max(0, supply - unseen)


def test_the_last_lamp_goes_to_who_waited_longest():
    assert given_to(allocate([claim(CLEO), claim(ADA), claim(BEN)], whole(1))) == {ADA: 1, BEN: 0, CLEO: 0}


def test_a_lamp_that_was_let_go_is_not_taken_back_for_an_older_order():
    queue = [claim(BEN, given=1, kept=1), claim(ADA)]
    assert given_to(allocate(queue, whole(1))) == {ADA: 0, BEN: 1}


def test_a_lamp_that_nobody_was_told_of_goes_to_the_older_order_that_shows_up():
    queue = [claim(BEN, given=1), claim(ADA)]
    assert given_to(allocate(queue, whole(1))) == {ADA: 1, BEN: 0}


def test_a_lamp_being_packed_stays_with_who_it_is_packed_for():
    queue = [claim(ADA), claim(BEN, in_works=1)]
    assert given_to(allocate(queue, whole(1))) == {ADA: 0, BEN: 1}


def test_lamps_being_packed_and_others_that_were_let_go_stay_all_of_them():
    packed_and_released = claim(BEN, 5, given=5, kept=3, in_works=2, exposed=5)
    assert given_to(allocate([claim(ADA, 2), packed_and_released], whole(5))) == {ADA: 0, BEN: 5}
    the_same_units = claim(BEN, 5, given=5, kept=2, in_works=2, exposed=2)
    assert given_to(allocate([claim(ADA, 9), the_same_units], whole(5))) == {ADA: 3, BEN: 2}


# Of a fulfillment order: units, whether our hold of them was released, whether they are being packed, whether they are held now.
PARTS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(("held", "open", "released", "packed", "released and packed"))),
    min_size=1,
    max_size=4,
)


@law
@given(PARTS)
def test_what_is_kept_or_being_packed_is_never_taken_and_little_else_is_protected(parts):
    def count(*words):
        return sum(units for units, state in parts if any(word in state for word in words))

    units = sum(n for n, _ in parts)
    ada = claim(
        ADA, units, given=units, kept=count("released"), in_works=count("packed"), exposed=units - count("held")
    )
    stuck = count("released", "packed")
    assert stuck <= ada.stuck <= stuck + count("open")
    if not count("released and packed"):
        assert ada.stuck == stuck


def test_an_unpaid_order_is_served_behind_everybody_who_paid():
    queue = [claim(ADA, ready=False), claim(BEN), claim(CLEO)]
    assert given_to(allocate(queue, whole(3))) == {ADA: 1, BEN: 1, CLEO: 1}
    assert given_to(allocate(queue, whole(2))) == {ADA: 0, BEN: 1, CLEO: 1}


def test_an_order_without_a_fulfillment_order_yet_keeps_its_place():
    assert given_to(allocate([claim(ADA, routed=False), claim(BEN)], whole(1))) == {ADA: 1, BEN: 0}


def test_the_merchants_rank_goes_before_age():
    assert given_to(allocate([claim(ADA, rank=1), claim(BEN)], whole(1))) == {ADA: 0, BEN: 1}


def test_orders_of_the_same_second_are_served_by_their_number():
    then = hours_ago(3)
    queue = [claim(DORA, since=then), claim(CLEO, since=then)]
    assert given_to(allocate(queue, whole(1))) == {CLEO: 1, DORA: 0}


def test_a_shelf_that_shrinks_under_kept_lamps_is_short_and_takes_nothing_back():
    shelf = allocate([claim(ADA, 2, given=2, kept=2), claim(BEN)], whole(1))
    assert (given_to(shelf), shelf.short, shelf.free) == ({ADA: 2, BEN: 0}, 1, 0)


def test_what_was_kept_shrinks_with_the_order():
    shelf = allocate([claim(ADA, 1, given=3, kept=3)], whole(3))
    assert (shelf.claims[0].given, shelf.claims[0].kept, shelf.free) == (1, 1, 2)


def youngest_first(claims: Sequence[Claim], settled: Settled) -> Shelf:
    reversed_ages = [replace(c, rank=-index) for index, c in enumerate(sorted(claims, key=lambda c: c.age))]
    by_line = {c.line_id: c for c in claims}
    shelf = allocate(reversed_ages, settled)
    return replace(shelf, claims=tuple(replace(by_line[c.line_id], given=c.given) for c in shelf.claims))


def takes_what_was_kept(claims: Sequence[Claim], settled: Settled) -> Shelf:
    return allocate([replace(c, kept=0, in_works=0, given=0) for c in claims], settled)


def gives_one_too_many(claims: Sequence[Claim], settled: Settled) -> Shelf:
    return allocate(claims, replace(settled, supply=settled.supply + 1))


def leaves_one_idle(claims: Sequence[Claim], settled: Settled) -> Shelf:
    shelf = allocate(claims, replace(settled, supply=settled.supply - 1))
    return replace(shelf, free=shelf.free + 1)


def gives_what_the_unseen_claimed(claims: Sequence[Claim], settled: Settled) -> Shelf:
    return allocate(claims, replace(settled, unseen=0))


@pytest.mark.parametrize(
    ("broken", "law_broken"),
    [
        (youngest_first, "nobody is newly served past someone older"),
        (takes_what_was_kept, "what is kept stays"),
        (gives_one_too_many, "no shelf gives more than it holds"),
        (leaves_one_idle, "nothing lies idle"),
    ],
)
def test_an_allocator_that_breaks_a_law_is_caught(broken, law_broken):
    queue = [claim(ADA, 2), claim(BEN, 2), claim(CLEO, given=1, kept=1)]
    hold_for(allocate, queue, whole(3))
    with pytest.raises(AssertionError, match=law_broken):
        hold_for(broken, queue, whole(3))


def test_an_allocator_that_gives_away_what_unseen_orders_claimed_is_caught():
    queue, settled = [claim(ADA, 2)], Settled(supply=2, unseen=1)
    hold_for(allocate, queue, settled)
    with pytest.raises(AssertionError, match="no shelf gives more than it holds"):
        hold_for(gives_what_the_unseen_claimed, queue, settled)
