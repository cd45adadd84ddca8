"""The limits that a restock is measured against: the same units given by the database alone, in one statement.

A window function sums up each variant's queue, oldest first, and gives what came in. On PostgreSQL it is one statement (a CTE
with an UPDATE and three INSERTs), on SQLite, which knows no writing CTE, a temporary table and a statement for each book; committed,
in one transaction, spoken to the driver itself. The levels are in place before it starts.

The bare limit writes: the ``allocations``, each shelf's ``lots`` row (units, allocated), an ``allocation_ledger`` row for each
allocation, and the ``outbox`` row that asks for the release of each order that got something.

The limit of all rows writes besides what the decision also changes, so that as many rows move in the big books as when we decide:
the projection of every claim (taken off those who are served, with fewer units ahead for those who still wait), and the ``outbox``
row that asks for the annotation of each order that got something.

Neither writes offers, their outbox rows, levels, marks, or the lots that are still to come. Neither looks at what was promised
or is kept, at payment, tranches, or orders that cannot be seen, and neither can say a reason to a person.
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
    INSERT INTO outbox (shop_id, lane, step, effect, subject, key, payload, state, created_at, not_before, attempts, sending)
    SELECT shop_id, 'order/' || order_id, 1, 'release', order_id, 'release:order/' || order_id || ':1', '{}', 'due',
           CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0 FROM (SELECT DISTINCT shop_id, order_id FROM given) o
"""
# The same for those who wait and those who are served; a served one has nothing projected.
_PROJECTED: LiteralString = f"""
    UPDATE claims SET projected_on = CASE WHEN q.upto <= q.supply THEN NULL ELSE claims.projected_on END,
           projection = CASE WHEN q.upto <= q.supply THEN NULL ELSE {{json}}_object(
               'basis', 'lot', 'ahead', q.upto - q.wanted - q.supply, 'overdue', {{false}}, 'receiving_days', 1,
               'handling_days', 1, 'lots', {{lots}}) END
      FROM ({_GIVEN}) q
     WHERE claims.shop_id = q.shop_id AND claims.line_id = q.line_id AND claims.location_id = q.location_id
"""  # noqa: S608 - made of texts of this file
_ANNOTATED: LiteralString = """
    INSERT INTO outbox (shop_id, lane, step, effect, subject, key, payload, state, created_at, not_before, attempts, sending)
    SELECT shop_id, 'order/' || order_id, 2, 'annotate', order_id, 'annotate:order/' || order_id || ':2', '{}', 'due',
           CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0 FROM (SELECT DISTINCT shop_id, order_id FROM given) o
"""
_GIVEN_TABLE = f"""
    CREATE TEMP TABLE given AS SELECT *, MIN(wanted, supply - upto + wanted) AS units FROM ({_GIVEN}) q
     WHERE supply - upto + wanted > 0
"""  # noqa: S608 - made of texts of this file
_SQLITE = (_GIVEN_TABLE, _ALLOCATED, _ENTERED, _SHELVED, _ASKED)
_MORE_ON_SQLITE = (
    _PROJECTED.format(json="json", false="json('false')", lots="json_extract(claims.projection, '$.lots')"),
    _ANNOTATED,
)
_CTE: LiteralString = f"""
    WITH given AS MATERIALIZED (SELECT *, LEAST(wanted, supply - upto + wanted) AS units FROM ({_GIVEN}) q
                                 WHERE supply - upto + wanted > 0),
         allocated AS ({_ALLOCATED}), entered AS ({_ENTERED}), shelved AS ({_SHELVED})
"""  # noqa: S608 - as above
_MORE: LiteralString = _PROJECTED.format(json="json_build", false="false", lots="claims.projection -> 'lots'")
_POSTGRESQL = _CTE + _ASKED
_ALL_ON_POSTGRESQL = f"{_CTE}, projected AS ({_MORE}), annotated AS ({_ANNOTATED}) {_ASKED}"


def seconds(problem: Problem, db: Database, *, all_rows: bool = False) -> float:
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
        for statement in _SQLITE + (_MORE_ON_SQLITE if all_rows else ()):
            lite.execute(statement)
        lite.execute("COMMIT")
        took = time.perf_counter() - began
        lite.close()
        return took
    with psycopg.connect(db.url.replace("postgresql+psycopg:", "postgresql:")) as server:
        server.cursor().executemany(bring, arriving)
        server.commit()
        began = time.perf_counter()
        server.execute(_ALL_ON_POSTGRESQL if all_rows else _POSTGRESQL)
        server.commit()
        return time.perf_counter() - began
