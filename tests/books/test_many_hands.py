"""Many hands at one book: what two ask for at once, one gets."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from backorder import note
from backorder.db import answers, catalogue, claims, dirty, inbox, lots, outbox, shops, taking, tokens, turns
from backorder.db.answers import Turn
from backorder.db.dirty import Kind
from backorder.db.engine import Database
from backorder.db.lots import Change
from backorder.db.outbox import Effect, State, order_lane
from backorder.rules.terms import Terms
from tests.books.cast import ALICE, FIRST, FIRST_LINE, HERE, LAMP, NOON, delivery, line, order, pair, parcel
from tests.books.threads import PATIENCE, together, until_empty

LANE = order_lane(51)


@pytest.fixture
def alice(db: Database) -> int:
    with db.write() as tx:
        return shops.install(tx, ALICE, NOON).shop_id


def test_two_takers_never_get_the_same_webhook(db, sealer):
    with db.write() as tx:
        for number in range(60):
            inbox.put(tx, sealer, delivery(event_key=f"event-{number}"), NOON)

    def take():
        with db.write() as tx:
            return inbox.take(tx, sealer, NOON, limit=3)

    one, other = together(*[lambda: until_empty(take)] * 2)
    got = sorted(kept.inbox_id for kept in (*one, *other))
    assert got == list(range(1, 61))


def test_two_takers_never_get_the_same_row_nor_two_of_one_lane(db, alice):
    with db.write() as tx:
        for order_id in range(20):
            for effect in (Effect.HOLD, Effect.RELEASE, Effect.MAIL):
                outbox.put(tx, alice, effect, order_lane(order_id), order_id, f"{effect}/{order_id}", NOON)

    def take():
        with db.write() as tx:
            due = taking.take(tx, NOON, at_once=20)
        return [due] if due else []

    one, other = together(*[lambda: until_empty(take)] * 2)
    lanes = [due.lane for due in (*one, *other)]
    assert sorted(lanes) == sorted({order_lane(n) for n in range(20)}), "a lane goes on when its row is done"
    assert {due.effect for due in (*one, *other)} == {Effect.HOLD}


def test_two_takers_deliver_everything_once_and_in_order(db, alice):
    steps = (Effect.HOLD, Effect.RELEASE, Effect.ANNOTATE, Effect.MAIL)
    with db.write() as tx:
        for order_id in range(8):
            for effect in reversed(steps):
                outbox.put(tx, alice, effect, order_lane(order_id), order_id, f"{effect}/{order_id}", NOON)
    delivered = []

    def deliver():
        with db.write() as tx:
            due = taking.take(tx, NOON)
        if due is None:
            return []
        delivered.append((due.lane, due.effect))
        with db.write() as tx:
            taking.finish(tx, due.outbox_id, State.DONE, NOON)
        return [due]

    together(*[lambda: until_empty(deliver)] * 2)
    until_empty(deliver)
    for order_id in range(8):
        assert tuple(effect for lane, effect in delivered if lane == order_lane(order_id)) == steps


def test_of_two_that_keep_the_same_webhook_one_is_first(db, sealer):
    def keep():
        with db.write() as tx:
            return inbox.put(tx, sealer, delivery(), NOON)

    assert sorted(together(*[keep] * 4)) == [False, False, False, True]


def test_of_two_that_owe_the_same_mail_one_writes_it(db, alice):
    def owe():
        with db.write() as tx:
            return outbox.put(tx, alice, Effect.MAIL, LANE, 51, "promise/61/1", NOON)

    assert sorted(together(*[owe] * 4)) == [False, False, False, True]


def test_of_two_refreshers_one_refreshes(db, alice, sealer):
    with db.write() as tx:
        tokens.put(tx, sealer, alice, pair())

    def lease():
        with db.write() as tx:
            return tokens.lease_refresh(tx, alice, 1, NOON, 30)

    assert sorted(together(*[lease] * 4)) == [False, False, False, True]


def test_of_two_that_ask_for_a_turn_one_has_it(db, alice):
    def ask(holder):
        with db.write() as tx:
            return turns.take_turn(tx, alice, "observe", holder, NOON, 30)

    assert sorted(together(*[lambda n=n: ask(str(n)) for n in range(4)])) == [False, False, False, True]
    later = NOON + timedelta(minutes=1)

    def ask_later(holder):
        with db.write() as tx:
            return turns.take_turn(tx, alice, "observe", holder, later, 30)

    assert sorted(together(*[lambda n=n: ask_later(f"new {n}") for n in range(4)])) == [False, False, False, True]


def test_of_two_requests_with_one_key_one_is_done(db, alice):
    def ask():
        with db.write() as tx:
            return answers.begin(tx, alice, "key-1", "a request", NOON)

    assert sorted(map(str, together(*[ask] * 4))) == sorted(map(str, [None, *[Turn.IN_FLIGHT] * 3]))


def test_marks_of_many_hands_are_all_counted(db, alice):
    def mark():
        for _ in range(10):
            with db.write() as tx:
                dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)

    together(*[mark] * 4)
    with db.read() as tx:
        assert dirty.due(tx, alice, NOON)[0].marks == 40


def until_somebody_waits(db: Database) -> None:
    """Return when a transaction waits for a lock that another one holds."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    moment, deadline = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with db.read() as tx:
            if tx.execute(waiting).scalar_one():
                return
        moment.wait(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.postgres
class TestWhileAnotherTransactionIsOpen:
    """Only PostgreSQL has two writers at once; what the second may see is decided here."""

    @pytest.fixture
    def db(self, fresh_postgresql_url):
        database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
        yield database
        database.close()

    def test_of_two_that_install_the_same_shop_both_find_one(self, db):
        with ThreadPoolExecutor(1) as hands:
            with db.write() as first:
                one = shops.install(first, ALICE, NOON)
                other = hands.submit(db.run, lambda tx: shops.install(tx, ALICE, NOON))
                until_somebody_waits(db)
            assert other.result(timeout=PATIENCE) == one

    def test_a_row_that_somebody_is_taking_is_skipped_with_its_lane(self, db, alice):
        with db.write() as tx:
            for effect in (Effect.RELEASE, Effect.MAIL):
                outbox.put(tx, alice, effect, LANE, 51, effect, NOON)
        with db.write() as one, db.write() as other:
            assert taking.take(one, NOON) is not None
            assert taking.take(other, NOON) is None

    def test_a_hold_that_comes_while_a_release_is_being_taken_waits_for_it(self, db, alice):
        with db.write() as tx:
            outbox.put(tx, alice, Effect.RELEASE, LANE, 51, "release", NOON)
        with db.write() as one:
            assert taking.take(one, NOON) is not None
            with db.write() as tx:
                outbox.put(tx, alice, Effect.HOLD, LANE, 51, "hold", NOON)
            with db.write() as other:
                assert taking.take(other, NOON) is None, "one at a time in a lane"

    def test_a_due_target_that_an_open_decision_counts_on_is_not_taken_before_it_commits(self, db, alice):
        with db.write() as tx:
            outbox.want(tx, alice, Effect.ANNOTATE, LANE, 51, NOON)
        with db.write() as deciding:
            outbox.want(deciding, alice, Effect.ANNOTATE, LANE, 51, NOON)
            with db.write() as taker:
                assert taking.take(taker, NOON) is None, "it would read the books as they were before"

    def test_what_is_given_while_the_news_of_a_parcel_waits_for_the_shelf_leaves_with_the_parcel(self, db, alice):
        said = note.order
        with db.write() as tx:
            said(tx, alice, Terms(), order(), NOON)
            shelf = lots.shelf(tx, alice, LAMP, HERE, units=1, allocated=0)
        shipped = replace(parcel(), holds=(), status="OPEN", parts=(replace(parcel().parts[0], remaining=1),))
        seen = order(lines=(line(unfulfilled=1),), fulfillment_orders=(shipped,))
        with ThreadPoolExecutor(1) as hands:
            with db.write() as giving:
                catalogue.lock_items(giving, alice, [LAMP])
                lots.shelf(giving, alice, LAMP, HERE, units=1, allocated=1)
                change = Change(FIRST_LINE, HERE, LAMP, 1, 0, 0, 0)
                lots.apply(giving, alice, shelf, [change], cause="settled read", actor="promised", at=NOON)
                news = hands.submit(db.run, lambda tx: said(tx, alice, Terms(), seen, NOON + timedelta(minutes=1)))
                until_somebody_waits(db)
            news.result(timeout=PATIENCE)
        with db.read() as tx:
            (left,) = claims.of_orders(tx, alice, [FIRST])
            assert (left.units, left.given) == (1, 0)
            assert lots.total_allocated(tx, alice, shelf) == 0
