"""Movement: who would get an earlier or later day. The work is done, what it did is read from the books, and it may be taken back.

A preview is the real run in a transaction that is rolled back, so that the two cannot differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backorder.db import claims, managing, order_lines, orders, promises, shops
from backorder.db.engine import Connection
from backorder.errors import Refused
from backorder.rules.claims import Claim
from backorder.rules.promises import Promise
from backorder.rules.terms import Terms

MOST_NAMED = 200
DAYS_WOULD_MOVE = "Somebody waits whose day this would move, or who would be let go. Look at the preview first."


@dataclass(frozen=True)
class Moved:
    """An order line whose expected day moved (None: no day can be named). ``hears``: the customer is written to about it.

    ``waited`` and ``waits``: not all of it was covered by stock, or is now; what is covered has no day, it can ship.
    """

    order_id: int
    order: str
    title: str
    units: int
    before: date | None
    after: date | None
    later: bool
    hears: bool
    waited: bool = True
    waits: bool = True


@dataclass(frozen=True)
class Movement:
    """How many lines get an earlier or later day, how many customers are written to, and the first of them, the later ones first.

    ``let_go``: orders that wait for goods whose shortage the app would handle no more. Their holds end, and nobody keeps their day.
    """

    earlier: int = 0
    later: int = 0
    hear: int = 0
    named: tuple[Moved, ...] = ()
    let_go: int = 0

    @property
    def touches_anybody(self) -> bool:
        """Whether a buyer's day moves, is made known, or is no longer kept."""
        return bool(self.earlier or self.later or self.hear or self.let_go)


def moving(tx: Connection, shop_id: int, item_ids: Iterable[int], work: Callable[[], None]) -> Movement:
    """Do ``work``, which decides about these items anew, and tell whose day it moved. The caller holds their lock.

    Of goods whose shortage the app does not handle nobody knows who waits: where that begins or ends, no day moves. Where it
    ends, who waited is let go.
    """
    items = sorted(set(item_ids))
    handled_before = managing.managed_of(tx, shop_id, items)
    before = claims.of_items(tx, shop_id, items)
    told_before = promises.latest(tx, shop_id, {claim.line_id for claim in before})
    stood = {(claim.line_id, claim.location_id): claim for claim in before}
    work()
    handled = handled_before & managing.managed_of(tx, shop_id, items)
    after = claims.of_items(tx, shop_id, items)
    told = promises.latest(tx, shop_id, {claim.line_id for claim in after if claim.backordered})
    writes = Terms.from_json(shops.one(tx, shop_id).terms).notify_customers
    hearing = {line_id for line_id, promise in told.items() if writes and _is_news(promise, told_before.get(line_id))}
    paired = [
        _Moving(claim, was, claim.line_id in hearing, claim.item_id in handled)
        for claim in after
        if (was := stood.get((claim.line_id, claim.location_id))) is not None
    ]
    moved = [one for one in paired if one.moves or one.hears]
    moved.sort(key=lambda one: (not one.later, not one.hears))
    return Movement(
        earlier=sum(one.moves and not one.later for one in moved),
        later=sum(one.later for one in moved),
        hear=len({one.claim.order_id for one in moved if one.hears}),
        named=_named(tx, shop_id, moved[:MOST_NAMED]),
        let_go=len(
            {claim.order_id for claim in before if claim.backordered and claim.item_id in handled_before - handled}
        ),
    )


def carefully(
    tx: Connection, shop_id: int, item_ids: Iterable[int], work: Callable[[], None], *, moving_nobody: bool
) -> None:
    """Do ``work``; with ``moving_nobody`` only where it touches nobody: Refused otherwise, naming that. The caller holds the lock."""
    if not moving_nobody:
        work()
    elif moving(tx, shop_id, item_ids, work).touches_anybody:
        raise Refused("moving_nobody", DAYS_WOULD_MOVE)


@dataclass(frozen=True)
class _Moving:
    """A claim, and as it ``was``; ``handled``: how it stands was decided both times."""

    claim: Claim
    was: Claim
    hears: bool
    handled: bool

    @property
    def moves(self) -> bool:
        """Whether it ships on another day, or begins or ceases to wait."""
        return self.handled and _stands(self.was) != _stands(self.claim)

    @property
    def later(self) -> bool:
        """Whether it is worse than it was: what can ship is soonest, no day at all is the latest."""
        return self.handled and _stands(self.claim) > _stands(self.was)


def _stands(claim: Claim) -> tuple[bool, date]:
    """How late a claim ships."""
    waits = claim.backordered > 0
    return waits, (claim.projected_on or date.max) if waits else date.min


def _day(claim: Claim) -> date | None:
    return claim.projected_on if claim.backordered else None


def _named(tx: Connection, shop_id: int, moved: Sequence[_Moving]) -> tuple[Moved, ...]:
    known = orders.many(tx, shop_id, {one.claim.order_id for one in moved})
    lines = order_lines.of_orders(tx, shop_id, known)
    titles = {line.line_id: line.title for of_order in lines.values() for line in of_order}
    return tuple(
        Moved(
            order_id=one.claim.order_id,
            order=known[one.claim.order_id].name if one.claim.order_id in known else "",
            title=titles.get(one.claim.line_id, ""),
            units=max(one.claim.backordered, one.was.backordered),
            before=_day(one.was),
            after=_day(one.claim),
            waited=one.was.backordered > 0,
            waits=one.claim.backordered > 0,
            later=one.later,
            hears=one.hears,
        )
        for one in moved
    )


def _is_news(promise: Promise, before: Promise | None) -> bool:
    return promise.told_at is None and (before is None or promise.version > before.version)
