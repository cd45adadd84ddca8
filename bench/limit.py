"""The limit that a restock is measured against: the same units given by the database alone, in one statement.

A window function sums up each variant's queue, oldest first, and gives what came in. On PostgreSQL it is one statement (a CTE
with an UPDATE and three INSERTs), on SQLite, which knows no writing CTE, a temporary table and a statement for each book; committed,
in one transaction, spoken to the driver itself. The levels are in place before it starts.

It writes the ``allocations``, each shelf's ``lots`` row (units, allocated), an ``allocation_ledger`` row for each allocation, and the
``outbox`` row that asks for the release of each order that got something: the rows that a decision writes too. A decision writes
besides the levels, the lots that are still to come, footings and offers, a few for each variant. The limit does not look at what was
promised or is kept, at payment, tranches, or orders that cannot be seen, and cannot say a reason to a person.
"""

import sqlite3
import time
from typing import LiteralString

import psycopg

from backorder.db.engine import Database
from bench.waiting import Problem

_GIVEN: LiteralString = """
    SELECT c.shop_id, c.line_id, c.location_id, c.order_id, c.item_id, l.id AS lot_id, v.available + v.committed AS supply,
           c.units AS wanted,
           SUM(c.units) OVER (PARTITION BY c.item_id, c.location_id
                              ORDER BY c.ready DESC, c.rank, c.since, c.order_id, c.line_id) AS upto
      FROM claims c
      JOIN levels v ON v.shop_id = c.shop_id AND v.item_id = c.item_id AND v.location_id = c.location_id
      JOIN lots l ON l.shop_id = c.shop_id AND l.item_id = c.item_id AND l.location_id = c.location_id
                 AND l.kind = 'on_hand'
     WHERE c.shop_id = 1
"""
_ALLOCATED: LiteralString = """
    INSERT INTO allocations (shop_id, line_id, location_id, lot_id, units, kept)
    SELECT shop_id, line_id, location_id, lot_id, units, 0 FROM given
"""
_ENTERED: LiteralString = """
    INSERT INTO allocation_ledger (shop_id, line_id, location_id, item_id, units, kept, cause, actor, at)
    SELECT shop_id, line_id, location_id, item_id, units, 0, 'settled read', 'promised', CURRENT_TIMESTAMP FROM given
"""
_SHELVED: LiteralString = """
    UPDATE lots SET units = s.supply, allocated = s.units
      FROM (SELECT lot_id, MAX(supply) AS supply, SUM(units) AS units FROM given GROUP BY lot_id) s WHERE lots.id = s.lot_id
"""
_ASKED: LiteralString = """
    INSERT INTO outbox (shop_id, lane, step, effect, subject, payload, state, created_at, not_before, attempts, sending)
    SELECT shop_id, 'order/' || order_id, 1, 'release', order_id, '{}', 'due',
           CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0 FROM (SELECT DISTINCT shop_id, order_id FROM given) o
"""
_GIVEN_TABLE = f"""
    CREATE TEMP TABLE given AS SELECT *, MIN(wanted, supply - upto + wanted) AS units FROM ({_GIVEN}) q
     WHERE supply - upto + wanted > 0
"""  # noqa: S608 - made of texts of this file
_SQLITE = (_GIVEN_TABLE, _ALLOCATED, _ENTERED, _SHELVED, _ASKED)
_CTE: LiteralString = f"""
    WITH given AS MATERIALIZED (SELECT *, LEAST(wanted, supply - upto + wanted) AS units FROM ({_GIVEN}) q
                                 WHERE supply - upto + wanted > 0),
         allocated AS ({_ALLOCATED}), entered AS ({_ENTERED}), shelved AS ({_SHELVED})
"""  # noqa: S608 - as above
_POSTGRESQL = _CTE + _ASKED


def seconds(problem: Problem, db: Database) -> float:
    """Bring the levels to where a restock puts them, then let the database give the units. Seconds of the latter."""
    bring = "UPDATE levels SET available = %s - committed, on_hand = %s WHERE item_id = %s"
    arriving = [(units, units, item) for item, units in problem.arriving.items()]
    if db.is_sqlite:
        path = db.url.removeprefix("sqlite:///")
        lite = sqlite3.connect(path, isolation_level=None)
        lite.execute("PRAGMA synchronous=FULL")
        lite.executemany(bring.replace("%s", "?"), arriving)
        began = time.perf_counter()
        lite.execute("BEGIN IMMEDIATE")
        for statement in _SQLITE:
            lite.execute(statement)
        lite.execute("COMMIT")
        took = time.perf_counter() - began
        lite.close()
        return took
    with psycopg.connect(db.url.replace("postgresql+psycopg:", "postgresql:")) as server:
        server.cursor().executemany(bring, arriving)
        server.commit()
        began = time.perf_counter()
        server.execute(_POSTGRESQL)
        server.commit()
        return time.perf_counter() - began
