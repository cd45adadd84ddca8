"""Does a long queue cost more than a short one? The same units are served from both, and the pages that list it are read.

Two shops have one variant each: for one few wait, for the other many, all held and all told a day. The same number of units comes in and
is settled as the worker does it (``bench.allocate``), in turns, each beginning with a copy of the same books. What counts is the ratio of
the two. The pages are those that a person opens first: the backlog, its totals, the queue of the variant, and why nobody is served.
"""

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from backorder import settle as settling
from backorder.db import backlog
from backorder.db.engine import Connection, Database
from backorder.unserved import unserved
from bench import scratch
from bench.allocate import prepare
from bench.line import Shown, say
from bench.waiting import NOW, SHOP, WAREHOUSE, Problem, readings

TARGET = 1.5
HOT = 1  # the item for which everybody waits
PAGE = 51


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deep", type=int, default=100_000, metavar="N", help="order lines in the long queue (100000)")
    parser.add_argument("--shallow", type=int, default=1_000, metavar="M", help="order lines in the short one (1000)")
    parser.add_argument("--units", type=int, default=100, metavar="S", help="units that come in to each (100)")
    parser.add_argument("--turns", type=int, default=5, metavar="T", help="how often the two alternate (5)")


def run(asked: argparse.Namespace) -> int:
    """Always 0: how long something took is judged by whoever reads it."""
    problems = {depth: Problem(depth, 1, asked.units) for depth in (asked.shallow, asked.deep)}
    took: dict[int, list[float]] = {depth: [] for depth in problems}
    pages: dict[int, dict[str, float]] = {}
    with ExitStack() as places:
        like = {depth: places.enter_context(scratch.address()) for depth in problems}
        (kind,) = {prepare(problem, like[depth], placed=True) for depth, problem in problems.items()}
        books = {depth: Database(places.enter_context(scratch.address())) for depth in problems}
        for turn in range(asked.turns):
            for depth, problem in problems.items():
                scratch.renew(books[depth], like[depth])
                took[depth].append(_served(problem, books[depth]))
                if turn == asked.turns - 1:
                    pages[depth] = {name: _read(books[depth], page) for name, page in _PAGES.items()}
        for database in books.values():
            database.close()
    _say(asked, kind, took, pages)
    return 0


def _served(problem: Problem, database: Database) -> float:
    """Seconds of settling what came in."""
    portions = list(readings(problem, database, problem.arriving))
    began = time.perf_counter()
    given = sum(settling.settle(database, SHOP, portion, NOW).given for portion in portions)
    took = time.perf_counter() - began
    assert given == min(sum(problem.arriving.values()), problem.claimed[HOT])
    return took


def _read(database: Database, page: Callable[[Connection], object]) -> float:
    """Milliseconds of reading a page, the quickest of three."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        with database.read() as tx:
            page(tx)
        found.append(time.perf_counter() - began)
    return round(min(found) * 1000, 1)


_PAGES: dict[str, Callable[[Connection], object]] = {
    "backlog": lambda tx: backlog.page(tx, SHOP, only_waiting=True, limit=PAGE),
    "totals": lambda tx: backlog.sums(tx, SHOP),
    "queue": lambda tx: backlog.queue_page(tx, SHOP, HOT, WAREHOUSE, limit=PAGE),
    "why nobody": lambda tx: unserved(tx, SHOP, HOT, NOW),
}


def _say(
    asked: argparse.Namespace, kind: str, took: dict[int, list[float]], pages: dict[int, dict[str, float]]
) -> None:
    shallow, deep = (median(took[depth]) for depth in (asked.shallow, asked.deep))
    ratio = round(deep / shallow, 2)
    figures = {
        "database": kind,
        "deep": asked.deep,
        "shallow": asked.shallow,
        "units": asked.units,
        "deep_ms": round(deep * 1000, 1),
        "shallow_ms": round(shallow * 1000, 1),
        "ratio": ratio,
        "pages_ms": {"deep": pages[asked.deep], "shallow": pages[asked.shallow]},
        "turns": asked.turns,
    }
    shown = [
        Shown(
            f"{asked.units} units to a queue of {asked.deep:,} (limit: of {asked.shallow:,}), {kind}",
            f"{deep * 1000:.0f} ms",
            f"{shallow * 1000:.0f} ms",
            ratio,
            f"≤ {TARGET}",
        )
    ]
    shown += [
        Shown(f"page: {name}", f"{pages[asked.deep][name]:.0f} ms", f"{pages[asked.shallow][name]:.0f} ms")
        for name in _PAGES
    ]
    say("depth", figures, shown)
