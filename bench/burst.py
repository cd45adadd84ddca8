"""A burst of orders over few things: how often the store is asked for one thing within a second, and how soon all is done.

A development store takes ``--orders`` orders for ``--variants`` things that are sold out, as fast as it can; each sends its webhooks.
The bucket is that of Shopify Plus. Done is when nothing is left to look at, every order is held, and everybody has a promised day. How
often the levels of an item were read, in which second, is counted by the store.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from bench.line import Shown, say
from bench.proc import usage
from bench.town import PLUS, Town, town

MOST_A_SECOND = 1
DRAINED_WITHIN = 900.0
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
    """1 if somebody was never held; how often a thing was read is judged by whoever reads it."""
    with tempfile.TemporaryDirectory(prefix="promised-bench-") as folder:
        place = asked.keep / time.strftime("%H%M%S") if asked.keep else Path(folder)
        with town(place, distributed=asked.distributed, wish=("--seed", "bazaar", "--remember", "500")) as here:
            here.opens(lead_time_days=14, allow_asap=True, notify_customers=False)
            here.control("throttle", **PLUS)
            before = here.control("asked/{shop}")
            began = time.monotonic()
            placed = _place(here, asked.orders, asked.variants)
            placing = time.monotonic() - began
            largest = _drain(here)
            drained = time.monotonic() - began
            after = here.control("asked/{shop}")
            held = {act["order_id"] for act in here.control("journal/{shop}") if act["act"] == "hold placed"}
    never_held = len(placed - held)
    _say(asked, _levels(before, after), _documents(before, after), placing, drained, largest / MIB, never_held)
    return 1 if never_held else 0


def _place(here: Town, orders: int, variants: int) -> set[int]:
    """Place the orders one after the other; their ids."""
    things = [variant["id"] for variant in here.control("ledger/{shop}")["variants"]][:variants]
    placed = set()
    for number in range(orders):
        who = {"email": f"buyer{number}@example.com", "first_name": "Ada", "last_name": "Berg"}
        lines = [{"variant_id": things[number % len(things)], "quantity": 1}]
        placed.add(here.control("{shop}/orders", lines=lines, customer=who, ignore_policy=True)["id"])
    return placed


def _drain(here: Town) -> float:
    """Wait until nothing is left to do; the most bytes that the app had in memory meanwhile."""
    largest, ends = 0, time.monotonic() + DRAINED_WITHIN
    quiet = 0
    while quiet < 3 and time.monotonic() < ends:
        time.sleep(0.5)
        largest = max(largest, sum(usage(one.pid).resident for one in here.app.values()))
        try:
            figures = here.figures()
        except requests.RequestException:
            continue  # it is busy
        # An order that was just routed is news that is still on its way.
        quiet = quiet + 1 if not any(figures.get(name, 0.0) for name in LEFT) else 0
    return largest


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
    placing: float,
    drained: float,
    largest_mib: float,
    never_held: int,
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
            "placed_seconds": round(placing, 1),
            "drained_seconds": round(drained, 1),
            "orders_per_second": round(asked.orders / drained, 1),
            "level_reads": levels.total(),
            "level_reads_most_a_second": most,
            "level_reads_twice_in_a_second": sum(1 for times in levels.values() if times > MOST_A_SECOND),
            "requests": documents,
            "memory_mib": round(largest_mib),
            "never_held": never_held,
        },
        [
            Shown(f"reads of a thing within a second, {name}", f"{most}", "", None, f"≤ {MOST_A_SECOND}"),
            Shown("placed, read, promised and held in", f"{drained:.0f} s", f"{placing:.0f} s to place"),
        ],
    )
