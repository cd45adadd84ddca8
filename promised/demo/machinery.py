"""The processes of the demo: a store, and the app in its embedded mode, on ports that are free."""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import TracebackType
from typing import Self

import requests

from promised.demo.checking import StoryBroken

# The repository: where shopify.app.toml and the theme block lie.
ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60.0
STOPS_WITHIN = 35.0
LINES_SHOWN = 30


@dataclass(frozen=True)
class Addresses:
    """Where to look. ``store`` is the development store's own address, ``shop`` that of the shop in it."""

    store: str
    shop: str
    app: str
    mailbox: str

    @property
    def domain(self) -> str:
        return self.shop.rsplit("/", 1)[1]

    def named(self) -> tuple[tuple[str, str], ...]:
        """What a person would open, by name."""
        return (
            ("storefront", f"{self.shop}/"),
            ("back office", f"{self.shop}/admin"),
            ("merchant's page", f"{self.shop}/admin/apps/promised"),
            ("mailbox", self.mailbox),
        )


class Machinery:
    """Starts store and app in a place of their own, and ends both again."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._processes: list[subprocess.Popen[str]] = []
        self.addresses: Addresses

    def __enter__(self) -> Self:
        self.place.mkdir(parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def log_tail(self) -> str:
        """The last lines of the app's log."""
        text = (self.place / "app.log").read_text(errors="replace") if (self.place / "app.log").exists() else ""
        return "\n".join(text.splitlines()[-LINES_SHOWN:])

    def wait_until_interrupted(self) -> None:
        """Stay up until Ctrl-C or SIGTERM, or until one of the processes ends by itself."""
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.wait(1.0):
            if any(process.poll() is not None for process in self._processes):
                raise StoryBroken("A process of the demo has ended by itself.")

    def _start(self) -> None:
        port = int(os.environ.get("PORT") or _free_port())
        app, key, secret = f"http://localhost:{port}", "demo-key", secrets.token_hex(32)
        clock = self.place / "clock"
        # The store on 127.0.0.1 and the app on localhost: two sites, so that cookies are third-party as in life.
        told = self._run_store(app, key, secret, clock)
        self.addresses = Addresses(told["store"], told["shop"], app, told["mailbox"])
        environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            "APP_URL": app,
            "PORT": str(port),
            "SHOPIFY_API_KEY": key,
            "SHOPIFY_API_SECRET": secret,
            "SHOPIFY_SHOP_URL": told["store"] + "/{shop}",
            "SECRET_KEY": secrets.token_hex(32),
            "ENCRYPTION_KEY": secrets.token_hex(32),
            "DATABASE_URL": f"sqlite:///{self.place.resolve() / 'promised.db'}",
            "SMTP_URL": told["smtp"],
            "MAIL_FROM": "orders@promised.example",
            "CLOCK_FILE": str(clock.resolve()),
        }
        log = (self.place / "app.log").open("w")
        with log:
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "promised", "serve"], env=environment, stdout=log, stderr=log, text=True
                )
            )
        self._wait_for(f"http://127.0.0.1:{port}/readyz")

    def _run_store(self, app: str, key: str, secret: str, clock: Path) -> dict[str, str]:
        wish = ["--port", "0", "--app-url", app, "--api-key", key, "--api-secret", secret, "--clock-file", str(clock)]
        wish += ["--app-config", str(ROOT / "shopify.app.toml")]
        with (self.place / "store.log").open("w") as log:
            store = subprocess.Popen(
                [sys.executable, "-m", "devstore", *wish], stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._processes.append(store)
        assert store.stdout is not None
        line = store.stdout.readline()
        if not line:
            raise StoryBroken(f"The store did not start; see {self.place}/store.log.")
        told: dict[str, str] = json.loads(line)
        return told

    def _wait_for(self, address: str) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if self._processes[-1].poll() is not None:
                raise StoryBroken(f"The app did not start:\n{self.log_tail()}")
            try:
                if requests.get(address, timeout=2).status_code == requests.codes.ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise StoryBroken(f"The app was not ready within {STARTS_WITHIN:.0f} s:\n{self.log_tail()}")

    def _stop(self) -> None:
        """The app first, so that it can finish what it has begun while the store still answers."""
        for process in reversed(self._processes):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
