"""When understanding itself fails: tried again, set aside in the end, never half done."""

import pytest

from backorder import erase
from backorder.clock import transport_now
from backorder.db import inbox
from tests.webhooks import bodies
from tests.webhooks.cast import NOW
from tests.webhooks.mailroom import arrives, became, to_look_at
from webhooks import topics


@pytest.fixture
def house(house_on_both):
    return house_on_both


def test_a_verb_that_fails_is_tried_again_later_and_set_aside_in_the_end(house, lamplight, called, monkeypatch):
    def fails(*_):
        raise RuntimeError("the store is on fire")

    monkeypatch.setattr(erase, "redact_shop", fails)
    failing = arrives(house, "shop/redact", bodies.FORGET_SHOP)
    behind = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    assert became(house, failing) == ("waiting", "RuntimeError: 'the store is on fire'")
    assert became(house, behind)[0] == "done"
    for _ in range(inbox.ATTEMPTS):
        with house.db.write() as tx:
            tx.execute(inbox.inbox.update().values(not_before=transport_now()))
        topics.digest(house, NOW)
    assert became(house, failing)[0] == "parked"


def test_a_delivery_whose_takers_die_is_set_aside_and_not_taken_for_ever(house, lamplight):
    delivery = arrives(house, "orders/create", bodies.ORDER)
    for _ in range(inbox.ATTEMPTS):
        with house.db.write() as tx:
            assert inbox.take(tx, house.sealer, transport_now())
            tx.execute(inbox.inbox.update().values(not_before=transport_now()))
    topics.digest(house, NOW)
    assert became(house, delivery) == ("parked", f"Taken {inbox.ATTEMPTS} times, and never finished.")


def test_marks_and_verdict_are_written_together_or_not_at_all(house, lamplight, monkeypatch):
    def dies(*_):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(inbox, "settle_all", dies)
    delivery = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    assert to_look_at(house, lamplight) == set()
    assert became(house, delivery)[0] == "waiting"


def test_a_replayed_delivery_is_understood_again(house, lamplight):
    delivery = arrives(house, "orders/create", bodies.ORDER)
    topics.digest(house, NOW)
    with house.db.write() as tx:
        assert inbox.replay(tx, delivery, transport_now())
    topics.digest(house, NOW)
    assert became(house, delivery) == ("done", None)


def test_it_says_whether_more_may_wait(house, lamplight):
    for _ in range(3):
        arrives(house, "orders/create", bodies.ORDER)
    assert topics.digest(house, NOW, limit=2) is True
    assert topics.digest(house, NOW, limit=2) is False


def test_nothing_waiting_rings_nothing(house, lamplight, bell):
    assert topics.digest(house, NOW) is False
    assert bell.rung == []
