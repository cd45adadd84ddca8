"""Topics that a verb answers: a shop that leaves, and the three of the law."""

import pytest

from backorder import install
from backorder.clock import transport_now
from backorder.db import inbox, shops
from tests.webhooks import bodies
from tests.webhooks.cast import BOBS, LAMPLIGHT, NOW
from tests.webhooks.mailroom import arrives, became
from webhooks import topics


@pytest.fixture
def house(house_on_both):
    return house_on_both


def test_a_shop_that_left_and_asks_to_be_forgotten_leaves_nothing(house, lamplight):
    arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    with house.db.read() as tx:
        assert not shops.one(tx, lamplight).is_installed
    arrives(house, "shop/redact", bodies.FORGET_SHOP)
    topics.digest(house, NOW)
    with house.db.read() as tx:
        assert shops.by_domain(tx, LAMPLIGHT) is None
        assert inbox.counts(tx) == {}


def test_leaving_is_told_with_the_time_it_happened(house, lamplight, called):
    delivery = arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    ((verb, domain, happened_at, now),) = called
    assert (verb, domain, now) == ("leave", LAMPLIGHT, NOW)
    assert abs((transport_now() - happened_at).total_seconds()) < 60
    assert became(house, delivery) == ("done", None)


def test_an_old_word_of_leaving_that_does_not_say_when_ends_no_newer_installation(house, lamplight):
    delivery = arrives(house, "app/uninstalled", bodies.LEFT, says_when=False)
    topics.digest(house, transport_now())
    with house.db.write() as tx:
        assert not shops.one(tx, lamplight).is_installed
        shops.install(tx, LAMPLIGHT, transport_now())
        inbox.replay(tx, delivery, transport_now())
    topics.digest(house, transport_now())
    with house.db.read() as tx:
        assert shops.one(tx, lamplight).is_installed
    assert became(house, delivery)[0] == "ignored"


def test_a_late_word_of_leaving_is_ignored_with_its_reason(house, lamplight, called, monkeypatch):
    monkeypatch.setattr(install, "leave", lambda *_: False)
    delivery = arrives(house, "app/uninstalled", bodies.LEFT)
    topics.digest(house, NOW)
    assert became(house, delivery)[0] == "ignored"


def test_the_law_s_three_topics_reach_their_verbs(house, lamplight, called):
    for topic in ("customers/data_request", "customers/redact", "shop/redact"):
        arrives(house, topic, bodies.ERRANDS[topic])
    topics.digest(house, NOW)
    assert called == [
        ("note_request", LAMPLIGHT, 9, (2999,), NOW),
        ("redact_customer", LAMPLIGHT, (2999, 3000)),
        ("redact_shop", LAMPLIGHT),
    ]


@pytest.mark.parametrize("topic", sorted(bodies.ERRANDS))
def test_a_body_that_speaks_of_another_shop_than_its_envelope_does_nothing(house, lamplight, called, topic):
    delivery = arrives(house, topic, bodies.ERRANDS[topic], shop=BOBS)
    topics.digest(house, NOW)
    verdict, sentence = became(house, delivery)
    assert verdict == "unreadable"
    assert LAMPLIGHT in sentence
    assert BOBS in sentence
    assert called == []
