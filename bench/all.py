"""Every benchmark at a modest size, each in a process of its own; then one table of what they printed.

Where ``DATABASE_URL`` and ``REDIS_URL`` name no server, PostgreSQL and Redis are started from the test packages.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import bench
from bench import scratch

MINUTES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=sorted(bench.BENCHMARKS), help="only these")


def run(asked: argparse.Namespace) -> int:
    """1 if a benchmark failed; a ratio below its target is shown and fails nothing."""
    lines: list[dict[str, Any]] = []
    failed = []
    with ExitStack() as servers:
        places = _places(servers)
        for name, benchmark in bench.BENCHMARKS.items():
            if asked.only and name not in asked.only:
                continue
            for arguments in benchmark.runs:
                for database in benchmark.databases:
                    done = _one([name, *arguments], places[database])
                    lines += _results(done.stdout)
                    if done.returncode:
                        failed.append(" ".join([name, *arguments, "on", database]))
    print(table(lines))
    for what in failed:
        print(f"FAILED: {what}")
    return 1 if failed else 0


def table(lines: Iterable[Mapping[str, Any]]) -> str:
    """The rows of all results under each other, and the machine."""
    head = ("benchmark", "figure", "ours", "limit", "ratio", "target")
    rows = [head]
    said = ""
    for line in lines:
        for row in line["shown"]:
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
            rows.append((line["bench"], row["figure"], row["ours"], row["limit"], ratio, row["target"]))
        told = line["machine"]
        said = f"{told['cores']} cores ({told['processor']}), Python {told['python']}, load {told['load']}"
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    laid = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(["", laid[0], "-" * len(laid[0]), *laid[1:], "", said])


def _one(arguments: list[str], surroundings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a benchmark, letting its JSON lines through as they are."""
    done = subprocess.run(
        [sys.executable, "-m", "promised.cli", "bench", *arguments],
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60 * MINUTES,
    )
    print(done.stdout, end="", flush=True)
    return done


def _results(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def _places(servers: ExitStack) -> dict[str, dict[str, str]]:
    """What the environment says beside each kind of database."""
    start = import_module("tests.servers")
    postgresql = scratch.server() or servers.enter_context(start.postgresql(durable=True))
    redis = os.environ.get("REDIS_URL") or servers.enter_context(start.redis_server())
    return {"sqlite": {"DATABASE_URL": ""}, "postgresql": {"DATABASE_URL": postgresql, "REDIS_URL": redis}}
