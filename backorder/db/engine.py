"""The database: SQLite on one machine, PostgreSQL beyond it; the same books in both."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backorder.db import ahead
from backorder.db.arrays import take_copy
from backorder.db.turn import Turn

# The house speaks of a ``Connection`` as the transaction it was given; only this room knows where the type is from.
__all__ = ["Connection", "Database", "DatabaseBusy", "OutcomeUnknown"]

T = TypeVar("T")

WRITER = "promised_writer"
# A writer of ours holds the lock for at most 250 ms; one who waits longer than this has met a fault.
PATIENCE_SECONDS = 10.0
# Pages of the log before it is written back into the file: what was written often meanwhile is written back once (16 MB).
LOG_PAGES = 4_000
# Who is in a hurry leaves that to those who are not, unless they never come (64 MB).
LOG_PAGES_IN_A_HURRY = 16_000
RETRIES = 5
_RETRY_STATES = {"40001", "40P01"}  # serialization failure, deadlock: repeat the whole unit of work
_NOT_NOW_ON_POSTGRESQL = {
    **dict.fromkeys(
        ("55P03", "57014"), "somebody else holds what this needs in the database"
    ),  # lock_, statement_timeout
    "25006": "the database takes no writes",  # a standby, also one that was the primary until now
    "42501": "the user of DATABASE_URL may not do this there: let it own the database and its tables",
}
# SQLite says these when another process holds the file, and when there is no room for more.
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}

# PostgreSQL. The store gives a webhook five seconds: whoever finds no connection learns it before that.
CONNECTIONS, POOL_SECONDS, CONNECT_SECONDS = 20, 3.0, 3
# A server that ends what hangs: no statement of ours takes a minute, and nobody holds a transaction open to wait.
SERVER_PATIENCE = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
# A network that was cut without a word is noticed within half a minute, while asking within ten seconds.
KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class DatabaseBusy(Exception):
    """The database could not take it now: held by somebody else, full, or not to be reached. Nothing was written."""


class ConnectionCut(DatabaseBusy):
    """The connection was lost before anything was committed: the same unit of work may be repeated at once."""


class OutcomeUnknown(Exception):
    """The connection was lost while it committed: all was written, or nothing. What is repeated must bear it."""


class Database:
    """A place for the books. ``read`` and ``write`` give a connection inside one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        # SQLite has one writer. Threads queue here, in order, instead of polling the file lock.
        self._writer = Turn()
        # Who keeps a line of its own to these books, and hangs up with them.
        self.closing: list[Callable[[], None]] = []
        self._bare: _BareLine | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises DatabaseBusy if the database cannot be reached."""
        with self._connection() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, patience: float = PATIENCE_SECONDS) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing.

        Raises DatabaseBusy if the turn to write (SQLite, within ``patience`` seconds) or a connection (PostgreSQL, within
        POOL_SECONDS) is not to be had, or is lost, or the server ended a wait; nothing was written then. Raises
        OutcomeUnknown if the connection was lost while it committed.
        """
        if self.is_sqlite:
            with self._write_sqlite(patience) as connection:
                yield connection
            return
        committing = False
        try:
            with self._connection() as connection, connection.begin():
                yield connection
                ahead.wait(connection)
                committing = True
        except DBAPIError as error:
            if error.connection_invalidated and committing:
                raise OutcomeUnknown("the connection to the database was lost while it committed") from error
            if error.connection_invalidated:
                raise ConnectionCut("the connection to the database was lost") from error
            if (why := _NOT_NOW_ON_POSTGRESQL.get(getattr(error.orig, "sqlstate", None) or "")) is not None:
                raise DatabaseBusy(why) from error
            raise

    def _connection(self) -> Connection:
        """A connection out of the pool."""
        try:
            return self.engine.connect()
        except PoolTimeout as error:
            raise DatabaseBusy(f"all {CONNECTIONS} connections to the database are in use") from error
        except OperationalError as error:
            raise DatabaseBusy("the database cannot be reached") from error

    @contextmanager
    def _write_sqlite(self, patience: float) -> Iterator[Connection]:
        """One writer at a time: threads of this process queue at a lock, other processes at the file's."""
        deadline = time.monotonic() + patience
        if not self._writer.acquire(patience):
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
        except OperationalError as error:
            # Whatever was refused, the transaction was rolled back whole.
            if (why := _not_now(error.orig)) is None:
                raise
            raise DatabaseBusy(why) from error
        finally:
            self._writer.release()

    @contextmanager
    def write_bare(self, patience: float) -> Iterator[sqlite3.Connection]:
        """SQLite only: the driver's own line to the file, for who comes often, writes a row or two and is in a hurry.

        Each statement said on it is a transaction of its own: at every one a thread gives up the interpreter, and waits for it among
        all others. What SQLAlchemy does around a transaction costs more than such a row, too. Raises as ``write`` does.
        """
        deadline = time.monotonic() + patience
        if not self._writer.acquire(patience, hurry=True):
            raise DatabaseBusy(f"no writer's turn within {patience:.0f} s")
        try:
            if self._bare is None:
                self._bare = _BareLine(self.url)
            yield self._bare.patient(deadline - time.monotonic())
        except sqlite3.OperationalError as error:
            if (why := _not_now(error)) is None:
                raise
            raise DatabaseBusy(why) from error
        finally:
            self._writer.release()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do a whole unit of work in one writing transaction, again from its start after a deadlock or a cut connection.

        Raises what ``write`` raises. An unknown outcome is not repeated: only the caller knows whether that would count twice.
        """
        for attempt in range(RETRIES):
            try:
                with self.write() as tx:
                    return work(tx)
            except ConnectionCut:
                if attempt + 1 == RETRIES:
                    raise
            except DBAPIError as error:
                if attempt + 1 == RETRIES or getattr(error.orig, "sqlstate", None) not in _RETRY_STATES:
                    raise
            # Those who met here should not meet here again.
            time.sleep(secrets.randbelow(20 * 2**attempt) / 1000)
        raise AssertionError("unreachable")

    def rehearse(self, work: Callable[[Connection], T]) -> T:
        """Do a whole unit of work as ``run`` does and take all of it back: its answer, and nothing written.

        It holds what the real thing would hold: on SQLite the turn to write.
        """

        def and_back(tx: Connection) -> T:
            rehearsal = tx.begin_nested()
            try:
                return work(tx)
            finally:
                rehearsal.rollback()

        return self.run(and_back)

    def is_up(self) -> bool:
        """Whether the database answers."""
        try:
            with self.read() as tx:
                tx.execute(text("SELECT 1"))
        except (DBAPIError, DatabaseBusy):
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        for hang_up in self.closing:
            hang_up()
        if self._bare is not None:
            self._bare.close()
            self._bare = None
        self.engine.dispose()


def _not_now(error: BaseException | None) -> str | None:
    """Why SQLite could not write now; None if it is another kind of error."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF in _LOCKED:  # the rest says why in more detail
        return "another process holds the database"
    if code in _FULL:
        return f"there is no room to write the database ({error})"
    return None


_ON_A_LINE: dict[str, Any] = {"timeout": 3.0, "check_same_thread": False}


class _BareLine:
    """A connection to the file that nobody but the driver stands before."""

    def __init__(self, url: str) -> None:
        self._line: sqlite3.Connection = sqlite3.connect(make_url(url).database or "", **_ON_A_LINE)
        self._patience: float | None = None
        _prepare(self._line)
        self._line.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES_IN_A_HURRY}")

    def patient(self, seconds: float) -> sqlite3.Connection:
        """The line, waiting so long for another process, in half seconds; to say the same again would cost as much as a row."""
        halves = max(0, int(seconds * 2)) / 2
        if halves != self._patience:
            self._line.execute(f"PRAGMA busy_timeout = {int(halves * 1000)}")
            self._patience = halves
        return self._line

    def close(self) -> None:
        self._line.close()


def _prepare(line: sqlite3.Connection) -> None:
    """What every connection to the file begins with."""
    line.isolation_level = None  # we say BEGIN ourselves
    cursor = line.cursor()
    _switch_to_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is not left in the file's free pages
    cursor.close()
    # SQLite's own knows A to Z alone: an Étagère would be found neither so nor in small letters.
    line.create_function("lower", 1, _in_small_letters, deterministic=True)


def _in_small_letters(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class _Hinted(SQLiteCompiler):
    """Says ``INDEXED BY`` where a statement asks for it.

    SQLite does not know how few rows an index of few rows has: it would rather go through all of a queue by a wider one.
    """

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        """The hint as it stands."""
        return text


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args=_ON_A_LINE, hide_parameters=True)
    engine.dialect.statement_compiler = _Hinted

    @event.listens_for(engine, "connect")
    def _begin_line(raw: Any, _record: object) -> None:
        _prepare(raw)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that later writes would fail at once in WAL, whatever the timeout; so writers say so from the start.
        writer = connection.get_execution_options().get(WRITER)
        _say(connection, "BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _say(connection: Connection, sentence: str) -> None:
    """Say something short to SQLite through the driver: what SQLAlchemy puts around a statement takes longer than this one.

    Errors are those that SQLAlchemy would raise.
    """
    line = connection.connection.driver_connection
    assert line is not None
    try:
        line.execute(sentence)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sentence, None, error, sqlite3.Error) from error


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
    engine = create_engine(
        url,
        pool_size=CONNECTIONS // 2,
        max_overflow=CONNECTIONS // 2,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # an error's text goes to logs and books; what was written may be a person's
        connect_args={
            # Planned each time: a plan kept from when a book was small looks through it row by row when it has grown.
            "prepare_threshold": None,
            "connect_timeout": CONNECT_SECONDS,
            # A server that knows no encoding (SQL_ASCII) would give bytes for words, before anybody can say so.
            "client_encoding": "utf8",
            # In the server's own zone every instant would have to be brought to UTC, one by one.
            "options": " ".join(f"-c {name}={value}" for name, value in {"timezone": "UTC", **SERVER_PATIENCE}.items()),
            **KEEPALIVE,
        },
    )
    ahead.listen(engine)
    event.listen(engine, "do_execute", take_copy)
    return engine
