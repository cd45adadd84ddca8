"""The leaky bucket of query cost that the Admin API keeps per app and shop."""

from dataclasses import dataclass

from devstore.clock import Clock


@dataclass
class Bucket:
    """``level`` points were there at transport second ``at``."""

    level: float
    at: float


class Throttle:
    """Points per shop: at most ``maximum``, ``restore_rate`` come back each second of transport time."""

    def __init__(self, clock: Clock, maximum: float = 2000.0, restore_rate: float = 100.0) -> None:
        self.clock = clock
        self.maximum = maximum
        self.restore_rate = restore_rate
        self._buckets: dict[str, Bucket] = {}
        self._empty_until: dict[str, float] = {}

    def available(self, shop: str) -> float:
        """Points there now."""
        bucket = self._bucket(shop)
        return bucket.level

    def take(self, shop: str, points: float) -> bool:
        """Take points if they are there; False leaves the bucket as it was."""
        bucket = self._bucket(shop)
        if points > bucket.level:
            return False
        bucket.level -= points
        return True

    def give_back(self, shop: str, points: float) -> None:
        """Return what was asked for and not used."""
        bucket = self._bucket(shop)
        bucket.level = min(self.maximum, bucket.level + points)

    def drain(self, shop: str) -> None:
        """Leave nothing, as another busy process of the app would."""
        self._bucket(shop).level = 0.0

    def stay_empty(self, shop: str, seconds: float) -> None:
        """Keep the bucket empty for a while, as a busy process of the app would that takes every point at once."""
        self._empty_until[shop] = self.clock.transport().timestamp() + seconds

    def status(self, shop: str) -> dict[str, float]:
        """What ``extensions.cost.throttleStatus`` says."""
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available(shop)),
            "restoreRate": self.restore_rate,
        }

    def _bucket(self, shop: str) -> Bucket:
        now = self.clock.transport().timestamp()
        bucket = self._buckets.setdefault(shop, Bucket(self.maximum, now))
        bucket.level = min(self.maximum, bucket.level + max(0.0, now - bucket.at) * self.restore_rate)
        bucket.at = now
        if now < self._empty_until.get(shop, 0.0):
            bucket.level = 0.0
        return bucket
