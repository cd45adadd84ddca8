"""Goods arrive twice on paper: booked in by the merchant, counted in by the store. In either order, they count once (domain §2)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.rises import Aside, Awaited, Change, Counts, Evidence, Left, after, booked, change, judge
from tests.rules.cast import NOW, TODAY, in_days, law

Explainer = Callable[..., Change]


@dataclass
class PurchaseOrder:
    """One purchase order on its way in, with our reading of the store's shelf beside it (units)."""

    ordered: int
    explain: Explainer = change
    due_in: int = 3
    outstanding: int = 0
    docked: int = 0
    left: Left = field(default_factory=lambda: Left(Aside(), 0))
    counted: int = 0
    shelf: int = 0
    last_read: int = 0
    shipped_since: int = 0

    def __post_init__(self) -> None:
        self.outstanding = self.ordered

    def booked_in(self, units: int) -> None:
        self.outstanding -= units
        to_dock, self.left = booked(self.left, units)
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
        was, now = (Counts(0, units, units) for units in (self.last_read, self.shelf))
        what = self.explain(was, now, shipped=self.shipped_since, docked=self.docked, returned=0)
        rest = self.outstanding - self.presumed
        evidence = Evidence(TODAY, awaited=(Awaited(rest, in_days(self.due_in)),) if rest else (), ever_ordered=True)
        self.left = after(
            self.left, what, *judge(what, evidence), evidence, outstanding=self.outstanding, supply=self.shelf, now=NOW
        )
        self.docked -= what.received
        self.last_read, self.shipped_since = self.shelf, 0

    @property
    def presumed(self) -> int:
        return self.left.presumed

    @property
    def aside(self) -> int:
        return self.left.aside.units

    @property
    def everywhere(self) -> int:
        """Every unit of the order wherever it stands.

        What is presumed stands on the shelf and is still to come on paper; what is aside is still to come, and not reckoned with.
        """
        return self.counted - self.aside + self.docked + self.outstanding - self.presumed


# A purchase order that is due now, and one that is due long after its goods are counted in.
due_in = st.sampled_from((3, 30))


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
@given(arrivals(), due_in)
def test_in_whatever_order_goods_are_booked_in_and_counted_in_they_count_once(arrival, days):
    ordered, acts = arrival
    order = PurchaseOrder(ordered, due_in=days)
    happens(order, acts)
    received, counted = totals(acts)
    assert order.outstanding == ordered - received
    assert order.docked + max(0, counted - received) == max(0, received - counted) + order.presumed + order.aside


@law
@given(arrivals())
def test_a_delivery_that_is_due_is_believed_before_it_is_booked_in(arrival):
    order = PurchaseOrder(arrival[0])
    happens(order, arrival[1])
    received, counted = totals(arrival[1])
    assert (order.docked, order.presumed, order.aside) == (max(0, received - counted), max(0, counted - received), 0)


@law
@given(arrivals())
def test_what_is_counted_in_long_before_its_day_waits_aside_for_its_receipt(arrival):
    order = PurchaseOrder(arrival[0], due_in=30)
    acts = [act for act in arrival[1] if act[0] != "shipped"]
    happens(order, acts)
    received, counted = totals(acts)
    assert (order.docked, order.presumed, order.aside) == (max(0, received - counted), 0, max(0, counted - received))


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
@given(arrivals(), due_in)
def test_reading_twice_explains_nothing_twice(arrival, days):
    order = PurchaseOrder(arrival[0], due_in=days)
    happens(order, arrival[1])
    before = (order.docked, order.left)
    order.read()
    assert (order.docked, order.left) == before


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
    order = PurchaseOrder(5)
    order.shelf = order.last_read = 5
    order.booked_in(3)
    order.counted_in(-2)
    assert (order.docked, order.presumed) == (3, 0)


def test_booking_in_what_belongs_to_an_order_by_a_persons_word_frees_what_is_aside_first():
    left = Left(Aside(5, NOW, "none fits"), presumed=3)
    assert booked(left, 5) == (0, Left(Aside(3, NOW, "none fits"), 0))
    assert booked(left, 5, aside_first=True) == (0, Left(Aside(), 3))
    assert booked(left, 10, aside_first=True) == booked(left, 10) == (2, Left(Aside(), 0))


def test_a_match_that_takes_a_delivery_for_another_one_too_is_caught():
    def twice(was: Counts, now: Counts, **known: int) -> Change:
        found = change(was, now, **known)
        return replace(found, on_hand=found.on_hand + found.received, supply=found.supply + found.received)

    with pytest.raises(AssertionError, match="counted twice or nowhere"):
        happens(PurchaseOrder(40, explain=twice), [("booked_in", 3), ("counted_in", 3), ("counted_in", 1)])
