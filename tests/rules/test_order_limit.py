"""One order may have so many of a variant; who asks for more is found, however the order is written."""

from dataclasses import replace

from backorder.rules.order_limit import beyond_order_limit
from tests.rules.cast import ADA, BEN, CHAIR, CLEO, LAMP, claim


def test_who_has_more_than_one_order_may_is_found():
    assert beyond_order_limit([claim(ADA, 2), claim(BEN, 3)], {LAMP: 2}) == {(BEN, LAMP): 3}


def test_two_lines_of_one_order_are_counted_together():
    again = replace(claim(CLEO, 1), order_id=BEN)
    assert beyond_order_limit([claim(BEN, 2), again], {LAMP: 2}) == {(BEN, LAMP): 3}


def test_what_is_covered_or_has_no_limit_is_nobodys_matter():
    assert beyond_order_limit([claim(ADA, 3, given=3)], {LAMP: 2}) == {}
    assert beyond_order_limit([claim(ADA, 3)], {CHAIR: 2}) == {}
