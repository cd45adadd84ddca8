"""The letterbox: many deliveries at one moment, few commits, each kept once and none lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backorder.clock import transport_now
from backorder.db import inbox
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
        write = db.write

        @contextmanager
        def counted(patience: float = 10.0) -> Iterator[object]:
            with write(patience) as tx:
                before = inbox.waiting(tx)
                yield tx
                if inbox.waiting(tx) > before:
                    commits.append(inbox.waiting(tx) - before)

        with ThreadPoolExecutor(12) as hands:
            with somebody_else_writes(db):
                monkeypatch.setattr(db, "write", counted)
                waiting = [hands.submit(letterbox.keep, each, transport_now(), 10.0) for each in letters(12)]
                until_all_wait(letterbox, 12)
            assert all(each.result(timeout=10) for each in waiting)
        assert commits == [12]

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

        monkeypatch.setattr(inbox, "put_all", fails)
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
