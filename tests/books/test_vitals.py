"""Figures of the books: what waits, for how long; cheap on large books, and each shop's own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text

from backorder.db import (
    canary,
    catalogue,
    dirty,
    inbox,
    managing,
    outbox,
    reconciliations,
    shops,
    taking,
    tokens,
    vitals,
)
from backorder.db.dirty import Kind
from backorder.db.engine import Database
from backorder.db.inbox import Verdict
from backorder.db.outbox import Effect, State, order_lane
from backorder.db.reconciliations import Why
from backorder.db.sealed import Sealer
from backorder.rules.drift import Drift
from tests.books.cast import ALICE, BOB, LAMP, LAMP_VARIANT, NOON, SECOND, delivery, pair
from tests.books.neighbours import move_in

HOUR = timedelta(hours=1)
LATER = NOON + 10 * SECOND


def arrived(tx, sealer, number, at=NOON, shop=ALICE):
    inbox.put(tx, sealer, delivery(event_key=f"event-{number}", shop_domain=shop), at)
    return vitals.newest_delivery(tx)


def test_what_waits_in_the_inbox_and_since_when(tx, sealer):
    assert (vitals.deliveries(tx), vitals.oldest_delivery(tx, LATER), vitals.newest_delivery(tx)) == ({}, 0.0, 0)
    first = arrived(tx, sealer, 1)
    second = arrived(tx, sealer, 2, NOON + 4 * SECOND)
    inbox.settle(tx, first, Verdict.DONE, LATER)
    assert vitals.deliveries(tx) == {"waiting": 1}, "what is done is history"
    assert vitals.oldest_delivery(tx, LATER) == 6.0
    inbox.settle(tx, second, Verdict.PARKED, LATER, "it failed")
    assert vitals.oldest_delivery(tx, LATER) == 0.0
    assert [(failed.inbox_id, failed.error) for failed in vitals.failed_deliveries(tx, ALICE)] == [
        (second, "it failed")
    ]


def test_an_effect_is_late_when_it_should_have_happened_not_while_it_is_put_off(tx, alice):
    lane = order_lane(1)
    outbox.put(tx, alice, Effect.HOLD, lane, 1, "hold", NOON)
    outbox.put(tx, alice, Effect.MAIL, order_lane(2), 2, "mail", NOON, delay=HOUR)
    assert vitals.overdue_effects(tx, LATER) == {"hold": 10.0}
    due = taking.take(tx, NOON)
    assert due is not None
    taking.retry(tx, due, NOON, "The store failed (502).", after=600)
    assert vitals.overdue_effects(tx, LATER) == {"hold": 10.0}, "a failure that waits for its next attempt is late too"
    assert vitals.effects(tx) == {("due", "hold"): 1, ("due", "mail"): 1}


def test_the_lag_of_a_shop_is_that_of_its_oldest_unseen_change(tx, alice, bob, sealer):
    assert vitals.oldest_unseen(tx, alice, ALICE, LATER) is None
    dirty.mark(tx, alice, Kind.ITEM, [1], NOON + 5 * SECOND)
    dirty.remind(tx, alice, Kind.ORDER, [2], NOON + HOUR)
    dirty.mark(tx, bob, Kind.ITEM, [1], NOON - HOUR)
    assert vitals.oldest_unseen(tx, alice, ALICE, LATER) == NOON + 5 * SECOND
    arrived(tx, sealer, 1, NOON + 2 * SECOND)
    arrived(tx, sealer, 2, NOON - HOUR, BOB)
    assert vitals.oldest_unseen(tx, alice, ALICE, LATER) == NOON + 2 * SECOND
    assert vitals.oldest_change(tx, LATER) == 3610.0


def test_access_that_is_lost_or_ends_soon(tx, alice, bob, sealer):
    assert vitals.access(tx, NOON) == (2, 0)
    tokens.put(tx, sealer, alice, pair())
    tokens.put(tx, sealer, bob, replace(pair(), refresh_until=NOON + timedelta(days=3)))
    assert vitals.access(tx, NOON) == (0, 1)
    tokens.spent(tx, alice, 1, NOON)
    assert vitals.access(tx, NOON) == (1, 1)
    shops.leave(tx, bob, NOON)
    assert vitals.access(tx, NOON) == (1, 0)
    assert vitals.granted(tx) == {ALICE: frozenset({"write_orders", "read_x"})}


def test_what_the_last_comparisons_found_is_added_up_over_shops(tx, alice, bob):
    for shop_id, at, drift in (
        (alice, NOON, Drift(orders_unknown=9)),
        (alice, NOON + HOUR, Drift(orders_unknown=1, levels_changed=2, unexplained=2, effects_missing=1)),
        (bob, NOON, Drift(levels_changed=3)),
    ):
        reconciliations.ask(tx, shop_id, Why.SCHEDULE, "schedule", at)
        run = reconciliations.take(tx, shop_id, at)
        reconciliations.save(tx, shop_id, replace(run, drift=drift), at)
        reconciliations.end(tx, shop_id, run.run_id, at)
    assert vitals.drift(tx) == {
        "orders_unknown": 1, "orders_changed": 0, "holds_changed": 0, "marks_changed": 0, "transfers_changed": 0,
        "levels_changed": 5, "policies_changed": 0,
    }  # fmt: skip
    assert vitals.unmended(tx) == {"unexplained": 2, "effects_missing": 1}
    assert vitals.last_reconciled(tx) == {alice: NOON + HOUR, bob: NOON}
    assert vitals.drifting(tx, NOON, 5) == {alice}


def test_units_that_wait_are_those_that_nobody_was_given(tx):
    us = move_in(tx, ALICE, 2)
    catalogue.set_tracked(tx, us.shop_id, [LAMP], tracked=True)
    managing.set_managed(tx, us.shop_id, [LAMP_VARIANT], managed=True)
    assert vitals.waiting_units(tx) == 0, "two wanted, two given"
    tx.execute(text("UPDATE claims SET units = 5 WHERE shop_id = :shop"), {"shop": us.shop_id})
    assert vitals.waiting_units(tx) == 3
    shops.leave(tx, us.shop_id, NOON)
    assert vitals.waiting_units(tx) == 0


def test_what_is_not_known_to_wait_is_not_counted_as_such(tx):
    us = move_in(tx, ALICE, 2)
    tx.execute(text("UPDATE claims SET units = 5 WHERE shop_id = :shop"), {"shop": us.shop_id})
    catalogue.set_tracked(tx, us.shop_id, [LAMP], tracked=True)
    managing.set_managed(tx, us.shop_id, [LAMP_VARIANT], managed=False)
    assert vitals.waiting_units(tx) == 0, "nothing of goods that the app does not manage is given out, so nobody knows"
    tx.execute(text("UPDATE claims SET drop_shipped = true WHERE shop_id = :shop"), {"shop": us.shop_id})
    assert vitals.waiting_units(tx) == 5, "who waits for a supplier's parcel waits"
    managing.set_managed(tx, us.shop_id, [LAMP_VARIANT], managed=True)
    assert vitals.waiting_units(tx) == 3, "and is counted once"


def test_the_signs_of_a_shop_are_its_own(tx):
    alice = move_in(tx, ALICE, 2)
    alone = signs(tx, alice)
    assert all(alone)
    move_in(tx, BOB, 3)
    assert signs(tx, alice) == alone


def signs(tx, us):
    for row in tx.execute(inbox.inbox.select().where(inbox.inbox.c.shop_domain == us.domain)).all():
        inbox.settle(tx, row.id, Verdict.PARKED, NOON, us.domain)
    return (
        vitals.oldest_unseen(tx, us.shop_id, us.domain, LATER),
        vitals.deliveries_of(tx, us.domain),
        vitals.failed_deliveries(tx, us.domain),
    )


def test_the_canary_opens_with_the_right_key_only(tx, alice, sealer):
    foreign = Sealer("another key than that of the books")
    assert canary.opens(tx, sealer) is None
    tokens.put(tx, sealer, alice, pair())
    assert canary.opens(tx, sealer) is True
    assert canary.opens(tx, foreign) is False
    arrived(tx, foreign, 1)
    assert canary.opens(tx, sealer) is True


OPEN_BOOKS_ONLY = {"dirty", "claims", "allocations", "shops", "tokens", "turns", "heard"}


def asked(tx, sealer):
    """Every question of ``/metrics`` and of a health page, as it is put to the database."""
    statements = []

    def hear(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    engine = tx.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        for question in (
            vitals.deliveries,
            vitals.newest_delivery,
            vitals.effects,
            vitals.last_reconciled,
            vitals.drift,
        ):
            question(tx)
        for question in (vitals.overdue_effects, vitals.oldest_delivery, vitals.oldest_change, vitals.access):
            question(tx, NOON)
        vitals.drifting(tx, NOON, 5)
        vitals.oldest_unseen(tx, 1, ALICE, NOON)
        vitals.deliveries_of(tx, ALICE)
        vitals.failed_deliveries(tx, ALICE)
        reconciliations.record(tx, 1)
        reconciliations.recent(tx, 1)
        canary.opens(tx, sealer)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return statements


def scanned_whole(tx, statement, parameters):
    """The tables that SQLite reads from end to end for a statement."""
    if "WHERE" not in statement and "LIMIT" in statement:
        return set()  # a few from its end: what is scanned ends with the limit
    plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [row[3].split() for row in plan if row[3].startswith("SCAN")]
    return {words[1] for words in steps if "USING" not in words}


@pytest.fixture
def large(sqlite_url, sealer):
    """Books with much history and little that is open. SQLite says what it reads whole; PostgreSQL has the same indexes."""
    database = Database(sqlite_url)
    with database.write() as tx:
        shops.install(tx, ALICE, NOON)
        row = inbox.sealed(sealer, delivery(), NOON)
        tx.execute(insert(inbox.inbox), [{**row, "event_key": str(n), "verdict": "done"} for n in range(3000)])
        yield tx
    database.close()


def test_no_question_reads_history_from_end_to_end(large, sealer):
    questions = asked(large, sealer)
    assert len(questions) >= 15
    for statement, parameters in questions:
        assert scanned_whole(large, statement, parameters) <= OPEN_BOOKS_ONLY, statement


def test_a_question_that_did_would_be_seen(large):
    """The negative control: what was counted before."""
    count = "SELECT count(*), error FROM inbox GROUP BY error"
    assert scanned_whole(large, count, ()) == {"inbox"}
    assert State.DONE not in outbox.OPEN_STATES
