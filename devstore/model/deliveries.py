"""Webhooks: who asked for them, and what was sent."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Subscription:
    """A wish to hear of ``topic``. ``id`` 0: declared in the app's configuration, not made through the API."""

    id: int
    topic: str
    uri: str
    created_at: datetime
    updated_at: datetime
    name: str | None = None
    filter: str | None = None
    include_fields: tuple[str, ...] = ()
    failures: int = 0


@dataclass(eq=False)  # the same webhook may be on its way twice, and one that was brought is not the other
class Delivery:
    """One webhook on its way. ``due`` is transport time in epoch seconds; ``answers`` has one entry per try."""

    webhook_id: str
    event_id: str
    shop: str
    topic: str
    url: str
    body: bytes
    headers: dict[str, str]
    due: float
    subscription_id: int = 0
    attempts: int = 0
    answers: list[int | str] = field(default_factory=list)
    state: str = "waiting"
