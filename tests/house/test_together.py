"""Tests of one stage run on one process: the groups are real, and whoever deals out the tests heeds them."""

from types import SimpleNamespace

from tests.house.repository import ROOT
from tests.together import GROUPS, Together, group_of, scheduler


def test_every_group_is_of_tests_that_there_are() -> None:
    assert [begins for begins in GROUPS if not (ROOT / begins).exists()] == []


def test_whoever_looks_at_the_demo_looks_at_the_same_one() -> None:
    looks = ["tests/pages/test_what_people_see.py::test_x[a]", "tests/pages/test_the_orders_page.py::test_y"]
    assert {group_of(test) for test in looks} == {"the demo"}
    assert group_of("tests/rules/test_offer.py::test_x") is None


def test_the_one_who_deals_out_keeps_a_group_whole_and_nothing_else() -> None:
    dealer = Together.__new__(Together)
    tests = ["tests/pages/a.py::one", "tests/pages/b.py::two", "tests/rules/c.py::three", "tests/rules/c.py::four"]
    scopes = [dealer._split_scope(test) for test in tests]
    assert scopes[0] == scopes[1]
    assert len(set(scopes)) == 3


def test_another_way_of_dealing_is_left_alone() -> None:
    assert scheduler(SimpleNamespace(getvalue=lambda _name: "load"), None) is None
