"""The database: SQLite on one machine, PostgreSQL beyond it; the same books in both."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# The house speaks of a ``Connection`` as the transaction it was given; only this room knows where the type is from.
__all__ = ["Connection", "Database", "DatabaseBusy"]

T = TypeVar("T")

WRITER = "promised_writer"
# A writer of ours holds the lock for at most 250 ms; one who waits longer than this has met a fault.
PATIENCE_SECONDS = 10.0
RETRIES = 5
_RETRY_STATES = {"40001", "40P01"}  # serialization failure, deadlock: repeat the whole unit of work


class DatabaseBusy(Exception):
    """Another writer held the database for longer than the caller could wait. Nothing was written."""


class Database:
    """A place for the books. ``read`` and ``write`` give a connection inside one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        # SQLite has one writer. Threads queue here, in order, instead of polling the file lock.
        self._writer = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, patience: float = PATIENCE_SECONDS) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing.

        Raises DatabaseBusy if the turn to write (SQLite) or a connection (PostgreSQL) is not to be had within ``patience``
        seconds; nothing was written then.
        """
        if self.is_sqlite:
            with self._write_sqlite(patience) as connection:
                yield connection
            return
        try:
            connection = self.engine.connect()
        except (OperationalError, PoolTimeout) as error:
            raise DatabaseBusy("the database cannot be reached") from error
        with connection, connection.begin():
            yield connection

    @contextmanager
    def _write_sqlite(self, patience: float) -> Iterator[Connection]:
        """One writer at a time: threads of this process queue at a lock, other processes at the file's."""
        deadline = time.monotonic() + patience
        if not self._writer.acquire(timeout=patience):
            raise DatabaseBusy(f"no writer's turn within {patience:.0f} s")
        try:
            with self.engine.connect().execution_options(**{WRITER: True}) as connection:
                left = max(0, int((deadline - time.monotonic()) * 1000))
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute(f"PRAGMA busy_timeout = {left}")
                try:
                    transaction = connection.begin()
                except OperationalError as error:
                    raise DatabaseBusy("another process holds the database") from error
                with transaction:
                    yield connection
        finally:
            self._writer.release()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do a whole unit of work in one writing transaction, again from its start after a deadlock."""
        for attempt in range(RETRIES):
            try:
                with self.write() as tx:
                    return work(tx)
            except DBAPIError as error:
                if attempt + 1 == RETRIES or getattr(error.orig, "sqlstate", None) not in _RETRY_STATES:
                    raise
            # Those who met here should not meet here again.
            time.sleep(secrets.randbelow(20 * 2**attempt) / 1000)
        raise AssertionError("unreachable")

    def is_up(self) -> bool:
        """Whether the database answers."""
        try:
            with self.read() as tx:
                tx.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 3.0, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves
        cursor = raw.cursor()
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is erased is not left in the file's free pages
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that later writes would fail at once in WAL, whatever the timeout; so writers say so from the start.
        writer = connection.get_execution_options().get(WRITER)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _switch_to_wal(cursor: Any) -> None:
    """Write-ahead logging; SQLite does not wait by itself while another process switches or migrates."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _postgresql(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        # Planned each time: a plan kept from when a book was small looks through it row by row when it has grown.
        connect_args={"prepare_threshold": None},
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # an error's text goes to logs and books; what was written may be a person's
    )
