"""The house: what every verb is given. Nothing in it knows a shop, a request or a task."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from backorder.bell import Bell, SilentBell
from backorder.clock import BusinessClock
from backorder.config import Settings
from backorder.db.engine import Database
from backorder.db.letterbox import Letterbox
from backorder.db.sealed import Sealer
from backorder.store.http import Http, open_http


@dataclass(frozen=True)
class House:
    """Settings, books, keys, bell and clock, put together once at the front step; ``sleep`` is how short pauses pass."""

    settings: Settings
    db: Database
    sealer: Sealer
    http: Http
    bell: Bell = field(default_factory=SilentBell)
    clock: BusinessClock = field(default_factory=BusinessClock)
    sleep: Callable[[float], None] = time.sleep
    letterbox: Letterbox = field(init=False)

    def __post_init__(self) -> None:
        """The letterbox belongs to this house's books."""
        object.__setattr__(self, "letterbox", Letterbox(self.db, self.sealer))


def build(settings: Settings, bell: Bell | None = None) -> House:
    """Put the house together. Opens no connection yet."""
    return House(
        settings=settings,
        db=Database(settings.database_url),
        sealer=Sealer(settings.encryption_key.get_secret_value()),
        http=open_http(),
        bell=bell or SilentBell(),
        clock=BusinessClock(settings.clock_file),
    )
