"""A real worker and a real beat, as threads of this process over a queue in memory."""

import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from backorder import observe
from backorder.bell import Ring
from backorder.db import inbox, shops
from promised import engine_room
from promised.engine_room import EngineRoom
from tests.webhooks.cast import LAMPLIGHT, LEVEL, NOW
from tests.webhooks.mailroom import arrives
from workers.app import make_celery, move_in

SOON = 15.0
LONG = 2.0  # as Celery's worker asks


@pytest.fixture
def at_work(house):
    """The house's engine room, running; what it does is logged."""
    celery = make_celery(house.settings)
    embedded, ringer = move_in(celery, house.settings)
    room = EngineRoom(celery, ringer)
    yield embedded, room
    assert room.stop(SOON)
    embedded.http.close()
    embedded.db.close()


@pytest.fixture
def observed(monkeypatch):
    """Which shops were observed; set as soon as one was."""
    seen, came = [], threading.Event()

    def stand_in(_house, shop_id, _now):
        seen.append(shop_id)
        came.set()
        return False

    monkeypatch.setattr(observe, "observe", stand_in)
    return seen, came


def test_a_ring_brings_a_webhook_from_the_inbox_to_its_observation(at_work, observed):
    embedded, room = at_work
    seen, came = observed
    with embedded.db.write() as tx:
        shop_id = shops.install(tx, LAMPLIGHT, NOW).shop_id
    room.start()
    assert room.wait_until_ready(SOON)
    arrives(embedded, "inventory_levels/update", LEVEL)
    embedded.bell.ring(Ring.INBOX)
    assert came.wait(SOON)
    assert set(seen) == {shop_id}
    with embedded.db.read() as tx:
        assert inbox.waiting(tx) == 0


def test_what_was_left_over_is_begun_with_unasked(at_work, observed):
    embedded, room = at_work
    _, came = observed
    with embedded.db.write() as tx:
        shops.install(tx, LAMPLIGHT, NOW)
    arrives(embedded, "inventory_levels/update", LEVEL)
    room.start()
    assert came.wait(SOON)


def test_a_task_that_fails_is_said_with_its_shop_and_the_worker_goes_on(at_work, monkeypatch):
    embedded, room = at_work
    recovered, runs = threading.Event(), []

    def fails_at_first(_house, shop_id, _now):
        runs.append(shop_id)
        if len(runs) == 1:
            raise RuntimeError("the lights went out")
        recovered.set()
        return False

    monkeypatch.setattr(observe, "observe", fails_at_first)
    with embedded.db.write() as tx:
        shop_id = shops.install(tx, LAMPLIGHT, NOW).shop_id
    arrives(embedded, "inventory_levels/update", LEVEL)
    with capture_logs() as entries:
        room.start()
        assert recovered.wait(SOON)
    failed = [entry for entry in entries if entry["event"] == "task failed"]
    assert [(entry["log_level"], entry["exc_info"]) for entry in failed] == [("error", True)]
    assert runs[:2] == [shop_id, shop_id]


def test_an_empty_queue_is_listened_to_for_a_moment_only_so_that_a_worker_hears_at_once_that_it_is_to_end(house):
    with make_celery(house.settings).connection_for_read() as line:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            line.drain_events(timeout=LONG)
        assert time.monotonic() - began < LONG / 2


def test_a_worker_that_ends_by_itself_takes_its_process_with_it(house, monkeypatch):
    """The web server starts the process anew; a web process without a worker would only collect."""
    told, signals = threading.Event(), []

    def kill(process, number):
        signals.append((process, number))
        told.set()

    celery = make_celery(house.settings)
    monkeypatch.setattr(celery, "WorkController", lambda **_: SimpleNamespace(start=lambda: None))
    monkeypatch.setattr(engine_room.os, "kill", kill)
    _, ringer = move_in(celery, house.settings)
    room = EngineRoom(celery, ringer)
    room.start()
    assert told.wait(SOON)
    assert room.stop(SOON)
    assert signals == [(os.getpid(), signal.SIGTERM)]
    celery.house.http.close()
    celery.house.db.close()
