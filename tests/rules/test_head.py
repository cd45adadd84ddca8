"""The head of a long queue is served column by column as it would be claim by claim."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allocation import allocate
from backorder.rules.claims import Claim
from backorder.rules.head import Head, Served
from backorder.rules.settled import Settled
from tests.rules.cast import DOCKS, LAMP, TODAY, claim, hours_ago, law
from tests.rules.draws import queues


def head_of(claims: list[Claim]) -> Head:
    """These claims, oldest first, as columns."""
    columns = (
        "line_id",
        "order_id",
        "units",
        "since",
        "rank",
        "routed",
        "projected_on",
        "run",
        "stopped_since",
        "lost_turn",
    )
    return Head(LAMP, DOCKS, *(tuple(getattr(one, name) for one in claims) for name in columns))


@st.composite
def heads(draw: st.DrawFn) -> list[Claim]:
    """Claims that were given nothing, oldest first, younger than all that ``queues`` draws; some are not routed, some are stopped."""
    return [
        replace(
            claim(who, draw(st.integers(1, 5)), since=hours_ago(-who), exposed=0),
            routed=draw(st.booleans()),
            run=draw(st.sampled_from((None, 0, 7, 8))),
            projected_on=draw(st.sampled_from((None, TODAY))),
            stopped_since=draw(st.sampled_from((None, hours_ago(3)))),
        )
        for who in range(101, draw(st.integers(101, 106)))
    ]


def served(older: tuple[Claim, ...], head: list[Claim], supply: int) -> tuple[list[Claim], Served, int]:
    """Who gets what when the head is served behind the older ones, and what is left."""
    shelf = allocate(older, Settled(supply, unseen=0))
    of_head = head_of(head).serve(shelf.free)
    return [*shelf.claims, *of_head.claims()], of_head, shelf.free - of_head.total


@law
@given(queues(ready_only=True), heads(), st.integers(-2, 30))
def test_a_head_is_given_what_its_claims_would_be_given(older, head, supply):
    found, _, free = served(older, head, supply)
    whole = allocate([*older, *head], Settled(supply, unseen=0))
    assert (tuple(found), free) == (whole.claims, whole.free)


@law
@given(heads(), st.integers(-2, 30))
def test_whatever_was_held_and_is_covered_is_let_go(head, supply):
    found, of_head, _ = served((), head, supply)
    may_go = [one.order_id for one in found if one.given and one.routed and one.stopped_since is None]
    assert of_head.released == may_go


@law
@given(heads(), st.integers(-2, 30))
def test_units_are_counted_in_the_runs_that_they_were_given_in(head, supply):
    found, of_head, _ = served((), head, supply)
    counted: Counter[int | None] = Counter()
    for one in found:
        counted[one.run] += one.given
    assert +of_head.by_run == +counted
    assert of_head.total == counted.total()


@law
@given(heads())
def test_a_head_has_its_claims_in_it(head):
    assert head_of(head).claims() == head
    assert head_of(head).claims(ready=False) == [replace(one, ready=False) for one in head]


def test_a_head_that_stood_before_an_older_one_would_be_served_too_early():
    """Why ``queues.front`` cuts the head off behind the youngest of those of whom more is to be known."""
    elder, younger = claim(1, 2, since=hours_ago(4)), claim(2, 2, since=hours_ago(2))
    (_, late), _, _ = served((younger,), [elder], 2)
    assert late.given == 0
    assert [one.given for one in allocate([elder, younger], Settled(2, unseen=0)).claims] == [2, 0]


@pytest.mark.parametrize(("free", "given"), [(-1, ()), (0, ()), (1, (1,)), (2, (2,)), (3, (2, 1)), (9, (2, 3))])
def test_the_last_one_may_get_a_part(free, given):
    head = head_of([claim(1, 2, since=hours_ago(4)), claim(2, 3, since=hours_ago(3))])
    assert tuple(head.serve(free).given) == given
