"""A restock, decided and written as the worker does it (``backorder.settle``), beside the limit (``bench.limit``).

N lines wait in the queues of V variants, all held, all told a day. S units come in, and every item is settled: levels noted, units
given, promises kept up, releases and offers asked for, and the days of those who wait on are seen to stand. With ``--orders`` it is the placing of
these orders that is measured: nothing is there, everybody is promised a day and to be held. That has no limit beside it.

Every run begins with a copy of the same books; ours and the limit take turns, so that a busy machine slows both.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from backorder import settle as settling
from backorder.db import migrate
from backorder.db.books import metadata
from backorder.db.engine import Connection, Database
from backorder.db.proofs import PROOFS
from bench import limit, scratch
from bench.line import Shown, say
from bench.proc import forget_peak, peak
from bench.waiting import NOW, SHOP, Problem, mark, open_shop, place_orders, readings, time_passes

TARGET = 0.5
MIB = 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, default=10_000, metavar="N", help="order lines that wait (10000)")
    parser.add_argument("--variants", type=int, default=50, metavar="V", help="variants that they wait for (50)")
    parser.add_argument("--units", type=int, metavar="S", help="units that come in (half of what is waited for)")
    parser.add_argument("--seed", type=int, default=7, metavar="K", help="the dice that make the queues (7)")
    parser.add_argument("--turns", type=int, default=5, metavar="T", help="how often ours and the limit alternate (5)")
    parser.add_argument(
        "--orders", action="store_true", help="measure the placing of the orders instead of the restock"
    )


class Timed(Database):
    """Books that time the transactions which write."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.took: list[float] = []

    @contextmanager
    def write(self, patience: float = 10.0) -> Iterator[Connection]:
        began = time.perf_counter()
        with super().write(patience) as tx:
            yield tx
        self.took.append(time.perf_counter() - began)


@dataclass
class Measured:
    """What the turns found, in seconds."""

    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    longest: list[float] = field(default_factory=list)
    peak: int = 0
    transactions: int = 0
    given: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    checks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The limit to ours, of turns that stand side by side: what slows the machine for a while slows both."""
        return median(limit / ours for ours, limit in zip(self.ours, self.limit, strict=True))

    @property
    def hold(self) -> bool:
        return all(check["holds"] for check in self.checks)


def run(asked: argparse.Namespace) -> int:
    """1 if an invariant is broken afterwards, whatever the ratio."""
    problem = Problem(asked.lines, asked.variants, asked.units, asked.seed)
    with scratch.address() as url:
        kind = prepare(problem, url, placed=not asked.orders)
        measured = _measure(problem, url, asked)
    _say(problem, kind, measured, placing=asked.orders)
    return 0 if measured.hold else 1


def prepare(problem: Problem, url: str, *, placed: bool) -> str:
    """Put the problem into a new database, ``placed`` with all that happened until the restock; what kind of database it is."""
    database = Database(url)
    migrate.upgrade(database)
    open_shop(problem, database)
    mark(problem, database)
    if placed:
        place_orders(problem, database)
        time_passes(database)
        mark(problem, database)
    kind = scratch.kind(database)
    scratch.leave(database)
    return kind


def _measure(problem: Problem, like: str, asked: argparse.Namespace) -> Measured:
    """Ours, the limit, ours, the limit …; the last turn of ours is also counted and proved.

    Ours is a process that has been at work for a while: one engine, so that a statement is put into words once.
    """
    measured = Measured()
    with scratch.address() as url:
        database = Timed(url)
        for turn in range(asked.turns):
            scratch.renew(database, like)
            shelf = {} if asked.orders else problem.arriving
            _ours(problem, database, measured, shelf, last=turn + 1 == asked.turns)
            if not asked.orders:
                scratch.renew(database, like)
                measured.limit.append(limit.seconds(problem, database))
        database.close()
    return measured


def _ours(problem: Problem, database: Timed, measured: Measured, shelf: dict[int, int], *, last: bool) -> None:
    before = _rows(database) if last else {}
    portions = list(readings(problem, database, shelf))
    database.took.clear()
    forget_peak()
    began = time.perf_counter()
    decided = [settling.settle(database, SHOP, portion, NOW) for portion in portions]
    measured.ours.append(time.perf_counter() - began)
    if not last or not measured.peak:  # in the last turn we keep all books as they were, which the product never does
        measured.peak = max(measured.peak, peak())
    measured.longest.append(max(database.took))
    measured.transactions = len(database.took)
    measured.given = sum(one.given for one in decided)
    if last:
        measured.rows = _written(before, _rows(database))
        with database.read() as tx:
            checks = [prove(tx, SHOP) for prove in PROOFS]
        measured.checks = [{"name": c.name, "checked": c.counted, "holds": not c.broken} for c in checks]


def _rows(database: Database) -> dict[str, Counter[str]]:
    """Every row of every book, as text, by book."""
    with database.read() as tx:
        return {
            table.name: Counter(repr(tuple(row)) for row in tx.execute(table.select()))
            for table in metadata.sorted_tables
        }


def _written(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, int]:
    """How many rows of each book are new or not as they were."""
    counted = {name: (rows - before[name]).total() for name, rows in after.items()}
    return {name: number for name, number in sorted(counted.items()) if number}


def _say(problem: Problem, kind: str, measured: Measured, *, placing: bool) -> None:
    ours = median(measured.ours)
    longest = median(measured.longest)
    figures: dict[str, Any] = {
        "mode": "orders" if placing else "restock",
        "database": kind,
        "lines": problem.lines,
        "variants": problem.variants,
        "units": sum(problem.arriving.values()) if not placing else 0,
        "given": measured.given,
        "seed": problem.seed,
        "seconds": round(ours, 4),
        "lines_per_second": round(problem.lines / ours),
        "transactions": measured.transactions,
        "longest_transaction_ms": round(longest * 1000, 1),
        "memory_mib": round(measured.peak / MIB),
        "rows_written": sum(measured.rows.values()),
        "rows_by_book": measured.rows,
        "turns": len(measured.ours),
        "checks": measured.checks,
        "checks_hold": measured.hold,
    }
    shown = [
        Shown(f"{'placing' if placing else 'restock'} of {problem.lines:,} lines, {kind}", f"{ours * 1000:.0f} ms")
    ]
    if measured.limit:
        raw = median(measured.limit)
        figures |= {"limit_seconds": round(raw, 4), "ratio": round(measured.ratio, 3)}
        (row,) = shown
        shown = [Shown(row.figure, row.ours, f"{raw * 1000:.0f} ms", round(measured.ratio, 3), f"≥ {TARGET}")]
    shown.append(
        Shown("memory of the process that decides, at most", f"{measured.peak / MIB:.0f} MiB", "", None, "≤ 150 MiB")
    )
    shown.append(
        Shown(
            "its longest transaction",
            f"{longest * 1000:.0f} ms",
            "",
            None,
            "≤ 250 ms" if kind.startswith("SQLite") else "",
        )
    )
    say("allocate", figures, shown)
