"""How the app is for a shop: whether it hears of the store, keeps up with it, agrees with it, and may enter it."""

from datetime import datetime

from backorder.access import lacking
from backorder.clock import transport_now
from backorder.db import dirty, heard, migrate, tokens, troubles, vitals
from backorder.db.inbox import Verdict
from backorder.db.outbox import Effect, State
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules import silence
from backorder.rules.alarm import lasting
from plugin.ready import access
from plugin.shown import alarms, comparisons
from plugin.shown.alarms import AlarmShown
from plugin.shown.comparisons import Comparisons
from plugin.shown.model import Shown


class FailedWebhook(Shown):
    """A webhook that could not be understood: ``verdict`` is unreadable or parked."""

    topic: str
    received_at: datetime
    verdict: str
    error: str | None


class HeardShown(Shown):
    """When the store last sent something, and how long it may be silent before that is unusual."""

    last_at: datetime | None
    patience: str
    deliveries: int


class QueueShown(Shown):
    """What of the store was announced and is not looked at yet: webhooks, then things, and since when the oldest waits."""

    webhooks: int
    things: int
    oldest_since: datetime | None


class StoppedShown(Shown):
    """Letters and other effects that failed for good (parked), or may have happened (unknown)."""

    letters_parked: int
    letters_unknown: int
    others_parked: int
    others_unknown: int

    @property
    def any(self) -> bool:
        return bool(self.letters_parked or self.letters_unknown or self.others_parked or self.others_unknown)


class AccessShown(Shown):
    """Whether the store lets the app in: ``until`` unless it is renewed, which happens by itself; scopes by name.

    ``sees_old_orders``: whether orders of more than 60 days ago are shown to it (``read_all_orders``).
    """

    granted: tuple[str, ...]
    missing: tuple[str, ...]
    open: bool
    until: datetime | None
    sees_old_orders: bool = False


class SchemaShown(Shown):
    """The shape of the database, and the one that this version needs."""

    revision: str
    needs: str


class HealthShown(Shown):
    """Everything that a health page tells of one shop."""

    alarms: tuple[AlarmShown, ...]
    heard: HeardShown
    queue: QueueShown
    comparisons: Comparisons
    failed_webhooks: int
    newest_failed: tuple[FailedWebhook, ...]
    stopped: StoppedShown
    access: AccessShown
    books: SchemaShown

    @property
    def well(self) -> bool:
        """Whether there is nothing that anybody should look at."""
        quiet = not (self.alarms or self.failed_webhooks or self.stopped.any)
        return quiet and self.access.open and not self.access.missing


def of_shop(house: House, shop: Shop) -> HealthShown:
    """How the app is for this shop now."""
    at = transport_now()
    with house.db.read() as tx:
        known = heard.of_shop(tx, shop.shop_id)
        verdicts = vitals.deliveries_of(tx, shop.domain)
        failed = vitals.failed_deliveries(tx, shop.domain)
        oldest = vitals.oldest_unseen(tx, shop.shop_id, shop.domain, at)
        things = dirty.count(tx, shop.shop_id)
        stopped = troubles.newest(tx, shop.shop_id, limit=1000)
        pair = tokens.get(tx, house.sealer, shop.shop_id)
        revision = migrate.standing(tx)[1] or "none"
    return HealthShown(
        alarms=alarms.of_shop(house, shop),
        heard=HeardShown(
            last_at=known.last_at,
            patience=lasting(silence.patience(known, shop.installed_at, at)),
            deliveries=sum(day.deliveries for day in known.days),
        ),
        queue=QueueShown(webhooks=verdicts.get(Verdict.WAITING.value, 0), things=things, oldest_since=oldest),
        comparisons=comparisons.of_shop(house, shop),
        failed_webhooks=verdicts.get(Verdict.UNREADABLE.value, 0) + verdicts.get(Verdict.PARKED.value, 0),
        newest_failed=tuple(
            FailedWebhook(topic=each.topic, received_at=each.received_at, verdict=each.verdict, error=each.error)
            for each in failed
        ),
        stopped=_stopped([(row.state, row.effect) for row in stopped]),
        access=_access(pair, at),
        books=SchemaShown(revision=revision, needs=migrate.head()),
    )


def _stopped(rows: list[tuple[str, str]]) -> StoppedShown:
    letters = [state for state, effect in rows if effect == Effect.MAIL.value]
    others = [state for state, effect in rows if effect != Effect.MAIL.value]
    return StoppedShown(
        letters_parked=letters.count(State.PARKED.value),
        letters_unknown=letters.count(State.UNKNOWN.value),
        others_parked=others.count(State.PARKED.value),
        others_unknown=others.count(State.UNKNOWN.value),
    )


def _access(pair: tokens.TokenPair | None, at: datetime) -> AccessShown:
    if pair is None:
        return AccessShown(granted=(), missing=(), open=False, until=None)
    until = pair.refresh_until
    # A token of which no scope was recorded says nothing about what it may do.
    missing = lacking(pair.scopes, access.wanted()) if pair.scopes else ()
    return AccessShown(
        granted=tuple(sorted(pair.scopes)),
        missing=missing,
        open=until is None or until > at,
        until=until,
        sees_old_orders="read_all_orders" in pair.scopes,
    )
