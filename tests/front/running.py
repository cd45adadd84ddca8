"""The product's own processes, started as an operator would."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.servers import free_port
from tests.webhooks.cast import BODY, envelope

START_SECONDS = 40
STOP_SECONDS = 30


class Running:
    """A running ``promised`` command; its log is a file beside its books."""

    def __init__(self, command: str, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / f"{command}.jsonl"
        self._out = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "promised.cli", command],
            env={**os.environ, "PORT": str(self.port)},
            cwd=folder,
            stdout=self._out,
            stderr=self._out,
        )

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def posts(self, number: int, body: bytes = BODY, **changed: str) -> requests.Response:
        """The store posts a webhook of its own number."""
        names = {"Event_Id": f"event-{number}", "Webhook_Id": f"webhook-{number}", **changed}
        return requests.post(self.address("/webhooks"), data=body, headers=envelope(body, **names), timeout=10)

    def wait_until_up(self) -> None:
        self.wait_for(self._answers)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; fails with the log if the process ends first or it takes too long."""
        ends, pause = time.monotonic() + START_SECONDS, threading.Event()
        while not condition():
            if time.monotonic() > ends or self.process.poll() is not None:
                pytest.fail(f"it did not come to that:\n{self.log.read_text()}")
            pause.wait(0.02)

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit status and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(STOP_SECONDS)
        return status, time.monotonic() - began

    def said(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._out.close()

    def _answers(self) -> bool:
        try:
            return requests.get(self.address("/healthz"), timeout=1).ok
        except requests.RequestException:  # a machine with much to do may take longer than a second to begin
            return False
