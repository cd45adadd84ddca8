"""Every shop in its turn: a long queue starves nobody, a slow store does not take all hands, and choosing stays cheap."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, event, text

from backorder.db import outbox, shops, taking, troubles
from backorder.db.columns import Instant
from backorder.db.engine import WRITER, Database
from backorder.db.outbox import Effect, State, order_lane
from backorder.db.taking import AT_ONCE, ATTEMPTS, GIVE_UP_AFTER, LEASE
from tests.books.cast import NOON, SECOND

DONE_ROWS = 100_000


def put(tx, shop_id, effect, number, at=NOON):
    assert outbox.put(tx, shop_id, effect, order_lane(number), number, f"{effect}/{number}", at)


def served(tx, times, at=NOON):
    """Whose rows go, one after the other, each done at once."""
    order = []
    for second in range(times):
        due = taking.take(tx, at + second * SECOND)
        taking.finish(tx, due.outbox_id, State.DONE, at)
        order.append(due.shop_id)
    return order


def test_a_shop_has_only_so_many_rows_at_work(tx, alice, bob):
    for number in range(5):
        put(tx, alice, Effect.HOLD, number)
    taken = [taking.take(tx, NOON) for _ in range(AT_ONCE)]
    assert {due.shop_id for due in taken} == {alice}
    assert taking.take(tx, NOON) is None
    put(tx, bob, Effect.MAIL, 9)
    assert taking.take(tx, NOON).shop_id == bob
    taking.finish(tx, taken[0].outbox_id, State.DONE, NOON)
    assert taking.take(tx, NOON).shop_id == alice


def test_without_that_bound_one_shop_has_all_hands(tx, alice, bob):
    for number in range(5):
        put(tx, alice, Effect.HOLD, number)
    put(tx, bob, Effect.MAIL, 9)
    assert [taking.take(tx, NOON, at_once=100).shop_id for _ in range(4)] == [alice] * 4


def test_rows_whose_taker_died_do_not_count_as_at_work(tx, alice):
    for number in range(AT_ONCE + 1):
        put(tx, alice, Effect.HOLD, number)
    for _ in range(AT_ONCE):
        taking.take(tx, NOON)
    again = [taking.take(tx, NOON + LEASE) for _ in range(AT_ONCE)]
    assert [due.attempts for due in again] == [2] * AT_ONCE


def test_shops_are_served_in_turn_however_long_their_queues_are(tx, alice, bob):
    for number in range(20):
        put(tx, alice, Effect.HOLD, number)
    for number in range(3):
        put(tx, bob, Effect.HOLD, number, NOON + number * SECOND)
    assert served(tx, 8)[2:] == [alice, bob, alice, bob, alice, alice]


def test_who_has_fewer_at_work_is_before_who_waited_longer(tx, alice, bob):
    for number in range(3):
        put(tx, alice, Effect.HOLD, number)
        put(tx, bob, Effect.HOLD, number)
    first = taking.take(tx, NOON)
    second = taking.take(tx, NOON + SECOND)
    assert {first.shop_id, second.shop_id} == {alice, bob}
    taking.finish(tx, second.outbox_id, State.DONE, NOON)
    assert taking.take(tx, NOON + 2 * SECOND).shop_id == second.shop_id


def test_a_hold_of_a_shop_that_was_just_served_goes_before_a_letter_of_one_that_was_not(tx, alice, bob):
    put(tx, alice, Effect.HOLD, 1)
    put(tx, alice, Effect.HOLD, 2)
    put(tx, bob, Effect.MAIL, 1)
    assert served(tx, 3) == [alice, alice, bob]


def test_within_a_shop_what_has_been_due_for_longest_goes_first(tx, alice):
    put(tx, alice, Effect.MAIL, 1, NOON)
    put(tx, alice, Effect.RELEASE, 2, NOON + SECOND)
    put(tx, alice, Effect.ANNOTATE, 3, NOON - SECOND)
    kinds = []
    for _ in range(3):
        due = taking.take(tx, NOON + 5 * SECOND)
        taking.finish(tx, due.outbox_id, State.DONE, NOON)
        kinds.append(due.effect)
    assert kinds == [Effect.ANNOTATE, Effect.MAIL, Effect.RELEASE]


def test_what_the_store_had_no_time_for_uses_no_attempt_up(tx, alice):
    put(tx, alice, Effect.HOLD, 1)
    at = NOON
    for _ in range(5 * ATTEMPTS):
        due = taking.take(tx, at)
        assert taking.retry(tx, due, at, "throttled", 0.2, passing=True) is State.DUE
        at += 61 * SECOND
    assert (due.attempts, due.failures) == (5 * ATTEMPTS, 0)


def test_counted_as_refusals_the_same_would_park_it(tx, alice):
    put(tx, alice, Effect.HOLD, 1)
    at, ended = NOON, None
    for _ in range(ATTEMPTS):
        ended = taking.retry(tx, taking.take(tx, at), at, "throttled", 0.2)
        at += SECOND
    assert ended is State.PARKED


def test_what_has_been_failing_for_days_is_shown_to_a_person(tx, alice):
    put(tx, alice, Effect.MAIL, 1)
    assert taking.retry(tx, taking.take(tx, NOON), NOON, "away", passing=True) is State.DUE
    day = NOON + GIVE_UP_AFTER
    almost = day - timedelta(hours=1)
    assert taking.retry(tx, taking.take(tx, almost), almost, "away", passing=True) is State.DUE
    assert taking.retry(tx, taking.take(tx, day), day, "away", passing=True) is State.PARKED
    assert troubles.again(tx, alice, 1, day)
    assert taking.retry(tx, taking.take(tx, day), day, "away", passing=True) is State.DUE, "and begins anew"


def test_a_passing_trouble_is_waited_for_as_long_as_it_has_lasted(tx, alice):
    put(tx, alice, Effect.MAIL, 1)
    at, pauses = NOON, []
    for _ in range(12):
        taking.retry(tx, taking.take(tx, at), at, "away", passing=True)
        due_at = taking.next_due(tx)
        pauses.append((due_at - at).total_seconds())
        at = due_at
    assert pauses == [2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_row_that_kills_its_takers_is_parked_after_as_many_of_them(tx, alice):
    put(tx, alice, Effect.HOLD, 1)
    at, takings = NOON, 0
    while taking.take(tx, at) is not None:
        takings += 1
        at += LEASE
    assert takings == ATTEMPTS
    (shown,) = troubles.newest(tx, alice)
    assert shown.error == "Taken 10 times, and its taker never came back."


HISTORY = """
INSERT INTO outbox (shop_id, lane, step, effect, subject, key, payload, state, created_at, not_before, attempts, sending)
WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < :rows)
SELECT 1, 'order/' || (1000000 + n / 4), n % 4, 'hold', n, 'old/' || n, '{}', 'done', :at, :at, 1, 0 FROM past
"""


def a_good_year(db: Database) -> None:
    """A hundred thousand rows that are done, 600 that are due, and a neighbour's letter."""
    with db.write() as tx:
        alice, bob = shops.install(tx, "a.example", NOON).shop_id, shops.install(tx, "b.example", NOON).shop_id
        tx.execute(text(HISTORY).bindparams(bindparam("at", type_=Instant())), {"rows": DONE_ROWS, "at": NOON})
        for number in range(300):
            put(tx, alice, Effect.HOLD, number)
            put(tx, alice, Effect.MAIL, number)
        put(tx, bob, Effect.MAIL, 1)
        tx.execute(text("ANALYZE"))


def effort(db: Database) -> int:
    """What taking a row costs, in steps of SQLite's machine or in pages that PostgreSQL touches. Nothing is kept."""
    asked: list[tuple[str, object]] = []
    steps = 0

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "outbox" in statement and statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with db.engine.connect().execution_options(**{WRITER: True}) as tx:
        event.listen(tx, "before_cursor_execute", note)
        raw = tx.connection.driver_connection
        with tx.begin() as transaction:
            if db.is_sqlite:
                raw.set_progress_handler(step, 1)
            assert taking.take(tx, NOON) is not None
            if db.is_sqlite:
                raw.set_progress_handler(None, 1)
                transaction.rollback()
                return steps
            event.remove(tx, "before_cursor_execute", note)
            for statement, parameters in asked:
                words = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement
                (plan,) = tx.exec_driver_sql(words, parameters).scalar_one()
                steps += plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            transaction.rollback()
    return steps


@pytest.mark.long
def test_taking_costs_the_same_however_much_is_done(db: Database):
    a_good_year(db)
    costs = effort(db)
    with db.write() as tx:
        tx.execute(text("DROP INDEX ix_outbox_state_shop_id_step_not_before"))
    assert costs < (5_000 if db.is_sqlite else 100)
    assert effort(db) > 20 * costs, "without its index it would walk through what is done"
