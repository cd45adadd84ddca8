"""The world the store lives in: one app, a clock, shops, the post, and one lock over all of it."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime

from devstore.app import AppConfig
from devstore.background import Background
from devstore.clock import Clock
from devstore.faults import ApiFault
from devstore.model import Shop
from devstore.post import PostOffice
from devstore.remembered import Remembered
from devstore.throttle import Throttle


class World:
    """Everything there is. Verbs run under ``lock``; what they tell goes through ``post``.

    ``base`` is the address this process answers at, without a trailing slash. ``routing_delay`` is how many seconds
    after an order its fulfillment orders come to be.
    """

    def __init__(
        self,
        app: AppConfig,
        clock: Clock | None = None,
        *,
        base: str = "http://127.0.0.1:4010",
        routing_delay: float = 0.0,
    ) -> None:
        self.app = app
        self.clock = clock or Clock()
        self.base = base
        self.routing_delay = routing_delay
        self.lock = threading.RLock()
        self.shops: dict[str, Shop] = {}
        self.background = Background()
        self.post = PostOffice(app, self.clock)
        self.throttle = Throttle(self.clock)
        self.remembered = Remembered()
        self.api_faults: deque[ApiFault] = deque()
        # How many seconds each answer of a shop takes, and how the time passes until it is given.
        self.slow: dict[str, float] = {}
        self.pause: Callable[[float], object] = time.sleep
        # How many seconds the index that ``query:`` looks into is behind what is true.
        self.index_lag = 0.0
        # Requests by shop and document (or "token", "unknown token", "broken").
        self.knocks: Counter[tuple[str, str]] = Counter()
        # How often the levels of an item were read, by shop, item and second (transport time).
        self.levels_read: Counter[tuple[str, int, int]] = Counter()
        self.misses: list[dict[str, str]] = []
        self.deprecations: list[dict[str, str]] = []

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def add(self, shop: Shop) -> Shop:
        """Open a shop."""
        with self.lock:
            self.shops[shop.domain] = shop
        return shop

    def shop(self, domain: str) -> Shop:
        """The shop with this domain. Raises ``KeyError``."""
        return self.shops[domain]

    def origin(self, shop: Shop) -> str:
        """The address everything of a shop stands below."""
        return f"{self.base}/{shop.domain}"

    def emit(self, shop: Shop, topic: str, payload: dict[str, object]) -> None:
        """Tell everyone who subscribed that ``topic`` happened in ``shop``."""
        self.post.emit(shop, topic, payload)

    def start(self) -> None:
        """Let the background and the post work by themselves."""
        self.background.start()
        self.post.start()

    def stop(self) -> None:
        """End what ``start`` began."""
        self.background.stop()
        self.post.stop()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no background work and no delivery is under way; False when that took too long."""
        deadline = self.clock.transport().timestamp() + timeout
        for wait in self._until_quiet():
            remaining = deadline - self.clock.transport().timestamp()
            if remaining <= 0 or not wait(remaining):
                return False
        return True

    def _until_quiet(self) -> Iterator[Callable[[float], bool]]:
        while self.background.busy or self.post.busy:
            yield self.background.wait_idle
            yield self.post.wait_idle
