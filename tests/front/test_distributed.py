"""``promised web``, ``worker`` and ``beat`` as a Procfile runs them, over PostgreSQL and Redis."""

import pytest
import redis

from backorder.db import dirty, inbox, shops
from backorder.house import build
from tests.front.running import STOP_SECONDS, Running
from tests.webhooks.cast import LAMPLIGHT, NOW, settings
from workers.app import QUEUE

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.long]


@pytest.fixture
def books(surroundings, fresh_postgresql_url, redis_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", fresh_postgresql_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    house = build(settings(fresh_postgresql_url))
    yield house
    house.http.close()
    house.db.close()


@pytest.fixture
def running(books, tmp_path):
    """Starts a command of ours; all of them end with the test."""
    started = []

    def start(command):
        started.append(Running(command, tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.end()


def counts(books):
    with books.db.read() as tx:
        return inbox.counts(tx)


def test_a_webhook_kept_by_web_is_understood_by_a_worker_and_all_stop_when_told(books, running):
    with books.db.write() as tx:
        shops.install(tx, LAMPLIGHT, NOW)
    web, worker = running("web"), running("worker")
    web.wait_until_up()
    assert web.posts(1).status_code == 200
    web.wait_for(lambda: counts(books) == {"done": 1})
    with books.db.read() as tx:
        assert dirty.count(tx) == 1
    for one in (web, worker):
        status, seconds = one.stop()
        assert status == 0, one.log.read_text()
        assert seconds < STOP_SECONDS


def test_work_whose_call_was_lost_is_found_by_the_tick_of_beat(books, running, redis_url):
    web = running("web")
    web.wait_until_up()
    assert web.posts(1).status_code == 200
    assert web.stop()[0] == 0
    with redis.Redis.from_url(redis_url) as broker:
        assert broker.llen(QUEUE) == 1
        broker.flushall()
    worker, beat = running("worker"), running("beat")
    beat.wait_for(lambda: counts(books) == {"ignored": 1})
    for one in (beat, worker):
        status, seconds = one.stop()
        assert status == 0, one.log.read_text()
        assert seconds < STOP_SECONDS
