"""From an order to its hold: how long the store would ship what has to wait.

A development store takes ``--rate`` orders a second for goods that are sold out, in one shop whose API bucket is that of Shopify
Plus, with fifty variants. The time runs by the store's own journal, from the moment at which an order is placed and its webhooks
are sent, to the moment at which its hold stands in the store. The store itself takes 0.3 s of that to route an order: until
then there is nothing to hold; the time from there on is told too.
"""

import argparse
import random
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.line import Shown, say
from bench.proc import usage
from bench.quantiles import quantile
from bench.town import PLUS, Town, town

TARGET_SECONDS = 2.0
HELD_WITHIN = 120.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, default=10.0, metavar="R", help="orders a second (10)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="for how long (30)")
    parser.add_argument("--distributed", action="store_true", help="web, worker and beat over PostgreSQL and Redis")
    parser.add_argument(
        "--rest",
        type=float,
        default=35.0,
        metavar="S",
        help="seconds before it, in which a shop is first reconciled (35)",
    )
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="leave logs and books in this folder")


def run(asked: argparse.Namespace) -> int:
    """1 if an order was never held."""
    with tempfile.TemporaryDirectory(prefix="promised-bench-") as folder:
        place = asked.keep / time.strftime("%H%M%S") if asked.keep else Path(folder)
        with town(place, distributed=asked.distributed, wish=("--seed", "bazaar")) as here:
            here.opens(lead_time_days=14, allow_asap=True)
            here.control("throttle", **PLUS)
            time.sleep(asked.rest)
            before = _cpu(here)
            placed = _place(here, asked.rate, asked.seconds)
            left = _wait_for_holds(here, set(placed))
            cpu = {name: round(seconds - before[name], 1) for name, seconds in _cpu(here).items()}
            times = _times(here.control("journal/{shop}"), placed)
    _say(asked, times, left, cpu)
    return 1 if left else 0


def _place(here: Town, rate: float, seconds: float) -> list[int]:
    """Place orders at a steady rate; their ids."""
    dice = random.Random(7)
    variants = [variant["id"] for variant in here.control("ledger/{shop}")["variants"]]
    began, placed = time.monotonic(), []
    for number in range(int(rate * seconds)):
        if (pause := began + number / rate - time.monotonic()) > 0:
            time.sleep(pause)
        who = {"email": f"buyer{number}@example.com", "first_name": "Ada", "last_name": "Berg"}
        lines = [{"variant_id": dice.choice(variants), "quantity": dice.randint(1, 3)}]
        placed.append(here.control("{shop}/orders", lines=lines, customer=who, ignore_policy=True)["id"])
    return placed


def _wait_for_holds(here: Town, placed: set[int]) -> int:
    """Wait until every order is held; how many are not after a while."""
    ends = time.monotonic() + HELD_WITHIN
    while True:
        held = {act["order_id"] for act in here.control("journal/{shop}") if act["act"] == "hold placed"}
        if placed <= held or time.monotonic() > ends:
            return len(placed - held)
        time.sleep(1.0)


def _times(journal: list[dict[str, Any]], placed: list[int]) -> dict[str, list[float]]:
    """Seconds to the last hold of each order, from its placing and from its routing."""
    at: dict[tuple[str, int], datetime] = {}
    for act in journal:
        if act["act"] in {"order placed", "routed", "hold placed"}:
            at[act["act"], act["order_id"]] = datetime.fromisoformat(act["at"])
    held = [order for order in placed if ("hold placed", order) in at]
    return {
        "placed": [(at["hold placed", order] - at["order placed", order]).total_seconds() for order in held],
        "routed": [(at["hold placed", order] - at["routed", order]).total_seconds() for order in held],
    }


def _cpu(here: Town) -> dict[str, float]:
    """Seconds of processor time that each process has used."""
    pids = {"store": here.store_pid, **{name: one.pid for name, one in here.app.items()}}
    return {name: usage(pid).cpu_seconds for name, pid in pids.items()}


def _say(asked: argparse.Namespace, times: dict[str, list[float]], left: int, cpu: dict[str, float]) -> None:
    mode = "distributed" if asked.distributed else "embedded"
    p = {
        f"{since}_p{int(share * 100)}_seconds": round(quantile(values, share), 3)
        for since, values in times.items()
        for share in (0.5, 0.95)
    }
    slowest = max(times["placed"], default=0.0)
    say(
        "promise",
        {
            "mode": mode,
            "rate": asked.rate,
            "orders": len(times["placed"]) + left,
            "never_held": left,
            **p,
            "slowest_seconds": round(slowest, 3),
            "cpu_seconds": cpu,
        },
        [
            Shown(
                f"order to hold, p95, {mode}",
                f"{p['placed_p95_seconds']:.2f} s",
                "",
                None,
                f"≤ {TARGET_SECONDS:.0f} s",
            ),
            Shown("its p50", f"{p['placed_p50_seconds']:.2f} s"),
        ],
    )
