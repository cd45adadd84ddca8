"""The database: a unit of work is done whole or not at all, whoever else is at work."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backorder.db import shops
from backorder.db.engine import Database
from tests.books.cast import ALICE, NOON
from tests.books.threads import together


@pytest.fixture
def counter(db):
    """A counter that starts at nought."""
    with db.write() as tx:
        tx.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        tx.execute(text("INSERT INTO counter VALUES (0)"))
    return db


def count(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(text("SELECT n FROM counter")).scalar_one())


def test_what_was_written_is_there_for_the_next_reader(counter):
    with counter.write() as tx:
        tx.execute(text("UPDATE counter SET n = 1"))
    assert count(counter) == 1


def test_what_failed_half_way_was_never_written(counter):
    def half_way(tx):
        tx.execute(text("UPDATE counter SET n = 1"))
        return shops.one(tx, 404)

    with pytest.raises(LookupError):
        counter.run(half_way)
    assert count(counter) == 0


def test_a_reader_sees_nothing_that_is_not_committed(counter):
    with counter.write() as tx:
        tx.execute(text("UPDATE counter SET n = 1"))
        assert count(counter) == 0
    assert count(counter) == 1


def test_a_unit_of_work_gives_back_what_it_found(counter):
    assert counter.run(lambda tx: tx.execute(text("SELECT n + 7 FROM counter")).scalar_one()) == 7


def test_a_unit_of_work_that_is_wrong_is_not_repeated(counter):
    tried = []

    def wrong(tx):
        tried.append(1)
        tx.execute(shops.shops.insert().values(domain=ALICE, installed_at=NOON))
        tx.execute(shops.shops.insert().values(domain=ALICE, installed_at=NOON))

    with pytest.raises(IntegrityError):
        counter.run(wrong)
    assert len(tried) == 1
    with counter.read() as tx:
        assert shops.by_domain(tx, ALICE) is None


def test_many_writers_at_once_lose_nothing(counter):
    def add():
        for _ in range(15):
            with counter.write() as tx:
                tx.execute(text("UPDATE counter SET n = n + 1"))

    together(*[add] * 4)
    assert count(counter) == 60


def test_a_database_that_answers_is_up(db):
    assert db.is_up()
