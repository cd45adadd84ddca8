"""SIGKILL at named steps, to real processes: web, a worker's pool child, the worker itself, beat; and ``promised serve``.

Every process of the street may be hit; each step kills whoever comes there first, once. The store's own books judge the end.
"""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from backorder.failpoint import ARMED, ONCE, POINTS
from backorder.observe import DEATHS
from backorder.verify import verify
from promised.demo.checking import StoryBroken
from tests.faults.long import ALL, SECONDS
from tests.faults.points import KILLED_AT
from tests.faults.street import Street, street, wait_until

pytestmark = [pytest.mark.long, pytest.mark.timeout(SECONDS)]
LAMP = "AUR-1"
EXPECTED_LETTERS = {"Ben": 2, "Cleo": 1, "Lena": 0}
# A reconciliation is due every five seconds, so that somebody is in the middle of one.
OFTEN = {"RECONCILE_SECONDS": "5"} if ALL else {}


def steps() -> tuple[str, ...]:
    return POINTS if ALL else KILLED_AT


def insist(act: Callable[[], object], done: Callable[[], bool]) -> None:
    """Do something by hand; whoever hears no answer looks whether it was done, and does it again."""
    pause = threading.Event()
    said = "nothing"
    for _ in range(50):
        try:
            act()
        except (requests.RequestException, StoryBroken) as error:
            said = str(error)
        else:
            return
        with suppress(requests.RequestException, StoryBroken):
            if done():
                return
        pause.wait(0.3)
    pytest.fail(f"nobody does it: {said}")


def promise_story(here: Street, meanwhile: Callable[[], object] = int) -> None:
    """A lamp is sold out, Ben and Cleo wait, ``meanwhile`` something happens, three come in; the store's books say how it ended."""
    merchant, shopper, warehouse = here.people()
    insist(merchant.opens_the_app, lambda: False)
    wait_until(lambda: not merchant.get("/import")["running"], "the shop is read")
    lamp = warehouse.variant(LAMP)["id"]

    def managed() -> bool:
        return bool(merchant.get("/variants", managed="true")["variants"])

    insist(lambda: merchant.patch("/variants", {"variant_ids": [lamp], "managed": True}), managed)
    ordered = {"variant_id": lamp, "units": 40, "due_on": (warehouse.today() + timedelta(days=12)).isoformat()}
    draft = {"number": "PO-12", "supplier": "Glow & Sons", "lines": [ordered]}

    def orders() -> list[dict[str, object]]:
        return list(merchant.get("/purchase-orders")["purchase_orders"])

    insist(lambda: merchant.post("/purchase-orders", draft), lambda: bool(orders()))
    shopper.buys("Lena", (lamp, 1, "aurora-lamp"))
    wait_until(lambda: warehouse.variant(LAMP)["policy"] == "CONTINUE", "the lamp is sold on backorder")
    shopper.buys("Ben", (lamp, 2, "aurora-lamp"))
    shopper.buys("Cleo", (lamp, 3, "aurora-lamp"))
    wait_until(lambda: [warehouse.held(who) for who in ("Ben", "Cleo")] == [2, 3], "both are held")
    letters_are(here, {"Ben": 1, "Cleo": 1, "Lena": 0})
    meanwhile()
    (line,) = merchant.get(f"/purchase-orders/{orders()[0]['purchase_order_id']}")["lines"]
    receipts = f"/purchase-orders/lines/{line['line_id']}/receipts"

    def booked() -> bool:
        number = orders()[0]["purchase_order_id"]
        return bool(merchant.get(f"/purchase-orders/{number}")["lines"][0]["received"])

    insist(lambda: merchant.post(receipts, {"units": 3}), booked)
    warehouse.counts_in(LAMP, 3)
    wait_until(lambda: [warehouse.held(who) for who in ("Ben", "Cleo")] == [0, 3], "Ben is released")
    letters_are(here, EXPECTED_LETTERS)


def letters_are(here: Street, expected: dict[str, int]) -> None:
    _, _, warehouse = here.people()

    def came() -> bool:
        return all(len(warehouse.mails(who)) + here.unknown(warehouse, who) == n for who, n in expected.items())

    wait_until(came, f"letters: {expected}")


def ended_well(here: Street) -> None:
    _, _, warehouse = here.people()
    assert [warehouse.shippable(who) for who in ("Lena", "Ben", "Cleo")] == [1, 2, 0]
    for who, expected in EXPECTED_LETTERS.items():
        names = [mail["message_id"] for mail in warehouse.mails(who)]
        assert len(names) == len(set(names)) <= expected, "no letter twice"
    wait_until(lambda: set(here.verdicts()) <= {"done", "ignored"}, "every webhook is understood")
    assert verify(here.house).holds
    assert not any(warehouse.misses().values())


def everybody_died(once: Path) -> None:
    """By now, or at the next tick of the clock."""
    # Who dies elsewhere inside a comparison leaves it leased for five minutes, and nobody comes to its half before that.
    everywhere = f"somebody dies at each of {steps()}"
    wait_until(lambda: {file.name for file in once.iterdir()} == set(steps()), everywhere, seconds=400)


def deadly(folder: Path) -> tuple[Path, dict[str, str]]:
    once = folder / "died"
    once.mkdir()
    return once, {ARMED: ",".join(f"{point}:kill" for point in steps()), ONCE: str(once), **OFTEN}


@pytest.mark.postgres
@pytest.mark.redis
def test_a_promise_is_kept_whoever_is_killed_among_web_worker_and_beat(fresh_postgresql_url, redis_url, tmp_path):
    once, armed = deadly(tmp_path)
    with street(tmp_path, fresh_postgresql_url, redis_url, **armed) as here:
        here.brings_back = True
        for name in ("web", "worker", "beat"):
            here.start(name, name)
        wait_until(lambda: requests.get(f"{here.addresses.app}/readyz", timeout=2).ok, "web is ready")

        def the_worker_itself_is_killed() -> None:
            parent = here.processes["worker"].pid
            children = here.children("worker")
            assert children
            os.kill(parent, signal.SIGKILL)
            wait_until(lambda: here.processes["worker"].pid != parent, "another one is started")
            wait_until(
                lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "its children end by themselves"
            )

        promise_story(here, the_worker_itself_is_killed)
        everybody_died(once)
        ended_well(here)
        assert here.restarts >= 2, "beat, and the worker; the others are replaced by their own parents"


def test_a_promise_is_kept_however_often_the_only_process_is_killed(sqlite_url, tmp_path):
    once, armed = deadly(tmp_path)
    with street(tmp_path, sqlite_url, **armed) as here:
        here.brings_back = True
        here.start("serve", "serve")
        wait_until(lambda: requests.get(f"{here.addresses.app}/readyz", timeout=2).ok, "it is ready")
        promise_story(here)
        everybody_died(once)
        ended_well(here)
        booted = [entry for entry in here.said("serve") if str(entry["event"]).startswith("Booting worker")]
        assert len(booted) == len(steps()) + 1


@pytest.mark.postgres
@pytest.mark.redis
def test_a_shop_that_kills_its_worker_each_time_is_set_aside_and_the_queue_does_not_go_round(
    fresh_postgresql_url, redis_url, tmp_path
):
    """The message of a lost worker comes back at once, for ever; the books bound what it may do."""
    with street(tmp_path, fresh_postgresql_url, redis_url, **{ARMED: "observe.turn:kill@every"}) as here:
        for name in ("web", "worker", "beat"):
            here.start(name, name)
        wait_until(lambda: requests.get(f"{here.addresses.app}/readyz", timeout=2).ok, "web is ready")
        merchant, _, warehouse = here.people()
        merchant.opens_the_app()
        wait_until(lambda: not merchant.get("/import")["running"], "the shop is read")
        lamp = warehouse.variant(LAMP)["id"]
        merchant.patch("/variants", {"variant_ids": [lamp], "managed": True})
        wait_until(lambda: "shop set aside" in here.log("worker").read_text(), "the shop is set aside")
        died = here.log("worker").read_text().count("exited with 'signal 9 (SIGKILL)'")
        assert DEATHS <= died <= 2 * DEATHS
        # Two sweeps; the first comparison with the store may have marked everything anew meanwhile.
        threading.Event().wait(12)
        assert here.log("worker").read_text().count("exited with 'signal 9 (SIGKILL)'") <= died + DEATHS


@pytest.mark.postgres
@pytest.mark.redis
def test_a_pool_child_that_stops_for_longer_than_its_lease_wakes_up_and_is_told(
    fresh_postgresql_url, redis_url, tmp_path
):
    once = tmp_path / "stopped"
    once.mkdir()
    with street(tmp_path, fresh_postgresql_url, redis_url, **{ARMED: "outbox.taken:stop", ONCE: str(once)}) as here:
        for name in ("web", "worker", "beat"):
            here.start(name, name)
        wait_until(lambda: requests.get(f"{here.addresses.app}/readyz", timeout=2).ok, "web is ready")

        def it_wakes_up() -> None:
            (asleep,) = [pid for pid in here.children("worker") if _state_of(pid) == "T"]
            os.kill(asleep, signal.SIGCONT)
            wait_until(lambda: any(said["event"] == "overtaken" for said in here.said("worker")), "it is told")

        promise_story(here, it_wakes_up)
        ended_well(here)


def _state_of(pid: int) -> str:
    """R, S, T … as the kernel says it."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
