"""``promised serve`` as an operator runs it: a process, a port, a SQLite file."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from backorder.db import inbox, migrate, shops
from backorder.house import build
from tests.webhooks.cast import BODY, LAMPLIGHT, WRONG_SECRET, envelope, settings, signature
from tests.workers.test_tasks import NOW

START_SECONDS = 40
STOP_SECONDS = 30


class Serving:
    """A running ``promised serve``."""

    def __init__(self, surroundings, folder):
        self.port = _free_port()
        self.log = folder / "log.jsonl"
        self._out = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "promised.cli", "serve"],
            env={**os.environ, "PORT": str(self.port)},
            cwd=folder,
            stdout=self._out,
            stderr=self._out,
        )

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_until_up(self):
        ends = time.monotonic() + START_SECONDS
        pause = threading.Event()
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                if requests.get(self.address("/healthz"), timeout=1).ok:
                    return
            except requests.ConnectionError:
                pause.wait(0.05)
        pytest.fail("it did not start:\n" + self.log.read_text())

    def stop(self):
        """SIGTERM; the exit status and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(STOP_SECONDS)
        return status, time.monotonic() - began

    def said(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._out.close()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serving(surroundings, tmp_path):
    serving = Serving(surroundings, tmp_path)
    yield serving
    serving.end()


@pytest.fixture
def books(surroundings):
    house = build(settings(surroundings["DATABASE_URL"]))
    yield house
    house.http.close()
    house.db.close()


def posted(serving, number, body=BODY, **changed):
    names = {"Event_Id": f"event-{number}", "Webhook_Id": f"webhook-{number}", **changed}
    return requests.post(serving.address("/webhooks"), data=body, headers=envelope(body, **names), timeout=10)


def test_it_migrates_answers_works_and_stops_without_losing_an_accepted_webhook(serving, books):
    serving.wait_until_up()
    assert requests.get(serving.address("/readyz"), timeout=5).text == "ready\n"
    assert migrate.is_current(books.db)
    assert posted(serving, 0, Hmac_Sha256=signature(BODY, WRONG_SECRET)).status_code == 401

    accepted, refused_after_stop = [], threading.Event()

    def keep_posting():
        number = 0
        while not refused_after_stop.is_set():
            number += 1
            try:
                if posted(serving, number).status_code == 200:
                    accepted.append(f"webhook-{number}")
            except requests.RequestException:
                refused_after_stop.set()

    shop = threading.Thread(target=keep_posting)
    shop.start()
    pause = threading.Event()
    while len(accepted) < 20 and shop.is_alive():
        pause.wait(0.01)
    status, seconds = serving.stop()
    refused_after_stop.set()
    shop.join(STOP_SECONDS)
    assert status == 0, serving.log.read_text()
    assert seconds < STOP_SECONDS
    with books.db.read() as tx:
        kept = set(tx.scalars(inbox.inbox.select().with_only_columns(inbox.inbox.c.webhook_id)))
    assert len(accepted) >= 20
    assert set(accepted) <= kept
    assert "Traceback" not in serving.log.read_text()


def test_what_was_kept_before_the_start_is_understood_after_it(serving, books):
    serving.wait_until_up()
    with books.db.write() as tx:
        shops.install(tx, LAMPLIGHT, NOW)
    assert posted(serving, 1, b"not json").status_code == 200
    ends = time.monotonic() + START_SECONDS
    pause = threading.Event()
    found = {}
    while time.monotonic() < ends and not found.get("unreadable"):
        pause.wait(0.02)
        with books.db.read() as tx:
            found = inbox.counts(tx)
    assert found == {"unreadable": 1}
    serving.stop()
    understood = [entry for entry in serving.said() if entry["event"] == "webhook understood"]
    assert [(entry["shop"], entry["webhook_id"], entry["task"]) for entry in understood] == [
        (LAMPLIGHT, "webhook-1", "digest")
    ]


def test_a_webhook_over_8_mib_is_refused_without_being_read(serving):
    serving.wait_until_up()
    sent = 0
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as line:
        line.sendall(
            b"POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n"
            b"X-Shopify-Hmac-Sha256: x\r\n\r\n"
        )
        answer = line.recv(200)
        sent = len(answer)
    assert answer.startswith(b"HTTP/1.1 413"), sent
    assert serving.stop()[0] == 0


def test_a_port_in_use_is_said_and_not_waited_for(surroundings, tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "promised.cli", "serve"],
            env={**os.environ, "PORT": str(taken.getsockname()[1])},
            cwd=tmp_path,
            capture_output=True,
            timeout=START_SECONDS,
            check=False,
        )
    assert done.returncode != 0
    assert b"in use" in done.stderr
