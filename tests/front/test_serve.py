"""``promised serve`` as an operator runs it: a process, a port, a SQLite file."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
import requests

from backorder.db import inbox, migrate, shops
from backorder.house import build
from promised.serve import Embedded, bring_up_to_date
from tests.front.running import START_SECONDS, STOP_SECONDS, Running
from tests.webhooks.cast import BODY, LAMPLIGHT, NOW, WRONG_SECRET, envelope, settings, signature


@pytest.fixture
def serving(surroundings, tmp_path):
    serving = Running("serve", tmp_path)
    yield serving
    serving.end()


@pytest.fixture
def books(surroundings):
    house = build(settings(surroundings["DATABASE_URL"]))
    yield house
    house.http.close()
    house.db.close()


def test_it_migrates_answers_works_and_stops_without_losing_an_accepted_webhook(serving, books, tmp_path):
    serving.wait_until_up()
    assert requests.get(serving.address("/readyz"), timeout=5).text == "ready\n"
    assert migrate.is_current(books.db)
    assert serving.posts(0, Hmac_Sha256=signature(BODY, WRONG_SECRET)).status_code == 401

    accepted, no_more = [], threading.Event()

    def keep_posting():
        number = 0
        while not no_more.is_set():
            number += 1
            try:
                if serving.posts(number).status_code == 200:
                    accepted.append(f"webhook-{number}")
            except requests.RequestException:
                no_more.set()

    shop = threading.Thread(target=keep_posting)
    shop.start()
    serving.wait_for(lambda: len(accepted) >= 20)
    books.db.close()
    status, seconds = serving.stop()
    no_more.set()
    shop.join(STOP_SECONDS)
    assert status == 0, serving.log.read_text()
    assert seconds < STOP_SECONDS
    assert [file.name for file in tmp_path.glob("books.db-*")] == [], "all is in the one file, and it may be moved"
    with books.db.read() as tx:
        kept = set(tx.scalars(inbox.inbox.select().with_only_columns(inbox.inbox.c.webhook_id)))
    assert len(accepted) >= 20
    assert set(accepted) <= kept
    assert "Traceback" not in serving.log.read_text()


@pytest.mark.long
def test_what_it_keeps_it_understands_and_says_so_with_shop_and_webhook(serving, books):
    serving.wait_until_up()
    with books.db.write() as tx:
        shops.install(tx, LAMPLIGHT, NOW)
    assert serving.posts(1, b"not json").status_code == 200

    def counts():
        with books.db.read() as tx:
            return inbox.counts(tx)

    serving.wait_for(lambda: counts() == {"unreadable": 1})
    serving.stop()
    understood = [entry for entry in serving.said() if entry["event"] == "webhook understood"]
    assert [(entry["shop"], entry["webhook_id"], entry["task"]) for entry in understood] == [
        (LAMPLIGHT, "webhook-1", "digest")
    ]


@pytest.mark.long
def test_a_worker_that_is_killed_is_replaced_and_nothing_it_accepted_is_lost(serving, books):
    serving.wait_until_up()
    assert serving.posts(1).status_code == 200
    os.kill(_worker_of(serving), signal.SIGKILL)
    assert serving.posts(2).status_code == 200

    def verdicts():
        with books.db.read() as tx:
            rows = tx.execute(inbox.inbox.select()).all()
        return {row.webhook_id: row.verdict for row in rows}

    assert verdicts().keys() == {"webhook-1", "webhook-2"}
    serving.wait_for(lambda: verdicts()["webhook-2"] == "ignored")
    assert serving.stop()[0] == 0


def test_without_workers_webhooks_are_kept_and_nobody_does_anything_yet(surroundings, books, monkeypatch):
    """After a restore people say first what the store does not know: what came since, and which orders it served."""
    monkeypatch.setattr("sys.setswitchinterval", lambda _seconds: None)
    bring_up_to_date(surroundings["DATABASE_URL"])
    still = Embedded(settings(surroundings["DATABASE_URL"]), works=False)
    door = still.make_app().test_client()
    still.start(None)
    assert door.get("/healthz").status_code == 200
    assert door.post("/webhooks", data=BODY, headers=envelope(BODY)).status_code == 200
    with books.db.read() as tx:
        assert inbox.counts(tx) == {"waiting": 1}
    assert {"worker", "beat", "ringer"} & {thread.name for thread in threading.enumerate()} == set()
    still.stop(None, None)


def _worker_of(serving):
    booted = [entry["event"] for entry in serving.said() if str(entry["event"]).startswith("Booting worker")]
    return int(booted[-1].rsplit(" ", 1)[1])


@pytest.mark.long
def test_a_webhook_over_8_mib_is_refused_without_being_read(serving):
    serving.wait_until_up()
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as line:
        line.sendall(
            b"POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n"
            b"X-Shopify-Hmac-Sha256: x\r\n\r\n"
        )
        answer = line.recv(200)
    assert answer.startswith(b"HTTP/1.1 413")
    assert serving.stop()[0] == 0


@pytest.mark.long
def test_a_port_in_use_is_said_and_not_waited_for(surroundings, tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "promised.cli", "serve"],
            env={**os.environ, "PORT": str(port)},
            cwd=tmp_path,
            capture_output=True,
            timeout=START_SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(b"PORT %d cannot be listened on, address already in use" % port)
    assert b"Traceback" not in done.stderr
