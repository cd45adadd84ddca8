import itertools
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from structlog.testing import capture_logs

from backorder.bell import Ring
from tests.webhooks.cast import settings
from workers.app import make_celery
from workers.calls import ANSWERS, send
from workers.ringer import PAUSE_SECONDS, Ringer

SOON = 10.0


class Exchange:
    """What was carried to the broker; it can be away."""

    def __init__(self) -> None:
        self.carried: list[tuple[Ring, float]] = []
        self.tried = 0
        self.away = False
        self._changed = threading.Condition()

    def __call__(self, what: Ring) -> None:
        with self._changed:
            self.tried += 1
            self._changed.notify_all()
            if self.away:
                raise ConnectionError("nobody there")
            self.carried.append((what, time.monotonic()))

    def wait_for(self, condition) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, SOON)


@pytest.fixture
def exchange():
    return Exchange()


@pytest.fixture
def ringer(exchange):
    ringer = Ringer(exchange, rest=0.01)
    ringer.start()
    yield ringer
    ringer.stop()


def test_one_ring_is_one_call(ringer, exchange):
    ringer.ring(Ring.INBOX)
    assert exchange.wait_for(lambda: exchange.carried)
    ringer.stop()
    assert [what for what, _ in exchange.carried] == [Ring.INBOX]


def test_a_thousand_rings_are_a_handful_of_calls(ringer, exchange):
    started = time.monotonic()
    for _ in range(1000):
        for what in Ring:
            ringer.ring(what)
    ringer.stop()
    most = 2 + int((time.monotonic() - started) / PAUSE_SECONDS)
    counted = Counter(what for what, _ in exchange.carried)
    assert set(counted) == set(Ring)
    assert max(counted.values()) <= most < 1000


def test_calls_of_one_kind_keep_their_distance(ringer, exchange):
    for _ in range(3):
        before = len(exchange.carried)
        ringer.ring(Ring.OUTBOX)
        assert exchange.wait_for(lambda before=before: len(exchange.carried) > before)
    times = [at for _, at in exchange.carried]
    assert all(later - earlier >= PAUSE_SECONDS * 0.9 for earlier, later in itertools.pairwise(times))


def test_a_ring_during_a_call_is_not_lost():
    calling, go_on, calls = threading.Event(), threading.Event(), []

    def slow(what: Ring) -> None:
        calls.append(what)
        calling.set()
        go_on.wait(SOON)

    ringer = Ringer(slow)
    ringer.start()
    ringer.ring(Ring.INBOX)
    assert calling.wait(SOON)
    ringer.ring(Ring.INBOX)
    go_on.set()
    ringer.stop()
    assert calls == [Ring.INBOX, Ring.INBOX]


def test_what_was_rung_before_the_start_is_carried(exchange):
    ringer = Ringer(exchange)
    ringer.ring(Ring.IMPORT)
    ringer.start()
    assert exchange.wait_for(lambda: exchange.carried)
    ringer.stop()


def test_stopping_carries_the_last_rings(ringer, exchange):
    ringer.ring(Ring.INBOX)
    ringer.ring(Ring.OUTBOX)
    ringer.stop()
    assert {what for what, _ in exchange.carried} == {Ring.INBOX, Ring.OUTBOX}


def test_a_dead_broker_is_said_once_and_harms_nobody(ringer, exchange):
    exchange.away = True
    with capture_logs() as entries:
        ringer.ring(Ring.INBOX)
        assert exchange.wait_for(lambda: exchange.tried >= 5)
        exchange.away = False
        assert exchange.wait_for(lambda: exchange.carried)
        ringer.stop()
    assert [entry["event"] for entry in entries] == ["broker away", "broker back"]
    assert [what for what, _ in exchange.carried] == [Ring.INBOX]


def test_ringing_does_not_wait_for_a_broker_that_hangs():
    hanging = threading.Event()
    ringer = Ringer(lambda _: hanging.wait(SOON) and None)
    ringer.start()
    started = time.monotonic()
    for _ in range(100):
        ringer.ring(Ring.INBOX)
    assert time.monotonic() - started < 1.0
    hanging.set()
    ringer.stop()


def test_a_redis_that_is_not_there_fails_fast():
    celery = make_celery(settings("sqlite:///unused.db", redis_url="redis://127.0.0.1:1/0"))
    started = time.monotonic()
    with pytest.raises(Exception, match="refused"):
        send(celery, ANSWERS[Ring.INBOX])
    assert time.monotonic() - started < 3.0


FORKING = """
import os, sys
from backorder.bell import Ring
from workers.ringer import Ringer

reader, writer = os.pipe()
ringer = Ringer(lambda what: os.write(writer, f"{os.getpid()} {what.value};".encode()))
ringer.start()
child = os.fork()
if child == 0:
    ringer.ring(Ring.INBOX)
    ringer.stop()
    os._exit(0)
os.waitpid(child, 0)
ringer.stop()
assert os.read(reader, 100) == f"{child} inbox;".encode()
"""


def test_a_forked_child_has_a_ringer_of_its_own():
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
