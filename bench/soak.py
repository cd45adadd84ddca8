"""The whole product for half an hour under faults: that nothing grows, and that everybody is served rightly in the end.

A development store sends about ``--rate`` webhooks a second (``bench.busy_shop``): doubled, in no order, late, one in fifty lost;
its API breaks now and then, also after the effect; mail is greylisted or away; in the first quarter a worker process is killed
every ``--kill-every`` seconds. Every ten seconds a sample is taken of memory, open files, threads, queues and the database's size. In
the end the faults cease, the books are reconciled, everything settles, ``promised verify`` must hold and the store's own ledger
must be clean (``bench.ledger_checks``).

Flat means, of the line through the samples of the second half (least squares), long after the last kill: memory of the app rises
by no more than MOST_MIB_AN_HOUR (or LEAST_MIB in all, for short runs), open files by no more than MOST_FILES, and no queue is
left in the end. The store keeps all it ever did in memory; that is its own affair and not judged.
"""

import argparse
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from backorder.db.taking import LONGEST_PAUSE
from bench.busy_shop import BusyShop
from bench.ledger_checks import broken
from bench.line import Shown, say
from bench.proc import children, usage
from bench.town import PLUS, Town, town
from promised.demo.machinery import ROOT

SAMPLE_EVERY = 10.0
RECONCILE_SECONDS = 60
# Whatever failed for long is tried again after as long, and no longer than this.
SETTLES_WITHIN = LONGEST_PAUSE + 100.0
MIB = 1024 * 1024
MOST_MIB_AN_HOUR, LEAST_MIB, MOST_FILES = 48.0, 24.0, 8.0
# The last kill comes this early: a fresh process fills its caches for some minutes.
KILLS_UNTIL = 1 / 4
QUEUES = {
    "inbox": ('promised_inbox_deliveries{verdict="waiting"}',),
    "dirty": ("promised_dirty_things",),
    "outbox": ('promised_outbox_rows{state="due"}', 'promised_outbox_rows{state="doing"}'),
}
Sample = dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=30.0, metavar="M", help="for how long (30)")
    parser.add_argument("--rate", type=float, default=10.0, metavar="R", help="webhooks a second, about (10)")
    parser.add_argument(
        "--kill-every", type=float, default=90.0, metavar="S", help="in the first quarter (90; 0: never)"
    )
    parser.add_argument("--distributed", action="store_true", help="web, worker and beat over PostgreSQL and Redis")
    parser.add_argument("--seed", type=int, default=7, help="the dice of buyers and faults (7)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="where the samples go (var/soak-….csv)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave logs and books in this folder")


def run(asked: argparse.Namespace) -> int:
    """1 if it is not flat or not clean."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    with tempfile.TemporaryDirectory(prefix="promised-soak-") as folder:
        place = asked.keep / stamp if asked.keep else Path(folder)
        wish = ("--seed", "bazaar", "--remember", "500")
        with town(place, distributed=asked.distributed, wish=wish, RECONCILE_SECONDS=str(RECONCILE_SECONDS)) as here:
            here.opens(lead_time_days=14, allow_asap=True)
            here.control("throttle", **PLUS)
            shop = BusyShop(here, asked.rate, asked.seed)
            samples, kills = _live(here, shop, place, asked)
            shop.all_is_well()
            settled = _settle(here)
            samples.append(_sample(here, place, samples[0]["at"]))
            breaches = broken(here.control("ledger/{shop}"), here.control("mails"))
            proofs = _promised(here, "verify")
    written = asked.csv or ROOT / "var" / f"soak-{stamp}.csv"
    _write(samples, written)
    return _verdict(asked, samples, kills, shop, settled, breaches, proofs, written)


def _live(here: Town, shop: BusyShop, place: Path, asked: argparse.Namespace) -> tuple[list[Sample], int]:
    began = time.monotonic()
    ends, quiet = began + asked.minutes * 60, began + asked.minutes * 60 * KILLS_UNTIL
    samples = [_sample(here, place, began)]
    next_sample, next_kill, kills = began + SAMPLE_EVERY, began + (asked.kill_every or float("inf")), 0
    while (now := time.monotonic()) < ends:
        shop.tick()
        if now >= next_sample:
            samples.append(_sample(here, place, began))
            print(_told(samples[-1]), file=sys.stderr, flush=True)
            next_sample += SAMPLE_EVERY
        if next_kill <= now < quiet:
            _kill(here)
            kills, next_kill = kills + 1, now + asked.kill_every
        time.sleep(0.02)
    return samples, kills


def _kill(here: Town) -> None:
    """SIGKILL of a process that works: a child whose parent gives it a new life, as an operator's supervisor would."""
    parent = here.app["worker" if "worker" in here.app else "serve"]
    for pid in children(parent.pid)[:1]:
        os.kill(pid, signal.SIGKILL)


def _sample(here: Town, place: Path, began: float) -> Sample:
    uses = [usage(one.pid) for one in here.app.values()]
    return {
        "at": began,
        "seconds": round(time.monotonic() - began, 1),
        "resident_mib": round(sum(one.resident for one in uses) / MIB, 2),
        "files": sum(one.files for one in uses),
        "threads": sum(one.threads for one in uses),
        "cpu_seconds": round(sum(one.cpu_seconds for one in uses), 1),
        **_queues(here),
        "database_mib": round(_database(place) / MIB, 2),
        "store_mib": round(usage(here.store_pid).resident / MIB, 1),
    }


def _queues(here: Town) -> dict[str, float]:
    """How long the queues are; -1 while nobody answers (somebody was just killed)."""
    try:
        figures = here.figures()
    except requests.RequestException:
        return dict.fromkeys(QUEUES, -1.0)
    return {queue: sum(figures.get(name, 0.0) for name in names) for queue, names in QUEUES.items()}


def _database(place: Path) -> int:
    return sum(file.stat().st_size for file in place.glob("promised.db*"))


def _settle(here: Town) -> float:
    """Reconcile, and wait until nothing is left to do; the seconds that took, -1 if it did not end."""
    began = time.monotonic()
    here.control("idle?timeout=25", go=1)
    for _ in range(2):  # what is mended asks for effects, whose echoes are looked at
        _promised(here, "reconcile")
        try:
            here.until("nothing is left to do", lambda: not any(_queues(here).values()), SETTLES_WITHIN)
        except TimeoutError:
            return -1.0
    return round(time.monotonic() - began, 1)


def _promised(here: Town, command: str) -> str:
    """Run an operator's command; what it printed, after its status."""
    done = subprocess.run(
        [sys.executable, "-m", "promised", command],
        env=here.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"{done.returncode}\n{done.stdout}"


def _slope(samples: list[Sample], name: str) -> tuple[float, float]:
    """Of the line through the second half, by least squares: how much it rises an hour, and over that half."""
    half = samples[len(samples) // 2 :]
    if len(half) < 2:
        return 0.0, 0.0
    middle = sum(one["seconds"] for one in half) / len(half)
    mean = sum(one[name] for one in half) / len(half)
    spread = sum((one["seconds"] - middle) ** 2 for one in half)
    a_second = sum((one["seconds"] - middle) * (one[name] - mean) for one in half) / spread if spread else 0.0
    return a_second * 3600, a_second * (half[-1]["seconds"] - half[0]["seconds"])


def _write(samples: list[Sample], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as out:
        table = csv.DictWriter(out, [name for name in samples[0] if name != "at"], extrasaction="ignore")
        table.writeheader()
        table.writerows(samples)


def _told(sample: Sample) -> str:
    return "  ".join(f"{name} {value:g}" for name, value in sample.items() if name != "at")


def _verdict(
    asked: argparse.Namespace,
    samples: list[Sample],
    kills: int,
    shop: BusyShop,
    settled: float,
    breaches: list[str],
    proofs: str,
    written: Path,
) -> int:
    living, last = samples[:-1], samples[-1]
    an_hour, risen = _slope(living, "resident_mib")
    _, more_files = _slope(living, "files")
    verified = proofs.startswith("0\n")
    left = {queue: last[queue] for queue in QUEUES}
    reasons = [
        *([f"memory rises by {an_hour:.0f} MiB an hour"] if an_hour > MOST_MIB_AN_HOUR and risen > LEAST_MIB else []),
        *([f"open files rise by {more_files:.0f}"] if more_files > MOST_FILES else []),
        *([f"queues are left: {left}"] if settled < 0 or any(left.values()) else []),
        *([] if verified else [f"promised verify: {proofs}"]),
        *breaches,
    ]
    figures: dict[str, Any] = {
        "mode": "distributed" if asked.distributed else "embedded",
        "minutes": asked.minutes,
        "rate": asked.rate,
        "orders": shop.placed,
        "killed": kills,
        "memory_mib_an_hour": round(an_hour, 1),
        "memory_mib_risen": round(risen, 1),
        "memory_mib_last": living[-1]["resident_mib"],
        "files_risen": round(more_files, 1),
        "longest": {queue: max(one[queue] for one in living) for queue in QUEUES},
        "left": left,
        "settled_seconds": settled,
        "verify_holds": verified,
        "ledger_clean": not breaches,
        "reasons": reasons,
        "samples": str(written),
    }
    shown = [
        Shown(
            f"memory, {figures['mode']}, {asked.minutes:g} min",
            f"{an_hour:+.0f} MiB/h",
            "",
            None,
            f"≤ {MOST_MIB_AN_HOUR:.0f}",
        ),
        Shown("open files", f"{more_files:+.0f}", "", None, f"≤ {MOST_FILES:.0f}"),
        Shown("clean and verified", "no" if breaches or not verified else "yes", "", None, "yes"),
    ]
    say("soak", figures, shown)
    return 1 if reasons else 0
