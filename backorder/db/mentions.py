"""Mentions: which kept webhooks name a thing of the store, and what became of them. Asked only of things that were found to differ."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from backorder.db.inbox import BODY_PURPOSE, Verdict, inbox
from backorder.db.sealed import CannotOpen, Sealer

# So many are looked through, the newest first.
LOOKED_THROUGH = 2000
_NUMBER = re.compile(rb"\d+")


@dataclass(frozen=True)
class Mention:
    """A delivery and the numbers in it that were asked for."""

    numbers: frozenset[int]
    verdict: Verdict
    received_at: datetime
    error: str | None


@dataclass(frozen=True)
class Mentions:
    """What was found, newest first. ``complete``: all that came was looked through; none had lost its body."""

    found: tuple[Mention, ...] = ()
    complete: bool = True


def of(
    tx: Connection,
    sealer: Sealer,
    shop_domain: str,
    families: Iterable[str],
    numbers: Collection[int],
    since: datetime,
) -> Mentions:
    """Deliveries of a shop since then, of topics of these ``families`` (``orders``, ``refunds`` …), that name one of these numbers.

    The store's numbers are its own over all kinds of things, so a number in a body is the thing itself.
    """
    rows = tx.execute(
        select(inbox.c.verdict, inbox.c.received_at, inbox.c.error, inbox.c.body_sealed)
        .where(
            inbox.c.shop_domain == shop_domain,
            or_(*(inbox.c.topic.startswith(f"{family}/", autoescape=True) for family in families)),
            inbox.c.received_at >= since,
        )
        .order_by(inbox.c.received_at.desc())
        .limit(LOOKED_THROUGH)
    ).all()
    wanted = {str(number).encode(): number for number in numbers}
    found, complete = [], len(rows) < LOOKED_THROUGH
    for row in rows:
        try:
            body = sealer.open(BODY_PURPOSE, row.body_sealed) if row.body_sealed is not None else None
        except CannotOpen:
            body = None
        if body is None:
            complete = False
            continue
        named = frozenset(wanted[digits] for digits in wanted.keys() & set(_NUMBER.findall(body)))
        if named:
            found.append(Mention(named, Verdict(row.verdict), row.received_at, row.error))
    return Mentions(tuple(found), complete)
