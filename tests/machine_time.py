"""A machine whose time the test turns: leases, backoff and token lives pass without anybody sleeping."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from backorder import clock

OURS = ("backorder", "webhooks", "workers", "plugin", "promised")


class MachineTime:
    """Transport time as all rooms of ours see it, turned by hand."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def passes(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def take_over(monkeypatch: pytest.MonkeyPatch, time: Callable[[], datetime]) -> None:
    """Give every module that reads the system clock this one instead."""
    original = clock.transport_now
    for name, module in sys.modules.copy().items():
        if name.split(".")[0] in OURS and getattr(module, "transport_now", None) is original:
            monkeypatch.setattr(module, "transport_now", time)
