"""So many units of a variant may wait for one customer; who has more is found, over however many orders."""

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.customer_limit import Beyond, beyond_customer_limit
from tests.rules.cast import ADA, BEN, CHAIR, CLEO, LAMP, claim

CAROL, DAVE = 7, 8


def test_what_waits_in_all_orders_of_a_customer_is_counted_together():
    waiting = [claim(ADA, 2), claim(BEN, 1), claim(CLEO, 2)]
    found = beyond_customer_limit(waiting, {ADA: CAROL, BEN: CAROL, CLEO: DAVE}, {LAMP: 2})
    assert found == (Beyond(CAROL, LAMP, 3, (ADA, BEN)),)


def test_what_stock_covers_is_not_on_backorder():
    assert beyond_customer_limit([claim(ADA, 3, given=1)], {ADA: CAROL}, {LAMP: 2}) == ()


def test_an_order_of_nobody_known_and_an_item_without_a_limit_are_nobodys_matter():
    assert beyond_customer_limit([claim(ADA, 3), claim(BEN, 3)], {}, {LAMP: 2}) == ()
    assert beyond_customer_limit([claim(ADA, 3)], {ADA: CAROL}, {CHAIR: 2}) == ()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), max_size=6), st.integers(1, 8))
def test_a_customer_is_found_exactly_when_more_units_wait_than_may(orders, most):
    waiting = [claim(1000 + at, units, given=min(units, given)) for at, (units, given) in enumerate(orders)]
    found = beyond_customer_limit(waiting, {one.order_id: CAROL for one in waiting}, {LAMP: most})
    units = sum(one.backordered for one in waiting)
    assert [one.units for one in found] == ([units] if units > most else [])
