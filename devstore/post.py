"""The post office: turns what happened into signed webhooks and brings them to the app, or fails to, on request."""

import json
import threading
import time
import uuid
from collections.abc import Mapping

import requests

from devstore.app import AppConfig
from devstore.clock import Clock
from devstore.faults import Faults
from devstore.model import Delivery, Shop, Subscription
from devstore.sifting import passes, sifted
from devstore.signing import webhook_signature

BACKOFF = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
TIMEOUT = (1.0, 5.0)
CARRIERS = 4
WITHOUT_INSTALLATION = frozenset({"app/uninstalled", "shop/redact", "customers/redact", "customers/data_request"})


class PostOffice:
    """Deliveries in every state. Threads carry them in a running process; a test takes them by hand."""

    def __init__(self, app: AppConfig, clock: Clock, backoff: tuple[float, ...] = BACKOFF) -> None:
        self.app = app
        self.clock = clock
        self.backoff = backoff
        self.faults = Faults()
        self.made: list[Delivery] = []
        # How many deliveries that ended are remembered; None: all of them, for a ledger that tells everything.
        self.remembers: int | None = None
        self._shops: dict[str, Shop] = {}
        self._waiting: list[Delivery] = []
        self._carried = 0
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        # Carriers wait here: one is woken for each delivery, not all of them.
        self._posted = threading.Condition(lock)
        self._stopping = False
        self._carriers: list[threading.Thread] = []

    def emit(self, shop: Shop, topic: str, payload: Mapping[str, object]) -> str:
        """Queue one delivery per subscription to ``topic``; returns the event id all of them carry."""
        event = str(uuid.uuid4())
        with self._changed:
            self._shops[shop.domain] = shop
            if shop.installed or topic in WITHOUT_INSTALLATION:
                for subscription in self._subscriptions(shop, topic):
                    if passes(subscription.filter, payload):
                        self._queue(self._delivery(shop, subscription, event, payload))
        return event

    def pending(self) -> list[Delivery]:
        """What waits, in the order it would go."""
        with self._changed:
            return sorted(self._waiting, key=lambda delivery: delivery.due)

    def take(self) -> Delivery | None:
        """The next delivery whose time has come, for a test or a carrier to bring; ``settle`` says how it went."""
        with self._changed:
            now = self.clock.transport().timestamp()
            ready = [delivery for delivery in self._waiting if delivery.due <= now]
            if not ready:
                return None
            delivery = self.faults.pick(ready)
            self._waiting.remove(delivery)
            delivery.state = "under way"
            self._carried += 1
            return delivery

    def settle(self, delivery: Delivery, answer: int | str) -> None:
        """Note the app's answer (a status, or what went wrong); anything but 2xx comes again later."""
        with self._changed:
            self._carried -= 1
            delivery.attempts += 1
            delivery.answers.append(answer)
            if isinstance(answer, int) and 200 <= answer < 300:
                delivery.state = "delivered"
            elif delivery.attempts > len(self.backoff):
                delivery.state = "given up"
                self._drop_subscription(delivery)
            else:
                delivery.state = "waiting"
                delivery.due = self.clock.transport().timestamp() + self.backoff[delivery.attempts - 1]
                self._waiting.append(delivery)
                self._posted.notify()
            if not self._waiting and not self._carried:
                self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Whether anything waits or is being carried."""
        with self._changed:
            return bool(self._waiting or self._carried)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing waits and nothing is being carried; False when that took longer than ``timeout``."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._carried, timeout)

    def start(self) -> None:
        """Carry deliveries in threads from now on."""
        for number in range(CARRIERS):
            carrier = threading.Thread(target=self._carry_on, name=f"store-post-{number}", daemon=True)
            carrier.start()
            self._carriers.append(carrier)

    def stop(self) -> None:
        """End the threads after the delivery at hand."""
        with self._changed:
            self._stopping = True
            self._posted.notify_all()
        for carrier in self._carriers:
            carrier.join()

    def _carry_on(self) -> None:
        with requests.Session() as http:
            while not self._stopping:
                delivery = self.take()
                if delivery is None:
                    with self._changed:
                        # Not while something came since we looked: what woke nobody would wait for the next delivery.
                        if not self._stopping and (pause := self._pause()) != 0.0:
                            self._posted.wait(pause)
                    continue
                self.settle(delivery, _bring(http, delivery))

    def _pause(self) -> float | None:
        if not self._waiting:
            return None
        first = min(delivery.due for delivery in self._waiting)
        return max(0.0, first - self.clock.transport().timestamp())

    def _subscriptions(self, shop: Shop, topic: str) -> list[Subscription]:
        now = self.clock.now()
        declared = [
            Subscription(0, wish.topic, wish.uri, now, now, filter=wish.filter, include_fields=wish.include_fields)
            for wish in self.app.subscriptions
            if wish.topic == topic
        ]
        return declared + [asked for asked in shop.subscriptions.values() if asked.topic == topic]

    def _delivery(self, shop: Shop, wish: Subscription, event: str, payload: Mapping[str, object]) -> Delivery:
        body = json.dumps(sifted(payload, wish.include_fields), ensure_ascii=False).encode()
        webhook_id = str(uuid.uuid4())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": wish.topic,
            "X-Shopify-Shop-Domain": shop.domain,
            "X-Shopify-API-Version": self.app.api_version,
            "X-Shopify-Hmac-Sha256": webhook_signature(self.app.secret, body),
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        }
        if wish.name:
            headers["X-Shopify-Name"] = wish.name
        due = self.clock.transport().timestamp()
        url = self.app.address(wish.uri)
        return Delivery(webhook_id, event, shop.domain, wish.topic, url, body, headers, due, subscription_id=wish.id)

    def _queue(self, delivery: Delivery) -> None:
        bag = self.faults.meddle(delivery)
        self.made.extend(bag or [delivery])
        if self.remembers is not None and len(self.made) > 2 * self.remembers:
            open_still = [each for each in self.made[: -self.remembers] if each.state in {"waiting", "under way"}]
            self.made = [*open_still, *self.made[-self.remembers :]]
        self._waiting.extend(bag)
        self._posted.notify(len(bag))

    def _drop_subscription(self, delivery: Delivery) -> None:
        # eight straight failures delete a subscription made through the API; declared ones stay
        self._shops[delivery.shop].subscriptions.pop(delivery.subscription_id, None)


def _bring(http: requests.Session, delivery: Delivery) -> int | str:
    started = time.monotonic()
    try:
        answer = http.post(
            delivery.url, data=delivery.body, headers=delivery.headers, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"{type(error).__name__} after {time.monotonic() - started:.1f} s"
    return answer.status_code
