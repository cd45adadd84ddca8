"""A writing transaction on books of each kind, and two shops in them."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import inspect, text

from backorder.db import shops
from backorder.db.engine import Connection, Database
from backorder.db.sealed import Sealer
from tests.books.cast import ALICE, BOB, NOON

SHARED = f"promised_shared_{os.getpid()}"


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def tx(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One writing transaction on empty books, as long as the test and taken back after it; once on each database.

    Tests of one hand use it; what needs several hands or a commit asks for ``db``.
    """
    if request.param == "sqlite":
        database = Database(request.getfixturevalue("sqlite_url"))
        with database.write() as connection:
            yield connection
        database.close()
        return
    with request.getfixturevalue("shared_postgresql").engine.connect() as connection:
        transaction = connection.begin()
        for sequence in inspect(connection).get_sequence_names():
            connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))
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
