"""Two hands at once: threads that start together, are waited for, and say how it went."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PATIENCE = 30.0


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same time; what each returned. An exception of one is an exception of the test."""
    start = threading.Barrier(len(works), timeout=PATIENCE)

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as hands:
        futures = [hands.submit(one, work) for work in works]
        return [future.result(timeout=PATIENCE) for future in futures]


def until_empty(take: Callable[[], Sequence[Any]]) -> list[Any]:
    """Take until there is nothing more."""
    found: list[Any] = []
    while more := take():
        found += more
    return found
