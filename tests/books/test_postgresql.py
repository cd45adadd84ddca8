"""PostgreSQL: one isolation level whatever the server prefers, deadlocks repeated from the start, locks in one order."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from backorder.db import catalogue
from backorder.db.engine import RETRIES, Database, DatabaseBusy
from tests.books.cast import CHAIR, LAMP
from tests.books.threads import PATIENCE, together
from tests.servers import free_port

pytestmark = pytest.mark.postgres
AT_ONCE = text("SET LOCAL deadlock_timeout = '20ms'")  # how soon the server looks for a circle of waiters
NO_WAITING = text("SET LOCAL lock_timeout = '50ms'")


def driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def here(fresh_postgresql_url: str) -> Iterator[Database]:
    database = Database(driver(fresh_postgresql_url))
    with database.write() as tx:
        tx.execute(text("CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL)"))
        tx.execute(text("INSERT INTO counter VALUES ('a', 0), ('b', 0)"))
    yield database
    database.close()


def counts(db: Database) -> dict[str, int]:
    with db.read() as tx:
        return {row.name: row.n for row in tx.execute(text("SELECT name, n FROM counter"))}


def test_the_isolation_level_is_ours_whatever_the_server_prefers(fresh_postgresql_url):
    name = fresh_postgresql_url.rsplit("/", 1)[1]
    with psycopg.connect(fresh_postgresql_url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    with psycopg.connect(fresh_postgresql_url) as plain:
        assert plain.execute("SHOW transaction_isolation").fetchone() == ("serializable",), "the control"
    database = Database(driver(fresh_postgresql_url))
    with database.read() as reader, database.write() as writer:
        for tx in (reader, writer):
            assert tx.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
    database.close()


def test_a_deadlock_is_repeated_from_the_start_and_both_are_done(here):
    crossed = threading.Barrier(2, timeout=PATIENCE)
    tries: list[str] = []

    def both(first: str, second: str) -> None:
        attempts = 0

        def work(tx):
            nonlocal attempts
            attempts += 1
            tries.append(first)
            tx.execute(AT_ONCE)
            tx.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": first})
            if attempts == 1:
                crossed.wait()  # each holds what the other wants next
            tx.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": second})

        here.run(work)

    together(lambda: both("a", "b"), lambda: both("b", "a"))
    assert len(tries) > 2, "one of them had to begin again"
    assert counts(here) == {"a": 2, "b": 2}, "and nothing was written twice"


def test_without_the_repetition_a_deadlock_is_an_error(here):
    """The control: the crossing above is a real deadlock."""
    crossed = threading.Barrier(2, timeout=PATIENCE)

    def both(first: str, second: str) -> str:
        try:
            with here.write() as tx:
                tx.execute(AT_ONCE)
                tx.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": first})
                crossed.wait()
                tx.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": second})
        except OperationalError as error:
            return str(error.orig)
        return "done"

    ended = together(lambda: both("a", "b"), lambda: both("b", "a"))
    assert ended.count("done") == 1
    assert any("deadlock" in said for said in ended)


def test_what_never_succeeds_is_given_up(here):
    tried = []

    def work(tx):
        tried.append(1)
        tx.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    with pytest.raises(DBAPIError):
        here.run(work)
    assert len(tried) == RETRIES


def test_the_items_lock_is_one_for_all_locations(here):
    def lock(shop_id: int, *items: int) -> None:
        with here.write() as tx:
            tx.execute(NO_WAITING)
            catalogue.lock_items(tx, shop_id, items)

    with here.write() as first:
        catalogue.lock_items(first, 1, [LAMP])
        with pytest.raises(DatabaseBusy, match="somebody else holds"):
            lock(1, CHAIR, LAMP)
        lock(1, CHAIR)
        lock(2, LAMP)


def test_items_are_locked_in_one_order_however_they_are_named(here):
    with here.write() as tx:
        catalogue.lock_items(tx, 1, [LAMP, CHAIR])

    def lock(items: list[int]) -> None:
        for _ in range(40):
            with here.write() as tx:
                tx.execute(AT_ONCE)
                catalogue.lock_items(tx, 1, items)

    together(lambda: lock([LAMP, CHAIR]), lambda: lock([CHAIR, LAMP]))


def test_new_items_are_made_known_in_one_order_too(here):
    def lock(shop_id: int, items: list[int]) -> None:
        with here.write() as tx:
            tx.execute(AT_ONCE)
            catalogue.lock_items(tx, shop_id, items)

    some = list(range(1, 30))
    for shop_id in range(1, 6):
        together(lambda at=shop_id: lock(at, some), lambda at=shop_id: lock(at, some[::-1]))


def test_a_connection_that_the_server_ended_is_replaced(here):
    with here.read() as tx:
        tx.execute(text("SELECT 1"))
    with psycopg.connect(here.url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert here.is_up()
    assert counts(here) == {"a": 0, "b": 0}


def test_a_server_that_is_not_there_is_said_in_a_word():
    nowhere = Database(f"postgresql+psycopg://promised@127.0.0.1:{free_port()}/none")
    assert not nowhere.is_up()
    with pytest.raises(DatabaseBusy, match="cannot be reached"), nowhere.write():
        pass
    nowhere.close()
