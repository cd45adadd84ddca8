"""A writing transaction on books of each kind, and two shops in them."""

from collections.abc import Iterator

import pytest

from backorder.db import shops
from backorder.db.engine import Connection, Database
from backorder.db.sealed import Sealer
from tests.books.cast import ALICE, BOB, NOON


@pytest.fixture
def tx(db: Database) -> Iterator[Connection]:
    """One writing transaction that lasts as long as the test."""
    with db.write() as connection:
        yield connection


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
