"""What every room's tests may ask for: a database of each kind with migrated, empty books."""

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from hypothesis import settings

from backorder.db import migrate
from backorder.db.engine import Database
from backorder.store.http import FROM_ENVIRONMENT
from promised import heap
from tests import in_memory, routes, statements, templates
from tests.browser import chromium
from tests.dice import DICE
from tests.servers import postgresql, redis_server
from tests.together import Together, scheduler

__all__ = ["chromium"]

# How long an example takes says something of the machine and its neighbours, nothing of a rule. ``DICE=10`` tries ten times as many.
settings.register_profile("ours", deadline=None, max_examples=50 * DICE)
settings.load_profile("ours")
heap.seldom()  # a twentieth of the suite would be looking for garbage
routes.compiled_once()
statements.compiled_once()
templates.compiled_once()
in_memory.move_in()
# The stores that tests ask are here: no proxy stands before them, and to look for one takes a third of a request.
for name in FROM_ENVIRONMENT & {name.upper() for name in os.environ}:
    os.environ.pop(name, None)
    os.environ.pop(name.lower(), None)
# An error that a test wants is written in plain words: to draw a frame around it takes longer than most tests.
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback

_numbers = itertools.count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Together | None:
    """Tests of one stage run on one process."""
    return scheduler(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands when the first test begins stays to the end: nobody needs to look through it for garbage."""
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server for this run."""
    with postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server for this run."""
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    file = tmp_path_factory.mktemp("books") / "empty.db"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


class Clerk:
    """Opens and closes databases, over one line to the server: each new one would be a process there."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._line: psycopg.Connection | None = None

    def says(self, sentence: str) -> None:
        if self._line is None or self._line.closed:
            self._line = psycopg.connect(self._url, autocommit=True)
        try:
            self._line.execute(sentence)
        except psycopg.OperationalError:  # a test has cut all lines
            self._line = psycopg.connect(self._url, autocommit=True)
            self._line.execute(sentence)

    def leaves(self) -> None:
        if self._line is not None:
            self._line.close()


@pytest.fixture(scope="session")
def clerk(postgresql_url: str) -> Iterator[Clerk]:
    """Who opens and closes databases on this run's PostgreSQL server."""
    clerk = Clerk(postgresql_url)
    yield clerk
    clerk.leaves()


@pytest.fixture(scope="session")
def migrated_template(postgresql_url: str, clerk: Clerk) -> str:
    """A migrated, empty PostgreSQL database to copy from; its name."""
    name = "promised_template"
    clerk.says(f"CREATE DATABASE {name}")
    database = Database(_on(postgresql_url, name).replace("postgresql://", "postgresql+psycopg://"))
    migrate.upgrade(database)
    database.close()
    return name


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of migrated, empty books in a file of this test's own."""
    file = tmp_path / "books.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    return f"sqlite:///{file}"


@pytest.fixture
def fresh_postgresql_url(postgresql_url: str, migrated_template: str, clerk: Clerk) -> Iterator[str]:
    """The address of migrated, empty books in a PostgreSQL database of this test's own."""
    name = f"promised_{next(_numbers)}"
    # Whole files are copied in half the time that it takes to write each page into the log too.
    clerk.says(f"CREATE DATABASE {name} TEMPLATE {migrated_template} STRATEGY FILE_COPY")
    yield _on(postgresql_url, name)
    clerk.says(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def books_url(request: pytest.FixtureRequest) -> str:
    """Migrated, empty books: the test runs once on SQLite and once on PostgreSQL."""
    fixture = "sqlite_url" if request.param == "sqlite" else "fresh_postgresql_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def db(books_url: str) -> Iterator[Database]:
    """A database of each kind."""
    database = Database(books_url.replace("postgresql://", "postgresql+psycopg://"))
    yield database
    database.close()


def _on(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0].replace("postgresql+psycopg://", "postgresql://") + f"/{name}"
