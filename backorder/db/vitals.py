"""How the books are, for those who run the app: figures over all shops, and the signs of one shop.

Each question is answered by an index over what is open, or by a book that holds only what is open; what was dealt with,
which grows for ever, is never counted. Ages are seconds of transport time, 0 where nothing waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Table, exists, func, or_, select

from backorder.db.catalogue import variants
from backorder.db.claims import claims
from backorder.db.dirty import dirty
from backorder.db.inbox import Verdict, inbox
from backorder.db.lots import allocations, lots
from backorder.db.managing import handled
from backorder.db.outbox import OPEN_STATES, State, outbox
from backorder.db.reconciliations import reconciliations
from backorder.db.shops import shops
from backorder.db.standings import standings
from backorder.db.tokens import tokens

# What a person or a worker still has to do with; the rest is history.
OPEN_VERDICTS = (Verdict.WAITING, Verdict.UNREADABLE, Verdict.PARKED)
CAUSES = (
    *("orders_unknown", "orders_changed", "holds_changed", "marks_changed"),
    *("transfers_changed", "levels_changed", "policies_changed"),
)
UNMENDED = ("unexplained", "effects_missing")
SOON = timedelta(days=7)

_AT_HOME = shops.c.uninstalled_at.is_(None)


@dataclass(frozen=True)
class Failed:
    """A webhook that could not be understood."""

    inbox_id: int
    topic: str
    received_at: datetime
    verdict: str
    error: str | None


# Over all shops


def deliveries(tx: Connection) -> dict[str, int]:
    """Deliveries that are not dealt with, by verdict."""
    open_ones = [verdict.value for verdict in OPEN_VERDICTS]
    rows = tx.execute(
        select(inbox.c.verdict, func.count().label("n")).where(inbox.c.verdict.in_(open_ones)).group_by(inbox.c.verdict)
    )
    return {row.verdict: row.n for row in rows}


def newest_delivery(tx: Connection) -> int:
    """The number of the newest delivery: it grows with each that is kept."""
    newest: int | None = tx.execute(select(func.max(inbox.c.id))).scalar_one()
    return newest or 0


def effects(tx: Connection) -> dict[tuple[str, str], int]:
    """Effects that are not done with, by state and effect."""
    open_ones = [state.value for state in OPEN_STATES]
    rows = tx.execute(
        select(outbox.c.state, outbox.c.effect, func.count().label("n"))
        .where(outbox.c.state.in_(open_ones))
        .group_by(outbox.c.state, outbox.c.effect)
    )
    return {(row.state, row.effect): row.n for row in rows}


def overdue_effects(tx: Connection, at: datetime) -> dict[str, float]:
    """The age of the oldest effect that should have happened, by effect. One that is put off for the first time is not late."""
    late = or_(outbox.c.not_before <= at, outbox.c.attempts > 0)
    rows = tx.execute(
        select(outbox.c.effect, func.min(outbox.c.created_at).label("since"))
        .where(outbox.c.state == State.DUE.value, late)
        .group_by(outbox.c.effect)
    )
    return {row.effect: _age(row.since, at) for row in rows}


def oldest_delivery(tx: Connection, at: datetime) -> float:
    """The age of the oldest delivery that waits to be understood."""
    waiting = inbox.c.verdict == Verdict.WAITING.value
    return _age(tx.execute(select(func.min(inbox.c.received_at)).where(waiting)).scalar_one(), at)


def oldest_change(tx: Connection, at: datetime) -> float:
    """The age of the oldest change that nobody has looked at yet."""
    return _age(tx.execute(select(func.min(dirty.c.since))).scalar_one(), at)


def access(tx: Connection, at: datetime) -> tuple[int, int]:
    """Installed shops without access to their store, and those whose access ends within a week unless it is renewed."""
    ends = tokens.c.refresh_until
    rows = tx.execute(
        select(ends, tokens.c.shop_id)
        .select_from(shops.outerjoin(tokens, tokens.c.shop_id == shops.c.id))
        .where(_AT_HOME, or_(tokens.c.shop_id.is_(None), ends < at + SOON))
    ).all()
    lost = sum(1 for row in rows if row.shop_id is None or row.refresh_until <= at)
    return lost, len(rows) - lost


def granted(tx: Connection) -> dict[str, frozenset[str]]:
    """The scopes that each installed shop has granted, by its domain; shops whose scopes were not recorded are left out."""
    rows = tx.execute(
        select(shops.c.domain, tokens.c.scopes)
        .join(tokens, tokens.c.shop_id == shops.c.id)
        .where(_AT_HOME, tokens.c.scopes != "")
        .order_by(shops.c.id)
    )
    return {row.domain: frozenset(row.scopes.split(",")) for row in rows}


def last_reconciled(tx: Connection) -> dict[int, datetime]:
    """When each installed shop was last compared with success; shops that never were are left out."""
    rows = tx.execute(select(shops.c.id, _of_last_success("ended_at").label("last")).where(_AT_HOME))
    return {row.id: row.last for row in rows if row.last is not None}


def drift(tx: Connection) -> dict[str, int]:
    """What the last comparisons of the installed shops found, by what it was about."""
    return _last_counts(tx, CAUSES)


def unmended(tx: Connection) -> dict[str, int]:
    """Of the last comparisons of the installed shops: what nothing explains, and which changes of ours the stores do not show."""
    return _last_counts(tx, UNMENDED)


def _last_counts(tx: Connection, names: Iterable[str]) -> dict[str, int]:
    # One probe of an index for each: joined, a database may read the whole history.
    sums = {name: func.sum(func.coalesce(_of_last_success(name), 0)).label(name) for name in names}
    row = tx.execute(select(*sums.values()).select_from(shops).where(_AT_HOME)).one()
    return {name: int(getattr(row, name) or 0) for name in sums}


def drifting(tx: Connection, since: datetime, least: int) -> frozenset[int]:
    """Shops whose comparisons found at least so many differences since this instant."""
    rows = tx.scalars(
        select(reconciliations.c.shop_id)
        .where(reconciliations.c.found > 0, reconciliations.c.ended_at >= since)
        .group_by(reconciliations.c.shop_id)
        .having(func.sum(reconciliations.c.found) >= least)
    )
    return frozenset(rows)


def waiting_units(tx: Connection) -> int:
    """Units that customers of the installed shops wait for: open, and no stock is given to them.

    As in the backlog only where that is known: of goods whose shortage the app handles, or that their supplier sends.
    """

    def at_home(book: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Whether a row is of an installed shop, and of goods whose shortage the app handles."""
        goods = handled().where(variants.c.shop_id == book.c.shop_id, variants.c.item_id == book.c.item_id)
        return book.c.shop_id.in_(select(shops.c.id).where(_AT_HOME)), exists(goods)

    here, is_handled = at_home(standings)
    open_units = _sum(tx, standings.c.units, here, is_handled)
    here, is_handled = at_home(lots)
    of_lot = (allocations.c.shop_id == lots.c.shop_id, allocations.c.lot_id == lots.c.id)
    given = _sum(tx, allocations.c.units, *of_lot, here, is_handled)
    here, is_handled = at_home(claims)
    sent_directly = _sum(tx, claims.c.units, here, claims.c.drop_shipped.is_(True), ~is_handled)
    return open_units - given + sent_directly


def _sum(tx: Connection, units: ColumnElement[int], *of: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.coalesce(func.sum(units), 0)).where(*of)).scalar_one())


# Of one shop


def oldest_unseen(tx: Connection, shop_id: int, domain: str, at: datetime) -> datetime | None:
    """When the oldest change of a shop came that was not looked at yet; None if all were."""
    since = tx.execute(
        select(func.min(dirty.c.since)).where(dirty.c.shop_id == shop_id, dirty.c.since <= at)
    ).scalar_one()
    received = tx.execute(
        select(func.min(inbox.c.received_at)).where(
            inbox.c.verdict == Verdict.WAITING.value, inbox.c.shop_domain == domain
        )
    ).scalar_one()
    return min((instant for instant in (since, received) if instant is not None), default=None)


def deliveries_of(tx: Connection, domain: str) -> dict[str, int]:
    """A shop's deliveries that are not dealt with, by verdict."""
    open_ones = [verdict.value for verdict in OPEN_VERDICTS]
    rows = tx.execute(
        select(inbox.c.verdict, func.count().label("n"))
        .where(inbox.c.verdict.in_(open_ones), inbox.c.shop_domain == domain)
        .group_by(inbox.c.verdict)
    )
    return {row.verdict: row.n for row in rows}


def failed_deliveries(tx: Connection, domain: str, limit: int = 5) -> tuple[Failed, ...]:
    """A shop's webhooks that could not be understood, newest first."""
    rows = tx.execute(
        select(inbox.c.id, inbox.c.topic, inbox.c.received_at, inbox.c.verdict, inbox.c.error)
        .where(
            inbox.c.verdict.in_([Verdict.UNREADABLE.value, Verdict.PARKED.value]),
            inbox.c.shop_domain == domain,
        )
        # Not by number: a database would then walk back through all that was ever kept.
        .order_by(inbox.c.received_at.desc())
        .limit(limit)
    )
    return tuple(Failed(row.id, row.topic, row.received_at, row.verdict, row.error) for row in rows)


def _age(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max(0.0, (at - since).total_seconds())


def _of_last_success(name: str) -> ScalarSelect[Any]:
    """A column of the last comparison of the shop at hand that succeeded."""
    succeeded = (reconciliations.c.error.is_(None), reconciliations.c.ended_at.is_not(None))
    found = select(reconciliations.c[name]).where(reconciliations.c.shop_id == shops.c.id, *succeeded)
    return found.order_by(reconciliations.c.ended_at.desc()).limit(1).correlate(shops).scalar_subquery()
