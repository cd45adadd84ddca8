"""A server plans by what it has heard of its tables, and of a restock's rows it has heard nothing when the next goods are looked at.

With five thousand rows taken for twenty, it asked of each which shelves are meant, and a hundred goods took twice as long.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, select

from backorder.db import claims, queues
from backorder.db.arrays import among
from backorder.db.columns import SHOP
from backorder.db.engine import Database
from backorder.db.lots import allocations, lots
from tests.books.cast import CHAIR, HERE, LAMP

pytestmark = pytest.mark.postgres
GOODS = [LAMP, CHAIR]


@pytest.fixture
def here(fresh_postgresql_url: str) -> Iterator[Database]:
    database = Database(fresh_postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    yield database
    database.close()


@contextmanager
def heard(db: Database) -> Iterator[list[tuple[str, object]]]:
    """What the server is asked, word by word."""
    asked: list[tuple[str, object]] = []

    def hear(_line, _cursor, statement, values, _context, _many):
        asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(db.engine, "before_cursor_execute", hear)


def plan(db: Database, ask: Callable[[Connection], object]) -> str:
    """How the server goes about the question in which allocations are looked up by their shelves."""
    with db.read() as tx, heard(db) as asked:
        ask(tx)
        (question,) = [one for one in asked if "lot_id" in one[0] and "FROM lots" in one[0]]
        return "\n".join(tx.exec_driver_sql(f"EXPLAIN {question[0]}", question[1]).scalars())


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda tx: claims.unclaimed(tx, 1, GOODS), id="what nobody claims any more"),
        pytest.param(lambda tx: queues.front(tx, 1, {(LAMP, HERE): 0}, {}), id="who was given something"),
    ],
)
def test_which_shelves_are_meant_is_found_out_first_and_once(here, ask):
    assert "InitPlan" in plan(here, ask)


def test_asked_plainly_that_is_up_to_what_the_server_has_heard(here):
    """The control."""
    shelves = select(lots.c.id).where(lots.c.shop_id == SHOP, among(lots.c.item_id, "items"))
    plainly = select(allocations).where(allocations.c.shop_id == SHOP, allocations.c.lot_id.in_(shelves))
    assert "InitPlan" not in plan(here, lambda tx: tx.execute(plainly, {"shop": 1, "items": GOODS}).all())
