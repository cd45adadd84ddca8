"""A delivery asks for its own items: no question of a restock walks everything that the shop ever had."""

import re

import pytest
from sqlalchemy import event, text

from backorder import settle
from backorder.db import migrate
from backorder.db.books import metadata
from backorder.db.engine import Database
from bench.waiting import NOW, SHOP, Problem, mark, open_shop, place_orders, readings, time_passes

# Of these a shop has a handful; what is to be looked at is walked in its order.
SMALL = {"shops", "locations", "dirty"}
WALKED = re.compile(r"^(?:SCAN (\w+)|SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(shop_id=\?\))")


@pytest.fixture
def plans(tmp_path) -> list[tuple[str, str]]:
    """Every question of a restock with how SQLite goes about it."""
    db = Database(f"sqlite:///{tmp_path / 'books.db'}")
    migrate.upgrade(db)
    problem = Problem(lines=240, variants=4)
    for happens in (open_shop, mark, place_orders):
        happens(problem, db)
    time_passes(db)
    mark(problem, db)
    asked = {}

    @event.listens_for(db.engine, "before_cursor_execute")
    def _listen(_connection, _cursor, statement, parameters, _context, many):
        asked.setdefault(statement, parameters[0] if many else parameters)

    for portion in readings(problem, db, problem.arriving):
        settle.settle(db, SHOP, portion, NOW)
    event.remove(db.engine, "before_cursor_execute", _listen)
    found = []
    with db.engine.connect() as tx:
        for statement, parameters in asked.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
                plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found += [(statement, row[3]) for row in plan]
        tx.execute(text("ROLLBACK"))
    db.close()
    return found


def walked(plans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    met = [(statement, how, WALKED.match(how)) for statement, how in plans]
    return [
        (how, statement)
        for statement, how, match in met
        if match and (match[1] or match[2]) in metadata.tables.keys() - SMALL
    ]


def test_no_question_of_a_restock_walks_a_whole_book(plans):
    assert len(plans) > 40
    assert walked(plans) == []


def test_a_walk_would_be_noticed():
    assert walked([("SELECT …", "SEARCH claims USING INDEX ix_claims_queue (shop_id=?)"), ("SELECT …", "SCAN outbox")])
