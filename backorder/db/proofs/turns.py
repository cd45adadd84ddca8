"""Proofs about the queue: nothing is open to the warehouse that was not given, and nobody is overtaken."""

from collections import defaultdict
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, select

from backorder.db import let_go
from backorder.db.catalogue import items, variants
from backorder.db.claims import claims
from backorder.db.drop_ships import drop_ships
from backorder.db.levels import levels
from backorder.db.lots import allocations, lots
from backorder.db.outbox import OPEN_STATES, Effect, outbox
from backorder.db.promises import promises
from backorder.db.proofs.check import Check, judged, of_shop, settled
from backorder.db.shops import shops
from backorder.rules.claims import Claim
from backorder.rules.lots import LotKind
from backorder.rules.repromise import PROMISE_FIRST
from backorder.rules.terms import Terms
from backorder.rules.tranches import pieces
from backorder.rules.working_calendar import WorkingCalendar

_GIVEN = and_(
    allocations.c.shop_id == claims.c.shop_id,
    allocations.c.line_id == claims.c.line_id,
    allocations.c.location_id == claims.c.location_id,
)
_AT = and_(
    levels.c.shop_id == claims.c.shop_id,
    levels.c.item_id == claims.c.item_id,
    levels.c.location_id == claims.c.location_id,
)
# Goods whose shortage we handle, decided about since anything was seen of them.
_OURS = and_(
    exists().where(
        variants.c.shop_id == claims.c.shop_id,
        variants.c.item_id == claims.c.item_id,
        variants.c.managed.is_(True),
        variants.c.gone_at.is_(None),
    ),
    ~exists().where(
        items.c.shop_id == claims.c.shop_id, items.c.item_id == claims.c.item_id, items.c.tracked.is_(False)
    ),
    settled(claims),
)

_LEFT = exists().where(shops.c.id == claims.c.shop_id, shops.c.left_at.is_not(None))


_LET_GO = exists().where(
    drop_ships.c.shop_id == claims.c.shop_id,
    drop_ships.c.line_id == claims.c.line_id,
    drop_ships.c.let_go_at.is_not(None),
    claims.c.drop_shipped.is_(True),
)


def nothing_is_open_that_was_not_given(tx: Connection, shop_id: int | None) -> Check:
    """I1: at settled goods the warehouse may ship no more of a claim than it was given; else a hold is on its way.

    Units in the works are beyond recall, and a hold that cannot be placed is an open row that people are shown. What a supplier sends is
    open once our hold was let go, by staff or because it was shipped. A shop that the app has left is held nothing for.
    """
    on_its_way = exists().where(
        outbox.c.shop_id == claims.c.shop_id,
        outbox.c.subject == claims.c.order_id,
        outbox.c.effect == Effect.HOLD.value,
        outbox.c.state.in_([state.value for state in OPEN_STATES]),
    )
    given = func.coalesce(allocations.c.units, 0)
    asked = (
        select(
            claims.c.line_id, claims.c.exposed, claims.c.in_works, given.label("given"), on_its_way.label("held_soon")
        )
        .select_from(claims.outerjoin(allocations, _GIVEN))
        .where(_OURS, claims.c.routed.is_(True), ~_LET_GO, ~_LEFT)
    )
    rows = tx.execute(of_shop(shop_id, claims, asked)).all()
    wrong = [
        f"line {r.line_id}: {r.exposed} may be shipped, {r.given} were given"
        for r in rows
        if r.exposed > max(r.given, r.in_works) and not r.held_soon
    ]
    return judged("nothing may be shipped that was not given, or a hold is on its way", rows, wrong)


def nobody_is_overtaken(tx: Connection, shop_id: int | None) -> Check:
    """I2: at settled goods no unit that could still be taken back is given past an older eligible one that is short.

    While committed units are of orders that nobody has seen yet, nothing is taken from anybody, so there is nothing to judge.
    Where promises go before age by the merchant's choice, who was told a day may be given units past somebody older. Where another
    policy rules, it is judged by deciding again (``verify.given_by_policy``).
    """
    was_told = exists().where(
        promises.c.shop_id == claims.c.shop_id,
        promises.c.line_id == claims.c.line_id,
        promises.c.told_at.is_not(None),
    )
    policies = {
        row.id: Terms.from_json(row.terms).queue_policy for row in tx.execute(select(shops.c.id, shops.c.terms))
    }
    by_promise = {number for number, policy in policies.items() if policy.goes_first == PROMISE_FIRST}
    otherwise = {number for number, policy in policies.items() if not policy.by_age} - by_promise
    asked = (
        select(
            claims,
            func.coalesce(allocations.c.units, 0).label("given"),
            func.coalesce(allocations.c.kept, 0).label("kept"),
            (levels.c.committed - levels.c.shipped_since).label("committed"),
            was_told.label("promised"),
        )
        .select_from(claims.outerjoin(allocations, _GIVEN).outerjoin(levels, _AT))
        .where(_OURS)
    )
    rows = tx.execute(of_shop(shop_id, claims, asked)).all()
    queues: dict[tuple[int, int, int], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.shop_id in otherwise:
            continue
        queues[row.shop_id, row.item_id, row.location_id].append(row)
    wrong = []
    for queue in queues.values():
        seen = sum(row.units for row in queue)
        if all(row.committed in {None, seen} for row in queue):
            # What suppliers send is committed like everything else, and stands in no queue.
            waiting = [row for row in queue if not row.drop_shipped]
            promised = {row.line_id for row in waiting if row.promised and row.shop_id in by_promise}
            wrong += _overtaken([_claim(row) for row in waiting], promised)
    return judged("nobody is given a unit past somebody older who is short", rows, wrong)


def nobody_is_passed_over_for_ever(tx: Connection, shop_id: int | None) -> Check:
    """Whatever the policy: past somebody who has waited its longest, nobody younger is given a unit that could be taken back.

    Judged as of the day on which the shelf last changed. Units that lie there for somebody who takes all or nothing are theirs.
    """
    bound = {
        row.id: (policy.passed_over_days, WorkingCalendar(timezone=row.timezone))
        for row in tx.execute(select(shops.c.id, shops.c.terms, shops.c.timezone))
        if not (policy := Terms.from_json(row.terms).queue_policy).by_age and policy.goes_first != PROMISE_FIRST
    }
    asked = (
        select(
            claims,
            func.coalesce(allocations.c.units, 0).label("given"),
            func.coalesce(allocations.c.kept, 0).label("kept"),
            (levels.c.committed - levels.c.shipped_since).label("committed"),
        )
        .select_from(claims.outerjoin(allocations, _GIVEN).outerjoin(levels, _AT))
        .where(_OURS, claims.c.shop_id.in_(bound))
    )
    queues: dict[tuple[int, int, int], list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(of_shop(shop_id, claims, asked)).all():
        queues[row.shop_id, row.item_id, row.location_id].append(row)
    wrong = []
    for (shop, item_id, location_id), queue in queues.items():
        days, calendar = bound[shop]
        changed = let_go.last_changed(tx, shop, item_id, location_id)
        seen = sum(row.units for row in queue)
        if days is None or changed is None or any(row.committed not in {None, seen} for row in queue):
            continue
        long_ago = calendar.day(changed) - timedelta(days=days)
        waited = {row.line_id for row in queue if calendar.day(row.since) <= long_ago}
        wrong += _passed_over([_claim(row) for row in queue], _free(tx, shop, item_id, location_id), waited)
    return judged(
        "nobody is passed over for longer than the policy says", [r for q in queues.values() for r in q], wrong
    )


def _free(tx: Connection, shop_id: int, item_id: int, location_id: int) -> int:
    """Units of a shelf that nobody holds."""
    here = (lots.c.shop_id == shop_id, lots.c.item_id == item_id, lots.c.location_id == location_id)
    asked = select(func.coalesce(func.sum(lots.c.units - lots.c.allocated), 0))
    return int(tx.execute(asked.where(*here, lots.c.kind == LotKind.ON_HAND.value)).scalar_one())


def _passed_over(queue: list[Claim], free: int, waited: Container[int]) -> list[str]:
    first: Claim | None = None
    missing, wrong = 0, []
    for claim in sorted(queue, key=lambda claim: claim.age):
        fluid = claim.given - max(claim.kept, claim.in_works)
        if first is not None and fluid > 0 and missing > free:
            wrong.append(f"line {claim.line_id}: given {fluid} while line {first.line_id} has waited its longest")
        if claim.ready and claim.backordered > 0 and claim.line_id in waited:
            first = first or claim
            missing += claim.backordered
    return wrong


def _overtaken(queue: list[Claim], promised: Container[int]) -> list[str]:
    first: Claim | None = None
    wrong = []
    for piece in sorted((piece for claim in queue for piece in pieces(claim)), key=lambda piece: piece.age):
        fluid = piece.given - piece.stuck
        if first is not None and fluid > 0 and piece.line_id not in promised:
            wrong.append(f"line {piece.line_id}: given {fluid} while line {first.line_id}, older, is short")
        if first is None and piece.given < piece.units:
            first = piece
    return wrong


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        line_id=row.line_id,
        order_id=row.order_id,
        item_id=row.item_id,
        location_id=row.location_id,
        units=row.units,
        since=row.since,
        ready=row.ready,
        rank=row.rank,
        given=row.given,
        kept=row.kept,
        exposed=row.exposed,
        in_works=row.in_works,
        later=tuple((datetime.fromisoformat(since), units) for since, units in row.later),
    )
