"""When a store was last heard of, as it is kept."""

from datetime import timedelta

from backorder.db import heard
from backorder.rules.silence import Heard, HeardDay
from tests.books.cast import NOON

HOUR = timedelta(hours=1)


def test_nothing_is_known_of_a_store_that_never_sent_anything(tx, alice):
    assert heard.of_shop(tx, alice) == Heard()
    heard.note(tx, alice, [])
    assert heard.of_all(tx) == {}


def test_gaps_and_deliveries_are_kept_by_day(tx, alice):
    heard.note(tx, alice, [NOON + HOUR, NOON])
    heard.note(tx, alice, [NOON + 4 * HOUR])
    heard.note(tx, alice, [NOON + 14 * HOUR])
    today, tomorrow = NOON.date(), (NOON + 14 * HOUR).date()
    assert heard.of_shop(tx, alice) == Heard(
        NOON + 14 * HOUR, (HeardDay(today, 3 * HOUR, 3), HeardDay(tomorrow, 10 * HOUR, 1))
    )


def test_shops_are_heard_apart(tx, alice, bob):
    heard.note(tx, alice, [NOON])
    heard.note(tx, bob, [NOON + HOUR])
    assert {shop: known.last_at for shop, known in heard.of_all(tx).items()} == {alice: NOON, bob: NOON + HOUR}
