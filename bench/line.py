"""What a benchmark prints: one JSON line a result, with the rows that the table of all benchmarks shows of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.machine import machine


@dataclass(frozen=True)
class Shown:
    """A row of the table: a figure, its limit or peer where it has one, their ratio and what the ratio should be."""

    figure: str
    ours: str
    limit: str = ""
    ratio: float | None = None
    target: str = ""


def say(bench: str, figures: Mapping[str, Any], shown: Sequence[Shown]) -> None:
    """Print a result as one line of JSON."""
    line = {"bench": bench, **figures, "shown": [asdict(row) for row in shown], "machine": machine()}
    print(json.dumps(line, ensure_ascii=False), flush=True)
