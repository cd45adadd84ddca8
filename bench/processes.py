"""The product's own processes, started for a measurement and ended after it, each with its log in one place."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from promised.demo.machinery import ROOT

STARTS_WITHIN = 90.0
STOPS_WITHIN = 35.0
KEY = "bench-key"
Environment = Mapping[str, str]


class DidNotStart(Exception):
    """A process ended, or did not answer, before the measurement began; the message names its log."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(port: int, database_url: str, **more: str) -> dict[str, str]:
    """An environment that describes the app, with secrets of its own and nothing of the operator's."""
    ours = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "CLOCK_FILE", "SHOPIFY_SHOP_URL")
    return {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "APP_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "SHOPIFY_API_KEY": KEY,
        "SHOPIFY_API_SECRET": secrets.token_hex(32),
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEY": secrets.token_hex(32),
        "DATABASE_URL": database_url,
        **more,
    }


class Process:
    """One process; its output goes to a log that the next life of it continues."""

    def __init__(self, module: Sequence[str], environment: Environment, log: Path) -> None:
        self.module, self.environment, self.log = tuple(module), dict(environment), log
        self.running: subprocess.Popen[bytes] = self._begin()

    @property
    def pid(self) -> int:
        return self.running.pid

    def dies(self) -> None:
        """SIGKILL, as when the machine runs out of memory, and a new life as a supervisor gives it."""
        self.running.kill()
        self.running.wait()
        self.running = self._begin()

    def end(self) -> None:
        """SIGTERM, and the time that it may take."""
        if self.running.poll() is None:
            self.running.terminate()
        try:
            self.running.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()

    def answers(self, address: str) -> None:
        """Wait until it answers there. Raises DidNotStart."""
        wait_for(self.running, address, self.log)

    def _begin(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *self.module], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )


def wait_for(running: "subprocess.Popen[Any]", address: str, log: Path) -> None:
    """Wait until a process answers at an address. Raises DidNotStart."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if requests.get(address, timeout=2).status_code < requests.codes.server_error:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    raise DidNotStart(f"{address} was not answered; see {log}")


@contextmanager
def process(module: Sequence[str], environment: Environment, log: Path) -> Iterator[Process]:
    """A process for as long as this lasts."""
    one = Process(module, environment, log)
    try:
        yield one
    finally:
        one.end()


@contextmanager
def store(environment: Environment, place: Path, *wish: str) -> Iterator[dict[str, Any]]:
    """A development store for the app that ``environment`` describes; its addresses and its pid."""
    told = ["--port", "0", "--app-url", environment["APP_URL"], "--api-key", environment["SHOPIFY_API_KEY"]]
    told += ["--api-secret", environment["SHOPIFY_API_SECRET"], "--app-config", str(ROOT / "shopify.app.toml"), *wish]
    with (place / "store.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "devstore", *told], stdout=subprocess.PIPE, stderr=log, cwd=ROOT
        )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        if not line:
            raise DidNotStart(f"the store did not start; see {place}/store.log")
        yield {**json.loads(line), "pid": running.pid}
    finally:
        running.terminate()
        running.wait(STOPS_WITHIN)
        if running.stdout is not None:
            running.stdout.close()
