"""The letterbox: many deliveries at one moment, few commits, each kept once and none lost."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from backorder.clock import transport_now
from backorder.db import inbox, inbox_lines
from backorder.db.engine import Database, DatabaseBusy
from backorder.db.inbox import Delivery
from backorder.db.letterbox import Letterbox
from backorder.db.sealed import Sealer

SEALER = Sealer("a key for what rests encrypted.")
ORDER = Delivery("lamplight.myshopify.com", "orders/create", "event-1", "webhook-1", None, b"{}")


def letters(count: int) -> list[Delivery]:
    return [replace(ORDER, event_key=f"event-{n}") for n in range(count)]


def kept(db: Database) -> int:
    with db.read() as tx:
        return inbox.waiting(tx)


@contextmanager
def somebody_else_writes(db: Database) -> Iterator[None]:
    """The writer's turn is taken until this ends."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with db.write():
            begun.set()
            over.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_delivery_is_kept_once_however_often_it_comes(db: Database) -> None:
    letterbox = Letterbox(db, SEALER)
    assert [letterbox.keep(ORDER, transport_now(), 3.0) for _ in range(3)] == [True, False, False]
    assert kept(db) == 1


def test_many_threads_at_once_lose_and_double_nothing(db: Database) -> None:
    letterbox = Letterbox(db, SEALER)
    wishes = letters(40) * 2
    with ThreadPoolExecutor(16) as hands:
        fresh = list(hands.map(lambda each: letterbox.keep(each, transport_now(), 10.0), wishes))
    assert sum(fresh) == 40
    assert kept(db) == 40


def test_a_thousand_webhooks_in_a_burst_are_all_kept_once_each(db: Database) -> None:
    letterbox = Letterbox(db, SEALER)
    burst = letters(1000)
    twice = [each for each in burst for _ in range(2)]
    with ThreadPoolExecutor(8) as hands:
        fresh = list(hands.map(lambda each: letterbox.keep(each, transport_now(), 10.0), twice))
    assert sum(fresh) == 1000
    with db.read() as tx:
        rows = tx.execute(select(inbox.inbox.c.event_key)).scalars().all()
    assert sorted(rows) == sorted(each.event_key for each in burst)


def test_two_houses_keep_the_same_burst_at_the_same_time(db: Database) -> None:
    """As two web processes do: each has a letterbox of its own."""
    boxes = [Letterbox(db, SEALER) for _ in range(2)]
    wishes = [(box, each) for each in letters(100) for box in boxes]
    with ThreadPoolExecutor(8) as hands:
        fresh = list(hands.map(lambda wish: wish[0].keep(wish[1], transport_now(), 10.0), wishes))
    assert sum(fresh) == kept(db) == 100


def test_what_the_driver_wrote_reads_back_as_the_book_writes_it(db: Database) -> None:
    at = datetime(2026, 11, 25, 12, 0, 0, 120, tzinfo=UTC)
    told = replace(ORDER, triggered_at=at, body=b"\x00\xff", shop_domain="lämp.myshopify.com")
    Letterbox(db, SEALER).keep(told, at, 3.0)
    with db.read() as tx:
        (row,) = tx.execute(inbox.inbox.select()).all()
    expected = inbox.sealed(SEALER, told, at)
    assert {name: getattr(row, name) for name in expected if name != "body_sealed"} == {
        name: value for name, value in expected.items() if name != "body_sealed"
    }
    assert SEALER.open(inbox.BODY_PURPOSE, row.body_sealed) == b"\x00\xff"


class TestOnPostgresql:
    @pytest.fixture
    def db(self, fresh_postgresql_url: str) -> Iterator[Database]:
        database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
        yield database
        database.close()

    def test_a_line_that_was_cut_while_it_rested_is_made_anew(self, db: Database) -> None:
        letterbox = Letterbox(db, SEALER)
        letterbox.keep(ORDER, transport_now(), 3.0)
        with db.write() as tx:
            tx.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'promised receiver'"
            )
        assert letterbox.keep(replace(ORDER, event_key="event-2"), transport_now(), 3.0)
        assert kept(db) == 2

    def test_a_database_that_is_away_is_busy_and_not_an_error(self) -> None:
        away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        with pytest.raises(DatabaseBusy, match="cannot be reached"):
            Letterbox(away, SEALER).keep(ORDER, transport_now(), 3.0)
        away.close()

    def test_a_statement_that_waits_too_long_is_given_up(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inbox_lines, "STATEMENT_MS", 50)
        letterbox = Letterbox(db, SEALER)
        letterbox.keep(ORDER, transport_now(), 3.0)
        with db.write() as tx:
            tx.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(DatabaseBusy, match="too slow"):
                letterbox.keep(replace(ORDER, event_key="event-2"), transport_now(), 3.0)
        assert kept(db) == 1
        assert letterbox.keep(replace(ORDER, event_key="event-2"), transport_now(), 3.0)

    def test_what_it_answers_for_waits_for_the_disk_whatever_the_server_does_for_others(self, db: Database) -> None:
        letterbox = Letterbox(db, SEALER)
        letterbox.keep(ORDER, transport_now(), 3.0)
        assert letterbox._lines is not None
        (line,) = letterbox._lines._resting
        assert line.execute("SHOW synchronous_commit").fetchone() == ("on",)


class TestOnSqlite:
    @pytest.fixture
    def db(self, sqlite_url: str) -> Iterator[Database]:
        database = Database(sqlite_url)
        yield database
        database.close()

    def test_all_who_wait_for_the_turn_are_kept_by_the_first_who_gets_it(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letterbox = Letterbox(db, SEALER)
        commits = []
        write = db.write_bare

        def waiting_in(line: sqlite3.Connection) -> int:
            (count,) = line.execute("SELECT count(*) FROM inbox").fetchone()
            return int(count)

        @contextmanager
        def counted(patience: float) -> Iterator[sqlite3.Connection]:
            with write(patience) as line:
                before = waiting_in(line)
                yield line
                if waiting_in(line) > before:
                    commits.append(waiting_in(line) - before)

        with ThreadPoolExecutor(12) as hands:
            with somebody_else_writes(db):
                monkeypatch.setattr(db, "write_bare", counted)
                waiting = [hands.submit(letterbox.keep, each, transport_now(), 10.0) for each in letters(12)]
                until_all_wait(letterbox, 12)
            assert all(each.result(timeout=10) for each in waiting)
        assert commits == [12]

    def test_of_many_who_are_kept_together_each_hears_whether_it_was_new(self, db: Database) -> None:
        letterbox = Letterbox(db, SEALER)
        old, fresh, twice = letters(3)
        moment = transport_now()
        letterbox.keep(old, moment, 3.0)
        with ThreadPoolExecutor(5) as hands:
            with somebody_else_writes(db):
                known = hands.submit(letterbox.keep, old, transport_now(), 10.0)
                new = hands.submit(letterbox.keep, fresh, transport_now(), 10.0)
                # Even if the clock stands still meanwhile.
                twins = [hands.submit(letterbox.keep, twice, moment, 10.0) for _ in range(2)]
                until_all_wait(letterbox, 4)
            assert (known.result(timeout=10), new.result(timeout=10)) == (False, True)
            assert sorted(each.result(timeout=10) for each in twins) == [False, True]
        assert kept(db) == 3

    def test_when_a_leader_gives_up_the_next_one_leads(self, db: Database) -> None:
        letterbox = Letterbox(db, SEALER)
        first, second = letters(2)
        with ThreadPoolExecutor(2) as hands:
            with somebody_else_writes(db):
                leads = hands.submit(letterbox.keep, first, transport_now(), 0.3)
                until_all_wait(letterbox, 1)
                follows = hands.submit(letterbox.keep, second, transport_now(), 10.0)
                assert isinstance(leads.exception(timeout=10), DatabaseBusy)
            assert follows.result(timeout=10)
        assert kept(db) == 1

    def test_who_cannot_wait_takes_the_letter_back(self, db: Database) -> None:
        letterbox = Letterbox(db, SEALER)
        with somebody_else_writes(db), pytest.raises(DatabaseBusy):
            letterbox.keep(ORDER, transport_now(), 0.05)
        assert letterbox.keep(replace(ORDER, event_key="event-2"), transport_now(), 3.0)
        assert kept(db) == 1

    def test_when_the_keeping_fails_everybody_who_was_taken_along_hears_of_it(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letterbox = Letterbox(db, SEALER)

        def fails(*_: object) -> bool:
            raise OSError("no space left on device")

        monkeypatch.setattr(inbox, "put_bare", fails)
        with ThreadPoolExecutor(3) as hands:
            with somebody_else_writes(db):
                waiting = [hands.submit(letterbox.keep, each, transport_now(), 10.0) for each in letters(3)]
                until_all_wait(letterbox, 3)
            assert [type(each.exception(timeout=10)) for each in waiting] == [OSError] * 3


def until_all_wait(letterbox: Letterbox, count: int) -> None:
    """Until so many letters stand in the box."""
    ready = threading.Event()
    for _ in range(500):
        if len(letterbox._waiting) == count:
            return
        ready.wait(0.01)
    raise AssertionError("they never came")
