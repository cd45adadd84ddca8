"""The shelf and the days of those who wait, decided together where promises go before age."""

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allocation import allocate
from backorder.rules.projection import project, wants
from backorder.rules.promise_first import by_promise
from backorder.rules.repromise import Arrival, kept
from backorder.rules.settled import Settled
from tests.rules.cast import ADA, BEN, CLEO, DORA, TODAY, claim, future, in_days, law, lot
from tests.rules.draws import futures, queues
from tests.rules.shelf_laws import hold_but_for_age, nobody_overtakes

told = st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(-3, 40).map(in_days)), max_size=6)


def served(queue, supply, coming, promised):
    """The shelf, and the queue behind it."""
    shelf = allocate(queue, Settled(supply, 0), by_promise(coming, promised))
    return shelf, project(shelf.claims, coming, deficit=shelf.short, promised=promised)


@law
@given(queues(), st.integers(0, 12), futures(trusting=True), told)
def test_the_laws_of_the_shelf_hold_but_for_who_goes_first(queue, supply, coming, promised):
    def by_the_policy(claims, settled):
        return allocate(claims, settled, by_promise(coming, promised))

    hold_but_for_age(by_the_policy, queue, Settled(supply, 0))


@law
@given(queues(), st.integers(0, 12), futures(trusting=True))
def test_where_nobody_was_promised_anything_it_is_first_come(queue, supply, coming):
    shelf, walked = served(queue, supply, coming, {})
    assert shelf == allocate(queue, Settled(supply, 0))
    assert walked == project(shelf.claims, coming, deficit=shelf.short)
    nobody_overtakes(shelf, {one.line_id: one for one in queue}, Settled(supply, 0))


@law
@given(queues(ready_only=True), st.integers(0, 12), futures(trusting=True), told)
def test_a_promise_that_can_be_kept_is_kept_by_the_shelf_and_the_days_together(queue, supply, coming, promised):
    queue = sorted((claim(one.line_id, one.units, since=one.since) for one in queue), key=lambda one: one.age)
    arrivals = [Arrival(coming.today, supply)] + [
        Arrival(coming.calendar.ships_on(max(each.due(coming.today), coming.earliest)), each.units)
        for each in coming.in_order()
    ]
    keeps = kept([wants(one, one.units, promised) for one in queue], arrivals)
    shelf, walked = served(queue, supply, coming, promised)
    for one, deadline in zip(shelf.claims, keeps, strict=True):
        if deadline is not None:
            day = walked.claims[one.line_id, one.location_id].ship_by if one.backordered else coming.today
            assert day <= promised[one.line_id]


@law
@given(queues(), futures(trusting=True), told, st.integers(0, 3))
def test_no_lot_serves_more_than_it_holds_and_what_is_left_is_what_nobody_took(queue, coming, promised, deficit):
    walked = project(queue, coming, deficit, promised)
    used = {}
    for projection in walked.claims.values():
        for serving in projection.servings:
            used[serving.lot.lot_id] = used.get(serving.lot.lot_id, 0) + serving.units
    left = {serving.lot.lot_id: serving.units for serving in walked.left}
    first_come = project(queue, coming, deficit)
    assert sum(left.values()) == sum(serving.units for serving in first_come.left)
    for each in coming.lots:
        assert used.get(each.lot_id, 0) + left.get(each.lot_id, 0) <= each.units


def test_ada_was_told_a_later_day_than_ben_so_ben_has_the_one_lamp_on_the_shelf():
    promised = {ADA: in_days(20), BEN: TODAY}
    shelf, walked = served([claim(ADA), claim(BEN)], 1, future(lot(1, 20)), promised)
    assert [one.given for one in shelf.claims] == [0, 1]
    assert walked.claims[ADA, shelf.claims[0].location_id].ship_by == in_days(20)


def test_a_promise_that_nothing_can_keep_any_more_holds_nobody_up():
    promised = {ADA: in_days(20), BEN: in_days(-1)}
    shelf, _ = served([claim(ADA), claim(BEN)], 1, future(lot(1, 20)), promised)
    assert [one.given for one in shelf.claims] == [1, 0]


def test_who_is_not_paid_has_no_promise_to_go_by():
    promised = {ADA: in_days(20), BEN: TODAY}
    shelf, _ = served([claim(ADA), claim(BEN, ready=False)], 1, future(lot(1, 20)), promised)
    assert [one.given for one in shelf.claims] == [1, 0]


def test_the_next_buyer_gets_what_no_promise_needs():
    promised = {ADA: in_days(10), CLEO: in_days(10)}
    _, walked = served([claim(ADA), claim(CLEO), claim(DORA)], 0, future(lot(2, 5, 1), lot(3, 15, 2)), promised)
    assert [(serving.lot.lot_id, serving.units) for serving in walked.left] == [(2, 2)]
