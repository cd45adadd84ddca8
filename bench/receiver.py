"""``POST /webhooks`` beside a bare handler (``bench.bare``) under the same server and the same database.

Both run as processes of their own under the product's own gunicorn (``bench.door``). A client process (``bench.knocker``) keeps some
connections busy: ours, bare, bare, ours …, so that a busy machine slows both; figures are the medians of these turns. The ratio of
throughputs and of the 99th percentiles is what counts: of turns that stand side by side, in the middle of all.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import scratch
from bench.line import Shown, say
from bench.processes import free_port, process, settings
from bench.quantiles import quantile

RATIO, P99_RATIO = 0.85, 1.3
WARM_UP = 100


@dataclass
class Turns:
    """What the turns of one handler found."""

    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def add(self, count: int, seen: dict[str, Any]) -> None:
        if seen["refused"]:
            raise RuntimeError(f"{seen['refused']} of {count} webhooks were not answered 200")
        self.per_second.append(count / seen["seconds"])
        self.p50.append(quantile(seen["milliseconds"], 0.5))
        self.p99.append(quantile(seen["milliseconds"], 0.99))

    def figures(self) -> dict[str, Any]:
        middle = {"per_second": median(self.per_second), "p50_ms": median(self.p50), "p99_ms": median(self.p99)}
        spread = {"slowest_turn": min(self.per_second), "quickest_turn": max(self.per_second)}
        return {name: round(value, 2) for name, value in {**middle, **spread}.items()}


@dataclass(frozen=True)
class Door:
    """A server that takes webhooks."""

    port: int
    secret: str
    turns: Turns = field(default_factory=Turns)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=1500, metavar="N", help="webhooks in a turn (1500)")
    parser.add_argument("--turns", type=int, default=6, metavar="T", help="turns of each (6)")
    parser.add_argument("--connections", type=int, default=8, metavar="C", help="connections that are kept busy (8)")
    parser.add_argument("--size", type=int, default=4096, metavar="BYTES", help="bytes of a body (4096)")


def run(asked: argparse.Namespace) -> int:
    """0: a ratio below its target is shown and fails nothing. Raises RuntimeError if a webhook was not taken."""
    with scratch.address() as url, ExitStack() as open_now:
        place = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="promised-bench-")))
        doors = {which: open_now.enter_context(_door(which, url, place)) for which in ("ours", "bare")}
        for door in doors.values():
            knock(door.port, door.secret, count=WARM_UP, connections=asked.connections, size=asked.size)
        for turn in range(asked.turns):
            for which in ("ours", "bare") if turn % 2 else ("bare", "ours"):
                door = doors[which]
                wish = {"count": asked.count, "connections": asked.connections, "size": asked.size}
                door.turns.add(asked.count, knock(door.port, door.secret, **wish))
        _say(asked, _kind(url), doors["ours"].turns, doors["bare"].turns)
    return 0


def knock(port: int, secret: str, **wish: float) -> dict[str, Any]:
    """Let a client process knock; what it saw."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.knocker"],
        input=json.dumps({"port": port, "secret": secret, **wish}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@contextmanager
def _door(which: str, database_url: str, place: Path) -> Iterator[Door]:
    port = free_port()
    environment = settings(port, database_url)
    with process(["bench.door", which], environment, place / f"{which}.log") as one:
        one.answers(f"http://127.0.0.1:{port}/healthz")
        yield Door(port, environment["SHOPIFY_API_SECRET"])


def _kind(url: str) -> str:
    return "SQLite" if url.startswith("sqlite:") else "PostgreSQL"


def _side_by_side(ours: list[float], bare: list[float]) -> float:
    return median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))


def _say(asked: argparse.Namespace, kind: str, our_turns: Turns, bare_turns: Turns) -> None:
    ratio = _side_by_side(our_turns.per_second, bare_turns.per_second)
    p99_ratio = _side_by_side(our_turns.p99, bare_turns.p99)
    ours, bare = our_turns.figures(), bare_turns.figures()
    say(
        "receiver",
        {
            "database": kind,
            "count": asked.count,
            "turns": asked.turns,
            "connections": asked.connections,
            "bytes": asked.size,
            "ours": ours,
            "bare": bare,
            "ratio": round(ratio, 3),
            "p99_ratio": round(p99_ratio, 3),
        },
        [
            Shown(
                f"webhooks kept a second, {kind}",
                f"{ours['per_second']:.0f}",
                f"{bare['per_second']:.0f}",
                round(ratio, 3),
                f"≥ {RATIO}",
            ),
            Shown("its p99", f"{ours['p99_ms']} ms", f"{bare['p99_ms']} ms", round(p99_ratio, 3), f"≤ {P99_RATIO}"),
        ],
    )
