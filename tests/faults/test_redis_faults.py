"""Redis is away, forgets everything, or listens and never answers: no webhook waits for it, and work is found again."""

import statistics
import time as clock
from collections.abc import Callable, Iterator

import pytest
import redis

from backorder.db import inbox, shops
from backorder.house import House, build
from tests.faults.proxy import Proxy
from tests.front.conftest import surroundings
from tests.front.running import STOP_SECONDS, Running
from tests.webhooks.cast import LAMPLIGHT, NOW, settings

__all__ = ["surroundings"]

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.long]

EACH = 60  # webhooks
# The sweep comes every five seconds; a consumer that lost its broker tries again after two, four, six …
FOUND_AGAIN_SECONDS = 25.0


@pytest.fixture
def books(surroundings, fresh_postgresql_url, monkeypatch) -> Iterator[House]:
    monkeypatch.setenv("DATABASE_URL", fresh_postgresql_url)
    house = build(settings(fresh_postgresql_url))
    with house.db.write() as tx:
        shops.install(tx, LAMPLIGHT, NOW)
    yield house
    house.http.close()
    house.db.close()


@pytest.fixture
def running(books, tmp_path) -> Iterator[Callable[[str], Running]]:
    started: list[Running] = []

    def start(command: str) -> Running:
        started.append(Running(command, tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.end()


def counts(books: House) -> dict[str, int]:
    with books.db.read() as tx:
        return inbox.counts(tx)


class Shop:
    """Posts webhooks and looks at the clock."""

    def __init__(self, web: Running) -> None:
        self.web = web
        self.posted = 0

    def post(self, number: int = EACH) -> list[float]:
        """How long each took, in seconds; every one is answered 200."""
        took = []
        for _ in range(number):
            self.posted += 1
            began = clock.monotonic()
            assert self.web.posts(self.posted).status_code == 200
            took.append(clock.monotonic() - began)
        return took


def slowest(took: list[float]) -> float:
    """The second slowest of sixty: what is left out is one hiccup of a busy machine."""
    return sorted(took)[-2]


def test_no_webhook_waits_for_redis_and_what_it_lost_is_found_again(books, running, redis_url, between, monkeypatch):
    proxy: Proxy = between(redis_url)
    monkeypatch.setenv("REDIS_URL", proxy.url)

    # Down at the start.
    proxy.refuses = True
    web, worker, beat = running("web"), running("worker"), running("beat")
    web.wait_until_up()
    shop = Shop(web)
    away = shop.post()
    worker.wait_for(lambda: "annot connect to redis://" in worker.log.read_text())
    assert "Trying again" in worker.log.read_text(), "it says what it does about it"
    assert counts(books) == {"waiting": EACH}

    # It comes, and so does the worker.
    proxy.refuses = False
    web.wait_for(lambda: counts(books) == {"done": shop.posted})
    well = shop.post()
    web.wait_for(lambda: counts(books) == {"done": shop.posted})

    # It listens and never answers.
    proxy.swallows = True
    swallowed = shop.post()
    began = clock.monotonic()
    proxy.swallows = False
    proxy.cut()
    web.wait_for(lambda: counts(books) == {"done": shop.posted})
    assert clock.monotonic() - began < FOUND_AGAIN_SECONDS

    # It forgets everything.
    with redis.Redis.from_url(redis_url) as broker:
        for _ in range(10):
            shop.post(2)
            broker.flushdb()
    web.wait_for(lambda: counts(books) == {"done": shop.posted})

    patience = max(0.25, 5 * slowest(well))
    assert slowest(away) < patience
    assert slowest(swallowed) < patience
    assert statistics.median(swallowed) < 3 * statistics.median(well) + 0.05

    # And who is told to stop while it is away, stops.
    proxy.refuses = True
    proxy.cut()
    for one in (web, worker, beat):
        status, seconds = one.stop()
        assert status == 0, one.log.read_text()
        assert seconds < STOP_SECONDS
