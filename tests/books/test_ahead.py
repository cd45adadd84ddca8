"""What is sent ahead of its answer: it is written, or it is refused loudly and nothing is."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from backorder.db import ahead, arrays, footings, migrate
from backorder.db.columns import SHOP
from backorder.db.engine import ConnectionCut, Database
from backorder.db.footings import footings as table
from backorder.rules.footing import Footing
from tests.books.cast import HERE, LAMP
from tests.books.threads import PATIENCE

pytestmark = pytest.mark.postgres
MANY = range(arrays.SENT_AHEAD * 2)
COLUMNS = {"item_id": MANY, "location_id": [HERE] * len(MANY), "rests_on": [""] * len(MANY)}


@pytest.fixture
def here(fresh_postgresql_url: str) -> Iterator[Database]:
    database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    yield database
    database.close()


def write_many(tx, shop_id=1):
    arrays.insert_columns(tx, table, {"shop_id": shop_id}, COLUMNS)


def count(tx):
    return tx.execute(text("SELECT count(*) FROM footings")).scalar_one()


def test_the_next_question_sees_what_was_sent_ahead(here):
    with here.write() as tx:
        write_many(tx)
        assert ahead.is_under_way(tx), "or this file tries nothing"
        assert count(tx) == len(MANY)
        assert not ahead.is_under_way(tx)
        write_many(tx, 2)
    with here.read() as tx:
        assert count(tx) == 2 * len(MANY)


def test_what_is_refused_is_told_before_the_transaction_commits(here):
    def thrice():
        with here.write() as tx:
            for shop_id in (1, 1, 2):
                write_many(tx, shop_id)

    with pytest.raises(IntegrityError, match="pk_footings"):
        thrice()
    with here.read() as tx:
        assert count(tx) == 0


def test_what_is_refused_is_told_by_the_next_question(here):
    with here.write() as tx:
        write_many(tx)
        write_many(tx)
        with pytest.raises(IntegrityError, match="pk_footings"):
            count(tx)
        tx.rollback()
    with here.write() as tx:  # the same line to the server, as good as new
        write_many(tx)
        assert count(tx) == len(MANY)


def test_a_mistake_of_ours_takes_back_what_was_sent_ahead(here):
    def mistaken():
        with here.write() as tx:
            write_many(tx)
            write_many(tx)  # refused, but nobody need hear of it now
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        mistaken()
    with here.write() as tx:
        assert count(tx) == 0
        write_many(tx)


def test_a_rehearsal_takes_back_what_it_sent_ahead(here):
    with here.write() as tx:
        footings.keep(tx, 3, {(LAMP, HERE): Footing("", None, {}, {})})
        rehearsal = tx.begin_nested()
        write_many(tx)
        write_many(tx)
        rehearsal.rollback()
        assert count(tx) == 1
        with tx.begin_nested():
            write_many(tx, 2)
    with here.read() as tx:
        assert count(tx) == 1 + len(MANY)


def test_a_line_that_is_cut_meanwhile_writes_nothing_and_says_so(here):
    def cut_off():
        with here.write() as tx:
            write_many(tx)
            line = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            write_many(tx, 2)
            with psycopg.connect(here.url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [line])

    with pytest.raises(ConnectionCut):
        cut_off()
    with here.write() as tx:
        assert count(tx) == 0
        write_many(tx)
    assert here.run(count) == len(MANY)


def test_a_wait_for_a_lock_that_is_in_vain_is_told_as_ever(here):
    """The statement that waited was sent ahead; who reads on hears of it."""
    with here.write() as tx:
        write_many(tx)
    held, done = threading.Event(), threading.Event()

    def somebody() -> None:
        with here.write() as tx:
            tx.execute(text("UPDATE footings SET rests_on = 'theirs'"))
            held.set()
            done.wait(PATIENCE)

    other = threading.Thread(target=somebody)
    other.start()
    held.wait(PATIENCE)
    try:
        with here.write() as tx:
            tx.execute(text("SET LOCAL lock_timeout = '50ms'"))
            arrays.insert_rows(
                tx, table, {"shop_id": 1}, tuple(COLUMNS), list(zip(*COLUMNS.values(), strict=True)), "replace"
            )
            with pytest.raises(OperationalError, match="lock timeout"):
                count(tx)
            tx.rollback()
    finally:
        done.set()
        other.join(PATIENCE)


ROWS = select(table.c.item_id, table.c.rests_on).where(table.c.shop_id == SHOP).order_by(table.c.item_id)
BINARY_ROWS = ROWS.execution_options(**{ahead.BINARY: True})


@pytest.mark.parametrize("question", [ROWS, BINARY_ROWS])
def test_what_is_asked_ahead_is_answered_once_as_ever(here, question):
    with here.write() as tx:
        write_many(tx)
    with here.write() as tx:
        ahead.ask(tx, question, {"shop": 1})
        assert ahead.is_under_way(tx)
        write_many(tx, 2)
        assert [row.item_id for row in tx.execute(question, {"shop": 1})] == list(MANY)
        tx.execute(table.delete())
        assert tx.execute(question, {"shop": 1}).all() == [], "asked again, it is answered anew"


def test_nothing_may_be_the_answer(here):
    with here.write() as tx:
        ahead.ask(tx, ROWS, {"shop": 1})
        assert tx.execute(ROWS, {"shop": 1}).all() == []


def test_of_two_questions_in_the_same_words_each_has_its_answer(here):
    with here.write() as tx:
        write_many(tx, 2)
        for shop_id in (1, 2):
            ahead.ask(tx, ROWS, {"shop": shop_id})
        assert len(tx.execute(ROWS, {"shop": 2}).all()) == len(MANY)
        assert tx.execute(ROWS, {"shop": 1}).all() == []


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_what_nobody_asked_in_the_end_is_forgotten_with_the_transaction(here, ends):
    with here.engine.connect() as tx:
        ahead.ask(tx, ROWS, {"shop": 1})
        getattr(tx, ends)()
        write_many(tx)
        assert len(tx.execute(ROWS, {"shop": 1}).all()) == len(MANY)
        tx.commit()


def test_a_line_that_is_cut_before_the_answer_says_so(here):
    def cut_off():
        with here.write() as tx:
            line = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(here.url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [line])
            ahead.ask(tx, ROWS, {"shop": 1})
            tx.execute(ROWS, {"shop": 1}).all()

    with pytest.raises(ConnectionCut):
        cut_off()
    with here.write() as tx:
        ahead.ask(tx, ROWS, {"shop": 1})
        assert tx.execute(ROWS, {"shop": 1}).all() == []


def test_of_several_that_are_going_to_ask_the_first_question_of_each_is_sent(here):
    with here.write() as tx:
        write_many(tx, 2)

    def nobody_goes_on_without_an_answer(asking):
        asking.scalars(ROWS, {"shop": 1})
        pytest.fail("there is no answer yet")

    with here.write() as tx:
        ahead.ask_first(tx, lambda asking: asking.execute(ROWS, {"shop": 2}), nobody_goes_on_without_an_answer)
        write_many(tx)
        assert len(tx.execute(ROWS, {"shop": 2}).all()) == len(MANY)
        assert tx.scalars(ROWS, {"shop": 1}).all() == [], "as it was when the question was sent"
        assert len(tx.scalars(ROWS, {"shop": 1}).all()) == len(MANY)


def test_on_one_machines_file_a_question_is_asked_when_it_is_asked(tmp_path):
    books = Database(f"sqlite:///{tmp_path / 'books.db'}")
    migrate.upgrade(books)
    with books.write() as tx:
        ahead.ask(tx, ROWS, {"shop": 1})
        write_many(tx)
        assert len(tx.execute(ROWS, {"shop": 1}).all()) == len(MANY)
    books.close()
