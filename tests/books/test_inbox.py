"""The inbox: what the store sent is kept once, before it is understood, and forgotten in time."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backorder.db import inbox, vitals
from backorder.db.engine import Connection, Database
from backorder.db.inbox import ATTEMPTS, LEASE, Overtaken, Verdict
from backorder.db.sealed import Sealer
from tests.books.cast import ALICE, BOB, NOON, SECOND, delivery


def _row(tx: Connection, inbox_id: int = 1):
    return tx.execute(select(inbox.inbox).where(inbox.inbox.c.id == inbox_id)).one()


def test_a_delivery_is_kept_and_taken_as_it_came(tx, sealer):
    assert inbox.put(tx, sealer, delivery(), NOON)
    (kept,) = inbox.take(tx, sealer, NOON)
    assert (kept.shop_domain, kept.topic, kept.webhook_id) == (ALICE, "orders/create", "webhook-1")
    assert (kept.triggered_at, kept.received_at, kept.attempts) == (NOON, NOON, 1)
    assert kept.body == b'{"email":"carol@example.com"}'


def test_a_repeat_changes_nothing(tx, sealer):
    assert inbox.put(tx, sealer, delivery(), NOON)
    before = _row(tx)
    assert not inbox.put(tx, sealer, delivery(webhook_id="webhook-2"), NOON + SECOND)
    assert _row(tx) == before
    assert inbox.waiting(tx) == 1


def test_a_repeat_of_what_was_understood_is_not_understood_again(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    inbox.settle(tx, 1, Verdict.DONE, NOON)
    assert not inbox.put(tx, sealer, delivery(), NOON + SECOND)
    assert inbox.waiting(tx) == 0


@pytest.mark.parametrize(
    "another",
    [
        pytest.param({"shop_domain": BOB}, id="shop"),
        pytest.param({"topic": "orders/updated"}, id="topic"),
        pytest.param({"event_key": "event-2"}, id="event"),
        pytest.param({"body": b"{}"}, id="body"),
    ],
)
def test_another_shop_topic_event_or_body_is_another_delivery(tx, sealer, another):
    inbox.put(tx, sealer, delivery(), NOON)
    assert inbox.put(tx, sealer, delivery(**another), NOON)
    assert inbox.waiting(tx) == 2


def test_what_waits_longest_is_taken_first(tx, sealer):
    for number in (1, 2, 3):
        inbox.put(tx, sealer, delivery(event_key=f"event-{number}"), NOON)
    assert [kept.inbox_id for kept in inbox.take(tx, sealer, NOON, limit=2)] == [1, 2]
    assert [kept.inbox_id for kept in inbox.take(tx, sealer, NOON, limit=2)] == [3]


def test_what_was_taken_comes_back_when_its_taker_died(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    assert inbox.take(tx, sealer, NOON)
    assert inbox.take(tx, sealer, NOON + LEASE - SECOND) == ()
    (again,) = inbox.take(tx, sealer, NOON + LEASE)
    assert again.attempts == 2


def test_a_taker_who_wakes_up_late_is_told_that_the_delivery_is_no_longer_theirs(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    (late,) = inbox.take(tx, sealer, NOON)
    inbox.still_ours(tx, late)
    (successor,) = inbox.take(tx, sealer, NOON + LEASE)
    inbox.still_ours(tx, successor)
    with pytest.raises(Overtaken):
        inbox.still_ours(tx, late)
    inbox.settle(tx, successor.inbox_id, Verdict.DONE, NOON + LEASE)
    with pytest.raises(Overtaken):
        inbox.still_ours(tx, successor)


def test_a_delivery_that_was_erased_with_its_shop_is_nobodys(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    (kept,) = inbox.take(tx, sealer, NOON)
    inbox.forget_shop(tx, ALICE)
    inbox.still_ours(tx, kept)


def test_a_failure_is_tried_again_later_each_time(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    pauses = []
    at = NOON
    for _ in range(3):
        (kept,) = inbox.take(tx, sealer, at)
        inbox.fail(tx, kept, at, "the database was busy")
        pauses.append((_row(tx).not_before - at).total_seconds())
        at = _row(tx).not_before
    assert pauses == [2, 4, 8]
    assert _row(tx).error == "the database was busy"


def test_what_fails_too_often_is_parked_and_does_not_block_the_rest(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    at = NOON
    for _ in range(ATTEMPTS):
        (kept,) = inbox.take(tx, sealer, at)
        inbox.fail(tx, kept, at, "cannot be")
        at += timedelta(hours=1)
    assert (_row(tx).verdict, _row(tx).error) == ("parked", "cannot be")
    inbox.put(tx, sealer, delivery(event_key="event-2"), at)
    assert [kept.inbox_id for kept in inbox.take(tx, sealer, at + timedelta(days=1))] == [2]
    assert inbox.counts(tx) == {"parked": 1, "waiting": 1}


def test_a_parked_delivery_can_be_replayed_by_hand_with_all_its_attempts(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    inbox.settle(tx, 1, Verdict.PARKED, NOON, "cannot be")
    assert inbox.replay(tx, 1, NOON + SECOND)
    (kept,) = inbox.take(tx, sealer, NOON + SECOND)
    assert (kept.attempts, _row(tx).error, _row(tx).processed_at) == (1, None, None)


def test_an_unknown_delivery_cannot_be_replayed(tx):
    assert not inbox.replay(tx, 404, NOON)


def test_bodies_are_forgotten_a_week_after_they_were_understood(tx, sealer):
    week = timedelta(days=7)
    inbox.put(tx, sealer, delivery(), NOON)
    inbox.put(tx, sealer, delivery(event_key="event-2"), NOON)
    inbox.settle(tx, 1, Verdict.DONE, NOON)
    assert inbox.drop_bodies(tx, NOON + week - SECOND - week, 9) == 0
    assert inbox.drop_bodies(tx, NOON + week + SECOND - week, 9) == 1
    assert _row(tx, 1).body_sealed is None
    assert _row(tx, 2).body_sealed is not None, "what waits keeps its body"
    assert not inbox.replay(tx, 1, NOON), "there is nothing left to understand"
    assert _row(tx, 1).verdict == "done"


def test_a_forgotten_body_still_recognises_its_repeat(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    inbox.settle(tx, 1, Verdict.DONE, NOON)
    inbox.drop_bodies(tx, NOON + SECOND, 9)
    assert not inbox.put(tx, sealer, delivery(), NOON + timedelta(days=8))


def test_what_was_dealt_with_is_forgotten_in_the_end_but_for_the_newest_which_says_how_many_there_were(tx, sealer):
    for number in range(1, 6):
        inbox.put(tx, sealer, delivery(event_key=f"event-{number}"), NOON)
    for number, verdict in ((1, Verdict.DONE), (2, Verdict.PARKED), (4, Verdict.UNREADABLE), (5, Verdict.DONE)):
        inbox.settle(tx, number, verdict, NOON)
    assert inbox.drop(tx, NOON, most=10) == 0
    assert inbox.drop(tx, NOON + SECOND, most=2) == 2, "a part at a time, the oldest first"
    assert inbox.drop(tx, NOON + SECOND, most=2) == 1
    assert inbox.counts(tx) == {"waiting": 1, "done": 1}, "what waits is never forgotten"
    assert vitals.newest_delivery(tx) == 5


def test_forgetting_a_customer_drops_what_the_shop_sent_and_was_dealt_with(tx, sealer):
    for number, domain in enumerate((ALICE, ALICE, BOB), 1):
        inbox.put(tx, sealer, delivery(shop_domain=domain, event_key=f"event-{number}"), NOON)
    for number in (1, 3):
        inbox.settle(tx, number, Verdict.DONE, NOON)
    assert inbox.drop_processed_bodies(tx, ALICE) == 1
    assert [_row(tx, number).body_sealed is None for number in (1, 2, 3)] == [True, False, False]


def test_a_shop_is_forgotten_without_its_neighbour(tx, sealer):
    inbox.put(tx, sealer, delivery(), NOON)
    inbox.put(tx, sealer, delivery(shop_domain=BOB), NOON)
    inbox.forget_shop(tx, ALICE)
    (left,) = inbox.take(tx, sealer, NOON)
    assert left.shop_domain == BOB


def test_no_body_can_be_read_in_the_database(db: Database, sealer):
    with db.write() as tx:
        inbox.put(tx, sealer, delivery(body=b'{"email":"carol@example.com"}'), NOON)
    with db.read() as tx:
        row = _row(tx)
    assert b"carol" not in row.body_sealed
    assert b"carol" not in repr(row).encode()
    if db.is_sqlite:
        folder = Path(db.url.removeprefix("sqlite:///")).parent
        files = [file for file in folder.iterdir() if file.name.startswith("books.db")]
        held = b"".join(file.read_bytes() for file in files)
        assert b"orders/create" in held, "this is where rows are"
        assert b"carol" not in held


def test_a_body_that_this_key_cannot_open_is_set_aside_and_does_not_block_the_rest(tx, sealer):
    inbox.put(tx, Sealer("the-key-before-it-was-lost"), delivery(), NOON)
    inbox.put(tx, sealer, delivery(event_key="event-2"), NOON)
    assert [kept.inbox_id for kept in inbox.take(tx, sealer, NOON)] == [2]
    assert _row(tx, 1).verdict == "parked"
    assert "ENCRYPTION_KEY" in _row(tx, 1).error
    assert inbox.replay(tx, 1, NOON), "the key may be found again"
