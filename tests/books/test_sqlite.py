"""SQLite: one writer at a time, who says so from the start; the others wait their turn, and not for ever."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backorder.db.engine import Database, DatabaseBusy
from tests.books.threads import together

SOON = 0.05  # seconds; a writer who will not be served need not wait long to learn it
READ = text("SELECT count(*) FROM turns")
WRITE = text("INSERT INTO turns (shop_id, work, holder, until) VALUES (1, :work, 'x', '2026-11-23')")


@pytest.fixture
def here(sqlite_url):
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def elsewhere(sqlite_url):
    """Another process's view of the same file: it shares no lock of ours."""
    database = Database(sqlite_url)
    yield database
    database.close()


def written(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(READ).scalar_one())


def reads_then_writes(db: Database, work: str) -> None:
    with db.write() as tx:
        tx.execute(READ)
        tx.execute(WRITE, {"work": work})


def test_who_reads_before_writing_does_not_fail(here, elsewhere):
    def one(db: Database, name: str) -> None:
        for number in range(10):
            reads_then_writes(db, f"{name}{number}")

    together(lambda: one(here, "here"), lambda: one(elsewhere, "elsewhere"))
    assert written(here) == 20


def test_who_did_not_say_so_from_the_start_would_fail_at_once(here, elsewhere):
    """The control: this is what BEGIN IMMEDIATE is for."""
    with here.read() as reader:
        reader.execute(READ)
        reads_then_writes(elsewhere, "meanwhile")
        with pytest.raises(OperationalError, match="locked"):
            reader.execute(WRITE, {"work": "late"})


def test_a_writers_transaction_begins_as_one(here, elsewhere):
    with here.write(), pytest.raises(DatabaseBusy), elsewhere.write(patience=SOON):
        pass


def test_a_reader_does_not_wait_for_a_writer(here, elsewhere):
    with here.write() as tx:
        tx.execute(WRITE, {"work": "x"})
        assert written(elsewhere) == 0
        assert written(here) == 0


def test_a_writer_whose_turn_does_not_come_learns_it_and_wrote_nothing(here):
    with here.write() as tx:
        tx.execute(WRITE, {"work": "first"})

        def impatient() -> str:
            with pytest.raises(DatabaseBusy) as busy, here.write(patience=SOON) as second:
                second.execute(WRITE, {"work": "second"})
            return str(busy.value)

        assert "no writer's turn" in together(impatient)[0]
    assert written(here) == 1


def test_after_an_impatient_writer_the_next_one_writes(here, elsewhere):
    with elsewhere.write(), pytest.raises(DatabaseBusy, match="another process"), here.write(patience=SOON):
        pass
    reads_then_writes(here, "afterwards")
    assert written(here) == 1


def test_a_writer_that_failed_gives_its_turn_back(here):
    with pytest.raises(ZeroDivisionError), here.write():
        raise ZeroDivisionError
    reads_then_writes(here, "afterwards")
    assert written(here) == 1


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_every_connection_keeps_what_was_committed(here, pragma, value):
    with here.read() as tx, here.read() as another:
        for connection in (tx, another):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_the_folder_of_the_books_is_made(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/var/deeper/books.db")
    assert database.is_up()
    database.close()
    assert (tmp_path / "var" / "deeper" / "books.db").exists()
