"""A development store and the app beside it, as processes of their own, spoken to by HTTP only.

*Embedded* is ``promised serve`` over SQLite; *distributed* is ``web``, ``worker`` and ``beat`` over PostgreSQL and Redis.
"""

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import requests

from bench import scratch
from bench.processes import Process, free_port, process, settings, store

# As a shop on Shopify Plus has it: a bucket of 20,000 points, of which 1,000 come back each second.
PLUS = {"maximum": 20_000, "restore_rate": 1_000}
SECONDS = 30.0
INSTALLED_WITHIN = 90.0


class Town:
    """The store's control, the merchant's API and the processes of the app by name."""

    def __init__(self, told: Mapping[str, Any], environment: Mapping[str, str], app: dict[str, Process]) -> None:
        self.app = app
        self.environment = dict(environment)
        self.store_pid = int(told["pid"])
        self.app_address = f"http://localhost:{environment['PORT']}"
        self._store = str(told["store"])
        self.domain = str(told["shop"]).rsplit("/", 1)[1]
        self._http = requests.Session()

    def control(self, path: str, **wish: Any) -> Any:
        """Look into the store, or move it when there is a wish. ``{shop}`` in the path is the shop's domain."""
        address = f"{self._store}/_control/{path.format(shop=self.domain)}"
        answer = (
            self._http.post(address, json=wish, timeout=SECONDS) if wish else self._http.get(address, timeout=SECONDS)
        )
        answer.raise_for_status()
        return answer.json()

    def merchant(self, method: str, path: str, **body: Any) -> Any:
        """The merchant's API, by a session token."""
        headers = {"Authorization": f"Bearer {self._token()}", "Idempotency-Key": secrets.token_hex(16)}
        answer = self._http.request(
            method, f"{self.app_address}/api{path}", headers=headers, json=body or None, timeout=SECONDS
        )
        answer.raise_for_status()
        return answer.json()

    def opens(self, **terms: Any) -> None:
        """The merchant installs the app, sets terms, and lets it manage every variant."""
        query = {"shop": self.domain, "embedded": "1", "locale": "en", "id_token": self._token()}
        self._http.get(f"{self.app_address}/", params=query, timeout=SECONDS).raise_for_status()
        self.until("the first import ends", lambda: not self.merchant("GET", "/import")["running"])
        self.merchant("PATCH", "/settings", **terms)
        ids = [variant["id"] for variant in self.control("ledger/{shop}")["variants"]]
        self.merchant("PATCH", "/variants", variant_ids=ids, managed=True)
        self.until("variants are managed", lambda: self.figures().get("promised_dirty_things") == 0)

    def figures(self) -> dict[str, float]:
        """What /metrics says, by name with labels as it writes them."""
        text = self._http.get(f"{self.app_address}/metrics", timeout=SECONDS).text
        lines = (line for line in text.splitlines() if line.startswith("promised_"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def until(self, what: str, holds: Callable[[], bool], within: float = INSTALLED_WITHIN) -> float:
        """Wait until something holds; the seconds it took. Raises TimeoutError."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            if holds():
                return time.monotonic() - began
            time.sleep(0.25)
        raise TimeoutError(f"not within {within:.0f} s: {what}")

    def _token(self) -> str:
        return str(self.control("id_token/{shop}")["id_token"])


@contextmanager
def town(place: Path, *, distributed: bool, wish: tuple[str, ...] = (), **more: str) -> Iterator[Town]:
    """A town for as long as this lasts. ``wish`` is said to the store, ``more`` to the app's environment."""
    place.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nobody is left running
    with ExitStack() as open_now:
        port = free_port()
        surroundings = _servers(open_now) if distributed else {}
        url = surroundings.pop("DATABASE_URL", f"sqlite:///{place.resolve() / 'promised.db'}")
        environment = settings(port, url, MAIL_FROM="orders@promised.example", **surroundings, **more)
        told = open_now.enter_context(store(environment, place, *wish))
        environment |= {"SHOPIFY_SHOP_URL": told["store"] + "/{shop}", "SMTP_URL": told["smtp"]}
        app: dict[str, Process] = {}
        commands = ("web", "worker", "beat") if distributed else ("serve",)
        if distributed:
            with process(["promised", "migrate"], environment, place / "migrate.log") as release:
                release.running.wait(SECONDS)
        for command in commands:
            one = process(["promised", command], environment, place / f"{command}.log")
            app[command] = open_now.enter_context(one)
        app[commands[0]].answers(f"http://127.0.0.1:{port}/readyz")
        yield Town(told, environment, app)


def _servers(open_now: ExitStack) -> dict[str, str]:
    """PostgreSQL that waits for its disk, and Redis: those of the environment, or started from the test packages."""
    start = import_module("tests.servers")
    if scratch.server() is None:
        os.environ["DATABASE_URL"] = open_now.enter_context(start.postgresql(durable=True))
        open_now.callback(os.environ.pop, "DATABASE_URL")
    database = open_now.enter_context(scratch.address())
    redis = os.environ.get("REDIS_URL") or open_now.enter_context(start.redis_server())
    return {"DATABASE_URL": database, "REDIS_URL": redis}
