"""Goods arrive twice on paper: booked in by the merchant, counted in by the store. In either order, they count once (domain §2)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.settled import Matched, match_receipt, match_rise
from tests.rules.cast import law

Matcher = Callable[[int, int, int, int, int], Matched]


@dataclass
class PurchaseOrder:
    """One purchase order on its way in, with our reading of the store's shelf beside it (units)."""

    ordered: int
    match: Matcher = match_rise
    outstanding: int = 0
    docked: int = 0
    presumed: int = 0
    counted: int = 0
    shelf: int = 0
    last_read: int = 0
    shipped_since: int = 0

    def __post_init__(self) -> None:
        self.outstanding = self.ordered

    def booked_in(self, units: int) -> None:
        self.outstanding -= units
        to_dock, self.presumed = match_receipt(units, self.presumed)
        self.docked += to_dock

    def counted_in(self, units: int, *, read: bool = True) -> None:
        self.counted += units
        self.shelf += units
        if read:
            self.read()

    def shipped(self, units: int) -> None:
        self.shelf -= units
        self.shipped_since += units

    def read(self) -> None:
        change = self.shelf - self.last_read
        matched = self.match(change, self.shipped_since, self.docked, self.presumed, self.outstanding)
        self.docked, self.presumed = matched.docked, matched.presumed
        self.last_read, self.shipped_since = self.shelf, 0

    @property
    def everywhere(self) -> int:
        """Every unit of the order wherever it stands; what is presumed stands on the shelf and is still to come on paper."""
        return self.counted + self.docked + self.outstanding - self.presumed


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[int, list[tuple[str, int]]]:
    """An order of some units, its receipts and its counts in random parts, shuffled, with units shipped in between."""
    ordered = draw(st.integers(1, 40))
    acts: list[tuple[str, int]] = []
    for name in ("booked_in", "counted_in"):
        left = draw(st.integers(0, ordered))
        while left:
            some = draw(st.integers(1, left))
            acts.append((name, some))
            left -= some
    acts += [("shipped", units) for units in draw(st.lists(st.integers(1, 3), max_size=4))]
    return ordered, draw(st.permutations(acts))


def happens(order: PurchaseOrder, acts: list[tuple[str, int]]) -> None:
    for name, units in acts:
        getattr(order, name)(units)
        order.read()
        assert order.everywhere == order.ordered, f"a unit is counted twice or nowhere after {name} {units}"


def totals(acts: list[tuple[str, int]]) -> tuple[int, int]:
    return tuple(sum(units for name, units in acts if name == which) for which in ("booked_in", "counted_in"))


@law
@given(arrivals())
def test_in_whatever_order_goods_are_booked_in_and_counted_in_they_count_once(arrival):
    ordered, acts = arrival
    order = PurchaseOrder(ordered)
    happens(order, acts)
    booked, counted = totals(acts)
    assert order.outstanding == ordered - booked
    assert order.docked == max(0, booked - counted)
    assert order.presumed == max(0, counted - booked)


@law
@given(arrivals(), st.randoms(use_true_random=False))
def test_how_often_the_shelf_is_read_in_between_does_not_matter(arrival, chance):
    ordered, acts = arrival
    often, seldom = PurchaseOrder(ordered), PurchaseOrder(ordered)
    happens(often, acts)
    for name, units in acts:
        getattr(seldom, name)(units) if name != "counted_in" else seldom.counted_in(units, read=False)
        if chance.random() < 0.3:
            seldom.read()
    seldom.read()
    assert (seldom.docked, seldom.presumed, seldom.outstanding) == (often.docked, often.presumed, often.outstanding)


@law
@given(arrivals())
def test_reading_twice_explains_nothing_twice(arrival):
    order = PurchaseOrder(arrival[0])
    happens(order, arrival[1])
    before = (order.docked, order.presumed)
    order.read()
    assert (order.docked, order.presumed) == before


@law
@given(*[st.integers(0, 9)] * 3, st.integers(-9, 9), st.integers(0, 9))
def test_the_dock_never_grows_by_reading_and_no_more_is_presumed_than_is_outstanding(dock, presumed, due, change, gone):
    matched = match_rise(change, gone, dock, presumed, due)
    assert 0 <= matched.docked <= dock
    assert 0 <= matched.presumed <= due


def test_three_booked_in_and_then_counted_in_leave_the_dock_empty():
    order = PurchaseOrder(40)
    order.booked_in(3)
    assert (order.docked, order.outstanding) == (3, 37)
    order.counted_in(3)
    assert (order.docked, order.presumed, order.outstanding) == (0, 0, 37)


def test_three_counted_in_before_they_are_booked_in_are_not_to_come_twice():
    order = PurchaseOrder(40)
    order.counted_in(3)
    assert (order.docked, order.presumed, order.outstanding) == (0, 3, 40)
    order.booked_in(3)
    assert (order.docked, order.presumed, order.outstanding) == (0, 0, 37)


def test_three_counted_in_while_two_ship_are_still_three():
    order = PurchaseOrder(40)
    order.booked_in(3)
    order.shelf = order.last_read = 5
    order.shipped(2)
    order.counted_in(3)
    assert order.docked == 0


def test_a_count_that_is_taken_back_is_to_come_again():
    order = PurchaseOrder(40)
    order.counted_in(3)
    order.counted_in(-2)
    assert (order.presumed, order.everywhere) == (1, 40)


def test_units_that_broke_on_the_shelf_leave_the_dock_alone():
    assert match_rise(change=-2, shipped=0, docked=3, presumed=0, outstanding=5) == Matched(docked=3, presumed=0)


def test_a_rise_where_nothing_is_expected_is_presumed_to_be_nothing():
    assert match_rise(change=4, shipped=0, docked=0, presumed=0, outstanding=0) == Matched(docked=0, presumed=0)


@pytest.mark.parametrize("change", [-1, 0, 1])
def test_what_is_no_longer_expected_is_no_longer_presumed(change):
    assert match_rise(change, shipped=0, docked=0, presumed=5, outstanding=0).presumed == 0


def test_a_match_that_forgets_the_dock_is_caught():
    def forgetful(change: int, shipped: int, docked: int, presumed: int, outstanding: int) -> Matched:
        return match_rise(change, shipped, 0, presumed, outstanding)

    with pytest.raises(AssertionError, match="counted twice or nowhere"):
        happens(PurchaseOrder(40, match=forgetful), [("booked_in", 3), ("counted_in", 3), ("counted_in", 1)])
