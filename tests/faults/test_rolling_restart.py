"""Two of everything, and all of it restarted one after the other while webhooks keep coming: nothing is lost or doubled."""

import threading
from dataclasses import dataclass, field

import pytest
import requests
from sqlalchemy import select

from backorder.db import inbox
from tests.faults.long import SECONDS
from tests.faults.street import Street, street, wait_until
from tests.faults.test_killed_processes import ended_well, promise_story
from tests.servers import free_port
from tests.webhooks.cast import BODY, envelope, signature

pytestmark = [
    pytest.mark.long,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.timeout(SECONDS),
]

AT_MOST = 600  # webhooks
BETWEEN = 0.1  # seconds: ten a second
STOP_SECONDS = 30


@dataclass
class Post:
    """The store's post: brings a webhook to the first door that takes it, until it is told to stop."""

    doors: list[str]
    secret: str
    accepted: list[str] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._bring, name="post", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._enough.set()
        self._thread.join(30)

    def _bring(self) -> None:
        for number in range(AT_MOST):
            if self._enough.wait(BETWEEN):
                return
            names = {"Event_Id": f"event-{number}", "Webhook_Id": f"webhook-{number}"}
            headers = envelope(BODY, Hmac_Sha256=signature(BODY, self.secret), **names)
            door = self.doors[number % len(self.doors)]
            try:
                answer = requests.post(f"{door}/webhooks", data=BODY, headers=headers, timeout=5)
            except requests.RequestException:
                continue  # the store would come again; here only what was answered counts
            if answer.status_code == requests.codes.ok:
                self.accepted.append(names["Webhook_Id"])


def ready(door: str) -> None:
    wait_until(lambda: requests.get(f"{door}/readyz", timeout=2).ok, f"{door} is ready")


def restarted_one_after_the_other(here: Street, doors: dict[str, str], ports: dict[str, str]) -> None:
    for name, command in list(here.commands.items()):
        status, seconds = here.stop(name)
        assert status == 0, f"{name} ended with {status}: {here.log(name).read_text()}"
        assert seconds < STOP_SECONDS
        here.start(name, command, **({"PORT": ports[name]} if name in ports else {}))
        if name in doors:
            ready(doors[name])


def test_a_rolling_restart_of_two_of_everything_loses_and_doubles_nothing(fresh_postgresql_url, redis_url, tmp_path):
    with street(tmp_path, fresh_postgresql_url, redis_url) as here:
        ports = {"web": here.environment["PORT"], "web-2": str(free_port())}
        doors = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        for name, port in ports.items():
            here.start(name, "web", PORT=port)
        for command in ("worker", "beat"):
            here.start(command, command)
            here.start(f"{command}-2", command)
        for door in doors.values():
            ready(door)
        post = Post(list(doors.values()), here.environment["SHOPIFY_API_SECRET"])
        try:
            promise_story(here, lambda: restarted_one_after_the_other(here, doors, ports))
        finally:
            post.stop()
        ended_well(here)
        with here.house.db.read() as tx:
            rows = tx.execute(select(inbox.inbox.c.webhook_id, inbox.inbox.c.verdict)).all()
        kept = {row.webhook_id: row.verdict for row in rows}
        assert len(post.accepted) > 50
        assert {kept.get(number) for number in post.accepted} == {"done"}, "each was kept, and understood"
        assert here.restarts == 0
