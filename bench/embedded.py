"""How long a webhook waits for its answer in the embedded mode: while the house is idle, and while it writes a restock.

The whole ``promised serve`` over SQLite (``bench.restocker``): web, worker and beat in one process. Webhooks come at a steady rate
from a client process; they are of a shop that is not installed, so they are kept and understood, and nothing follows. A restock
settles 10,000 lines that wait, through the verb that the worker calls, in the same process, four times.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from backorder.db.engine import Database
from bench.line import Shown, say
from bench.processes import free_port, settings, wait_for
from bench.quantiles import quantile
from bench.receiver import knock
from promised.demo.machinery import ROOT

TARGET_MS = 100.0
RESTOCKS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, default=50.0, metavar="R", help="webhooks a second (50)")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S", help="of idleness (10)")
    parser.add_argument("--lines", type=int, default=10_000, metavar="N", help="order lines that wait (10000)")
    parser.add_argument("--variants", type=int, default=50, metavar="V", help="variants that they wait for (50)")


def run(asked: argparse.Namespace) -> int:
    """0: a figure above its target is shown and fails nothing."""
    with tempfile.TemporaryDirectory(prefix="promised-bench-") as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'books.db'}"
        _prepare(asked, url)
        port = free_port()
        # It is never asked there; but against the real store an address without TLS is a house that is not ready.
        environment = settings(port, url, APP_URL=f"https://localhost:{port}")
        with (place / "serve.log").open("w") as log:
            house = subprocess.Popen(
                [sys.executable, "-m", "bench.restocker", json.dumps([asked.lines, asked.variants])],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            wait_for(house, f"http://127.0.0.1:{port}/readyz", place / "serve.log")
            secret = environment["SHOPIFY_API_SECRET"]
            knock(port, secret, count=50, connections=4)
            idle = knock(port, secret, count=int(asked.rate * asked.seconds), connections=4, rate=asked.rate)
            busy, took = _while_restocking(house, port, secret, asked.rate)
        finally:
            house.terminate()
            house.communicate()
    _say(asked, idle["milliseconds"], busy, took)
    return 0


def _prepare(asked: argparse.Namespace, url: str) -> None:
    waiting, migrate = import_module("bench.waiting"), import_module("backorder.db.migrate")
    problem = waiting.Problem(asked.lines, asked.variants)
    database = Database(url)
    migrate.upgrade(database)
    waiting.open_shop(problem, database)
    waiting.mark(problem, database)
    waiting.place_orders(problem, database)
    waiting.time_passes(database)
    database.close()


def _while_restocking(
    house: "subprocess.Popen[str]", port: int, secret: str, rate: float
) -> tuple[list[float], list[float]]:
    """Milliseconds of each webhook that came while a restock was written, and the seconds of each restock."""
    waits: list[float] = []
    took: list[float] = []
    assert house.stdin is not None
    assert house.stdout is not None
    for _ in range(RESTOCKS):
        over = threading.Event()

        def knocks(over: threading.Event = over) -> None:
            while not over.is_set():
                # Half a second at a time, so that hardly any comes after the end.
                waits.extend(knock(port, secret, count=max(1, int(rate / 2)), connections=4, rate=rate)["milliseconds"])

        knocker = threading.Thread(target=knocks)
        knocker.start()
        house.stdin.write("\n")
        house.stdin.flush()
        took.append(float(json.loads(house.stdout.readline())["seconds"]))
        over.set()
        knocker.join()
    return waits, took


def _say(asked: argparse.Namespace, idle: list[float], busy: list[float], took: list[float]) -> None:
    figures: dict[str, Any] = {
        "rate": asked.rate,
        "lines": asked.lines,
        "restock_seconds": [round(one, 2) for one in took],
        "webhooks": {"idle": len(idle), "restock": len(busy)},
    }
    shown = []
    for name, values in (("idle", idle), ("restock", busy)):
        p50, p99 = round(quantile(values, 0.5), 1), round(quantile(values, 0.99), 1)
        figures[f"{name}_p50_ms"], figures[f"{name}_p99_ms"] = p50, p99
        what = "idle" if name == "idle" else f"during a restock of {asked.lines:,} lines"
        shown.append(Shown(f"embedded webhook, p99, {what}", f"{p99} ms", "", None, f"≤ {TARGET_MS:.0f} ms"))
    say("embedded", figures, shown)
