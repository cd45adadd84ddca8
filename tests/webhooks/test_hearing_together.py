"""Many bells are heard in one transaction, and a bad one among them harms no other."""

from contextlib import contextmanager

import pytest

from backorder.db import inbox
from tests.webhooks import bodies
from tests.webhooks.cast import NOW
from tests.webhooks.mailroom import arrives, became, to_look_at
from webhooks import marks, topics


@pytest.fixture
def house(house_on_both):
    return house_on_both


def test_a_burst_costs_two_transactions_however_many_come(house, lamplight, monkeypatch):
    deliveries = [arrives(house, "orders/create", bodies.ORDER) for _ in range(20)]
    write, opened = house.db.write, []

    @contextmanager
    def counted(*how, **more):
        opened.append(1)
        with write(*how, **more) as tx:
            yield tx

    monkeypatch.setattr(house.db, "write", counted)
    topics.digest(house, NOW)
    assert len(opened) == 2, "one takes them, one marks and settles"
    assert {became(house, each)[0] for each in deliveries} == {"done"}
    assert to_look_at(house, lamplight) == {("order", 4507)}


def test_one_that_cannot_be_read_is_told_so_and_the_others_are_heard(house, lamplight):
    before = arrives(house, "orders/create", bodies.ORDER)
    bad = arrives(house, "orders/create", {"id": "none"})
    nobody = arrives(house, "orders/create", bodies.ORDER, shop="nobody.myshopify.com")
    strange = arrives(house, "weather/changed", {})
    after = arrives(house, "inventory_levels/update", bodies.LEVEL)
    topics.digest(house, NOW)
    found = [became(house, each)[0] for each in (before, bad, nobody, strange, after)]
    assert found == ["done", "unreadable", "ignored", "ignored", "done"]


def test_when_they_fail_together_each_is_tried_by_itself(house, lamplight, monkeypatch):
    mark_all, failed = marks.mark_all, []

    def fails_for_many(tx, shop_id, looks, at):
        if len(looks) > 1:
            failed.append(len(looks))
            raise RuntimeError("something between them")
        return mark_all(tx, shop_id, looks, at)

    monkeypatch.setattr(marks, "mark_all", fails_for_many)
    deliveries = [arrives(house, "orders/create", bodies.ORDER) for _ in range(3)]
    topics.digest(house, NOW)
    assert failed == [3]
    assert [became(house, each)[0] for each in deliveries] == ["done"] * 3


def test_marks_and_verdicts_of_all_are_written_together_or_not_at_all(house, lamplight, monkeypatch):
    def dies(*_):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(inbox, "settle_all", dies)
    deliveries = [arrives(house, "orders/create", bodies.ORDER) for _ in range(3)]
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == set()
    assert [became(house, each)[0] for each in deliveries] == ["waiting"] * 3
