"""Migrations: from nothing to exactly the books, once, whoever comes at the same time."""

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import inspect, text

from backorder.db import migrate
from backorder.db.books import metadata
from backorder.db.engine import Database
from tests.house.repository import ROOT

UPGRADE = """
import sys
from backorder.db import migrate
from backorder.db.engine import Database
sys.stdin.readline()
migrate.upgrade(Database(sys.argv[1]))
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request, tmp_path) -> Iterator[Database]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        url = request.getfixturevalue("fresh_postgresql_url")
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        url = url.replace("postgresql://", "postgresql+psycopg://")
    database = Database(url)
    yield database
    database.close()


def tables(db: Database) -> set[str]:
    with db.read() as tx:
        return set(inspect(tx).get_table_names())


def test_an_empty_database_becomes_exactly_the_books(empty):
    assert tables(empty) == set()
    assert not migrate.is_current(empty)
    migrate.upgrade(empty)
    assert tables(empty) == {*metadata.tables, "alembic_version"}
    assert migrate.is_current(empty)
    with empty.read() as tx:
        assert migrate.differences(tx) == []


def test_upgrading_again_changes_nothing_and_keeps_what_is_there(empty):
    migrate.upgrade(empty)
    with empty.write() as tx:
        tx.execute(text("INSERT INTO turns (shop_id, work, holder, until) VALUES (1, 'w', 'h', '2026-11-23')"))
    migrate.upgrade(empty)
    assert migrate.is_current(empty)
    with empty.read() as tx:
        assert tx.execute(text("SELECT holder FROM turns")).scalar_one() == "h"


@pytest.mark.long
def test_two_processes_at_once_both_find_it_done(empty):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty.url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:  # both have imported everything and wait for the word
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 0], ended
    assert migrate.is_current(empty)


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    with empty.write() as tx:
        tx.execute(text("CREATE TABLE turns (n INTEGER)"))  # in the way of one of ours
    with pytest.raises(Exception, match="turns"):
        migrate.upgrade(empty)
    assert tables(empty) == {"turns"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param("ALTER TABLE turns ADD COLUMN mood TEXT", "mood", id="a column too many"),
        pytest.param("DROP TABLE turns", "turns", id="a table too few"),
        pytest.param("DROP INDEX ix_dirty_not_before", "ix_dirty_not_before", id="an index too few"),
        pytest.param("CREATE TABLE moods (n INTEGER)", "moods", id="a table too many"),
    ],
)
def test_a_difference_is_named(tx, change, named):
    tx.execute(text(change))
    assert any(named in difference for difference in migrate.differences(tx))


@pytest.mark.postgres
def test_a_missing_check_is_named(fresh_postgresql_url):
    database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    with database.write() as tx:
        tx.execute(text("ALTER TABLE lots DROP CONSTRAINT ck_lots_never_over_allocated"))
        assert any("never_over_allocated" in difference for difference in migrate.differences(tx))
    database.close()


@pytest.mark.postgres
def test_a_check_that_says_something_else_is_named(fresh_postgresql_url):
    database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    with database.write() as tx:
        tx.execute(text("ALTER TABLE lots DROP CONSTRAINT ck_lots_never_over_allocated"))
        weaker = "CHECK (allocated <= units + short + 1000)"
        tx.execute(text(f"ALTER TABLE lots ADD CONSTRAINT ck_lots_never_over_allocated {weaker}"))
        found = migrate.differences(tx)
    database.close()
    assert any("never_over_allocated" in difference for difference in found)
