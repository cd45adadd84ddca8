"""A writing transaction on books of each kind, and two shops in them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from backorder.db import shops
from backorder.db.engine import WRITER, Connection, Database
from backorder.db.sealed import Sealer
from tests.books.cast import ALICE, BOB, NOON

SHARED = f"promised_shared_{os.getpid()}"
# PostgreSQL counts on where a transaction was taken back.
FROM_ONE = text("SELECT setval(c.oid::regclass, 1, false) FROM pg_class c WHERE c.relkind = 'S'")


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_url: str, migrated_template: str) -> Iterator[Database]:
    """Empty books that stay empty: every test takes back what it wrote."""
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {SHARED} TEMPLATE {migrated_template}")
    database = Database(
        f"{postgresql_url.rsplit('/', 1)[0]}/{SHARED}".replace("postgresql://", "postgresql+psycopg://")
    )
    yield database
    database.close()
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {SHARED} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The same in a file."""
    file = tmp_path_factory.mktemp("shared") / "books.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared_tx(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One writing transaction on empty books for a room's tests, each of which takes back what it wrote."""
    with _to_be_taken_back(request.getfixturevalue(f"shared_{request.param}")) as connection:
        yield connection


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def tx(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One writing transaction on empty books, as long as the test and taken back after it; once on each database.

    Tests of one hand use it; what needs several hands or a commit asks for ``db``.
    """
    with _to_be_taken_back(request.getfixturevalue(f"shared_{request.param}")) as connection:
        yield connection


@contextmanager
def _to_be_taken_back(database: Database) -> Iterator[Connection]:
    """A writing transaction that ends as if it had not been; its rows are numbered from one."""
    with database.engine.connect().execution_options(**{WRITER: True}) as connection:
        transaction = connection.begin()
        if not database.is_sqlite:
            connection.execute(FROM_ONE)
        yield connection
        transaction.rollback()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer("the-key-that-seals-the-books")


@pytest.fixture
def alice(tx: Connection) -> int:
    """Alice's shop, by our number."""
    return shops.install(tx, ALICE, NOON).shop_id


@pytest.fixture
def bob(tx: Connection) -> int:
    """Bob's shop, by our number."""
    return shops.install(tx, BOB, NOON).shop_id
