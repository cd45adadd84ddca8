"""A burst of orders over few things: how often the store is asked for one thing within a second, and how soon all is done.

A development store takes ``--orders`` orders for ``--variants`` things that are sold out, as fast as it can; each sends its webhooks.
The bucket is that of Shopify Plus. Done is when every order is held, and nothing is left to look at, to write or to tell. How often
the levels of an item were read, in which second, is counted by the store.
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from bench.line import Shown, say
from bench.proc import usage
from bench.town import PLUS, Town, town

MOST_A_SECOND = 1
DRAINED_WITHIN = 1800.0
LOOK_EVERY = 0.5  # not so often that the app is kept busy by being asked
UNKNOWN = -1  # nobody answered
MIB = 1024 * 1024
# What is left to do, by the figures of /metrics.
LEFT = (
    'promised_inbox_deliveries{verdict="waiting"}',
    "promised_dirty_things",
    'promised_outbox_rows{state="due"}',
    'promised_outbox_rows{state="doing"}',
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=5_000, metavar="N", help="orders in the burst (5000)")
    parser.add_argument("--variants", type=int, default=20, metavar="V", help="things that they are for (20)")
    parser.add_argument("--distributed", action="store_true", help="web, worker and beat over PostgreSQL and Redis")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="leave logs and books in this folder")


def run(asked: argparse.Namespace) -> int:
    """1 if somebody was never held or something is left to do; how often a thing was read is judged by whoever reads it."""
    with tempfile.TemporaryDirectory(prefix="promised-bench-") as folder:
        place = asked.keep / time.strftime("%H%M%S") if asked.keep else Path(folder)
        with town(place, distributed=asked.distributed, wish=("--seed", "bazaar", "--remember", "500")) as here:
            here.opens(lead_time_days=14, allow_asap=True, notify_customers=False)
            here.control("throttle", **PLUS)
            before = here.control("asked/{shop}")
            began = time.monotonic()
            placed = _place(here, asked.orders, asked.variants)
            placing = time.monotonic() - began
            largest, left = _drain(here)
            drained = time.monotonic() - began
            after = here.control("asked/{shop}")
            journal = here.control("journal/{shop}")
    held = {act["order_id"]: datetime.fromisoformat(act["at"]) for act in journal if act["act"] == "hold placed"}
    first = min(datetime.fromisoformat(act["at"]) for act in journal if act["act"] == "order placed")
    times = {
        "placed_seconds": placing,
        "held_seconds": (max(held.values(), default=first) - first).total_seconds(),
        "drained_seconds": drained,
    }
    ends = {"never_held": len(placed - held.keys()), "left": left}
    _say(asked, _levels(before, after), _documents(before, after), times, ends, largest / MIB)
    return 1 if any(ends.values()) else 0


def _place(here: Town, orders: int, variants: int) -> set[int]:
    """Place the orders one after the other; their ids."""
    things = [variant["id"] for variant in here.control("ledger/{shop}")["variants"]][:variants]
    placed = set()
    for number in range(orders):
        who = {"email": f"buyer{number}@example.com", "first_name": "Ada", "last_name": "Berg"}
        lines = [{"variant_id": things[number % len(things)], "quantity": 1}]
        placed.add(here.control("{shop}/orders", lines=lines, customer=who, ignore_policy=True)["id"])
    return placed


def _drain(here: Town) -> tuple[int, int]:
    """Wait until nothing is left to do, for a while; the most bytes that the app had in memory meanwhile, and what is left (UNKNOWN)."""
    largest, ends = 0, time.monotonic() + DRAINED_WITHIN
    quiet, left = 0, UNKNOWN
    while quiet < 3 and time.monotonic() < ends:
        time.sleep(LOOK_EVERY)
        largest = max(largest, sum(usage(one.pid).resident for one in here.app.values()))
        try:
            figures = here.figures()
        except requests.RequestException:
            continue  # it is busy
        left = int(sum(figures.get(name, 0.0) for name in LEFT))
        # An order that was just routed is news that is still on its way.
        quiet = 0 if left else quiet + 1
    return largest, left


def _levels(before: dict[str, Any], after: dict[str, Any]) -> Counter[tuple[int, int]]:
    """How often each item was read, by item and second."""
    found: Counter[tuple[int, int]] = Counter()
    for sign, told in ((1, after), (-1, before)):
        for one in told["levels"]:
            found[one["item_id"], one["second"]] += sign * one["times"]
    return +found


def _documents(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """Requests to the store, by document."""
    asked = Counter(after["documents"]) - Counter(before["documents"])
    return dict(sorted(asked.items()))


def _say(
    asked: argparse.Namespace,
    levels: Counter[tuple[int, int]],
    documents: dict[str, int],
    times: dict[str, float],
    ends: dict[str, int],
    largest_mib: float,
) -> None:
    mode = "distributed" if asked.distributed else "embedded"
    most = max(levels.values(), default=0)
    name = f"{asked.orders:,} orders over {asked.variants} things, {mode}"
    say(
        "burst",
        {
            "mode": mode,
            "orders": asked.orders,
            "variants": asked.variants,
            **{name: round(seconds, 1) for name, seconds in times.items()},
            "orders_per_second": round(asked.orders / times["drained_seconds"], 1),
            "level_reads": levels.total(),
            "level_reads_most_a_second": most,
            "level_reads_twice_in_a_second": sum(1 for reads in levels.values() if reads > MOST_A_SECOND),
            "requests": documents,
            "memory_mib": round(largest_mib),
            **ends,
        },
        [
            Shown(f"reads of a thing within a second, {name}", f"{most}", "", None, f"≤ {MOST_A_SECOND}"),
            Shown("all are held", f"{times['held_seconds']:.0f} s", f"{times['placed_seconds']:.0f} s to place"),
            Shown("all is done, told and shown", f"{times['drained_seconds']:.0f} s, {ends['left']} left"),
        ],
    )
