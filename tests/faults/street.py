"""The street: a development store and the product's own processes, real ones, which a test kills and which come back.

Whoever runs the product in earnest has a supervisor that starts again what ended; here the test is it. Leases last a minute or
two in life; here they end two seconds after they were taken, by the test's own hand in the books.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from backorder.config import Settings
from backorder.db import dirty, inbox, outbox, shops, taking, troubles, turns
from backorder.db.engine import Connection, DatabaseBusy, OutcomeUnknown
from backorder.db.outbox import State
from backorder.house import House, build
from backorder.mail.message_id import message_id
from backorder.observe import SET_ASIDE
from promised.demo.checking import StoryBroken
from promised.demo.machinery import Addresses, Machinery
from promised.demo.people import Merchant, Shopper, Warehouse
from tests.house.repository import ROOT
from tests.servers import free_port

STORY_SECONDS = 180.0  # ends sooner, but on a machine that has much else to do
STOP_SECONDS = 30.0
# A worker that has not recorded what it took two seconds ago is dead, as far as the street is concerned.
A_SHORT_LEASE = timedelta(seconds=2)


def wait_until(true: Callable[[], bool], what: str, seconds: float = STORY_SECONDS) -> float:
    """Wait until something is so; how long it took. The test fails if it does not come to that."""
    began, pause = time.monotonic(), threading.Event()
    while True:
        with suppress(requests.RequestException, StoryBroken, DatabaseBusy, StopIteration, KeyError):
            if true():
                return time.monotonic() - began
        if time.monotonic() - began > seconds:
            pytest.fail(f"it did not come to that within {seconds:.0f} s: {what}")
        pause.wait(0.1)


@dataclass
class Street:
    """``commands`` are the product's processes, by a name of their own. ``environment`` is theirs.

    ``brings_back``: where somebody dies at every step on purpose, five may die in a row, and their shop is set aside for an hour. It is
    looked at again at once then, as it is in life when the next thing happens there.
    """

    folder: Path
    addresses: Addresses
    environment: dict[str, str]
    house: House
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, str] = field(default_factory=dict)
    restarts: int = 0
    brings_back: bool = False
    _ending: threading.Event = field(default_factory=threading.Event)

    # Processes

    def start(self, name: str, command: str, **more: str) -> None:
        """Start a process of ours, or start it again."""
        self.commands[name] = command
        with self.log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "promised.cli", command],
                env={**self.environment, **more},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def said(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log(name).read_text().splitlines() if line.startswith("{")]

    def stop(self, name: str) -> tuple[int, float]:
        """SIGTERM; the exit status and the seconds it took."""
        began, process = time.monotonic(), self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(STOP_SECONDS), time.monotonic() - began

    def children(self, name: str) -> list[int]:
        """Process ids of the direct children of one of ours."""
        pid = self.processes[name].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def look_after(self) -> None:
        """Start again what ended, and end the leases of the dead, until the street ends."""
        while not self._ending.wait(0.5):
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self.restarts += 1
                    self.start(name, self.commands[name])
            with suppress(DatabaseBusy, OutcomeUnknown):
                self.end_leases()
                if self.brings_back:
                    self.house.db.run(_bring_back)

    def end_leases(self) -> None:
        """What was taken two seconds ago and is not recorded yet is free to be taken again."""

        def end(tx: Connection) -> None:
            now = datetime.now(UTC)
            rows, letters, shifts = outbox.outbox, inbox.inbox, turns.turns
            tx.execute(
                rows.update()
                .where(rows.c.state == State.DOING.value, rows.c.not_before < now + taking.LEASE - A_SHORT_LEASE)
                .values(not_before=now)
            )
            tx.execute(
                letters.update()
                .where(
                    letters.c.verdict == "waiting",
                    letters.c.attempts > 0,
                    letters.c.error.is_(None),
                    letters.c.not_before < now + inbox.LEASE - A_SHORT_LEASE,
                )
                .values(not_before=now)
            )
            tx.execute(
                shifts.update()
                .where(
                    shifts.c.work.in_(["observe", "import"]),
                    shifts.c.until < now + timedelta(seconds=120) - A_SHORT_LEASE,
                )
                .values(until=now - timedelta(seconds=1))
            )

        self.house.db.run(end)

    def end(self) -> None:
        self._ending.set()
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.house.http.close()
        self.house.db.close()

    # What there is to see

    def shop_id(self) -> int:
        with self.house.db.read() as tx:
            return shops.installed(tx)[0].shop_id

    def verdicts(self) -> dict[str, int]:
        with self.house.db.read() as tx:
            return inbox.counts(tx)

    def unknown(self, warehouse: Warehouse, who: str) -> int:
        """Letters to somebody of which our books do not know whether they arrived, and which did not."""
        got = {mail["message_id"] for mail in warehouse.mails(who)}
        order = warehouse.order_of(who)["id"]
        with self.house.db.read() as tx:
            rows = [row for row in troubles.newest(tx, self.shop_id()) if row.subject == order]
        lost = [row for row in rows if message_id(self.addresses.domain, row.key) not in got]
        return sum(1 for row in lost if row.state == State.UNKNOWN.value)

    def people(self) -> tuple[Merchant, Shopper, Warehouse]:
        """The demo's people live here too."""
        here = cast("Machinery", self)
        return Merchant(here), Shopper(here), Warehouse(here)


def _bring_back(tx: Connection) -> None:
    """Whatever was put off for long is to be looked at now."""
    rows, now = dirty.dirty, datetime.now(UTC)
    tx.execute(rows.update().where(rows.c.not_before > now + SET_ASIDE / 2).values(not_before=now))


@contextmanager
def street(folder: Path, database_url: str, redis_url: str | None = None, **more: str) -> Iterator[Street]:
    """A street with its store; nobody of ours lives in it yet. ``more`` joins the environment of ours."""
    port, clock = free_port(), folder / "clock"
    app, key, secret = f"http://localhost:{port}", "street-key", "street-secret-that-is-long-enough"
    wish = ["--port", "0", "--app-url", app, "--api-key", key, "--api-secret", secret, "--clock-file", str(clock)]
    wish += ["--app-config", str(ROOT / "shopify.app.toml")]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "store.log").open("wb") as log:
        store = subprocess.Popen(
            [sys.executable, "-m", "devstore", *wish], stdout=subprocess.PIPE, stderr=log, env=environment, text=True
        )
    try:
        assert store.stdout is not None
        told = json.loads(store.stdout.readline())
        environment |= {
            "APP_URL": app,
            "PORT": str(port),
            "SHOPIFY_API_KEY": key,
            "SHOPIFY_API_SECRET": secret,
            "SHOPIFY_SHOP_URL": told["store"] + "/{shop}",
            "SECRET_KEY": "a-key-for-links-and-cookies",
            "ENCRYPTION_KEY": "a-key-for-what-is-sealed",
            "DATABASE_URL": database_url,
            "SMTP_URL": told["smtp"],
            "MAIL_FROM": "orders@promised.example",
            "CLOCK_FILE": str(clock),
            **({"REDIS_URL": redis_url} if redis_url else {}),
            **more,
        }
        given = {name.lower(): value for name, value in environment.items() if name.lower() in Settings.model_fields}
        house = build(Settings(_env_file=None, **given))  # type: ignore[arg-type]
        here = Street(folder, Addresses(told["store"], told["shop"], app, told["mailbox"]), environment, house)
        supervisor = threading.Thread(target=here.look_after, name="supervisor", daemon=True)
        supervisor.start()
        try:
            yield here
        finally:
            here._ending.set()
            supervisor.join(STOP_SECONDS)
            here.end()
    finally:
        store.terminate()
        store.wait(STOP_SECONDS)
        assert store.stdout is not None
        store.stdout.close()
