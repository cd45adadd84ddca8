"""Queues, asked without reading everybody in them: how they stand as a whole, and who is at the front."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from backorder.db.arrays import Many, among
from backorder.db.claims import GIVEN, OF_A_CLAIM, OF_THE_CLAIM, as_claim, claims
from backorder.db.columns import SHOP
from backorder.db.lots import Place, allocations, lots
from backorder.rules.claims import Claim
from backorder.rules.footing import Run, Standing
from backorder.rules.lots import LotKind

_BY_AGE = (claims.c.rank, claims.c.since, claims.c.order_id, claims.c.line_id)

_STANDING = (
    select(
        claims.c.item_id,
        claims.c.location_id,
        claims.c.run,
        func.count(),
        func.sum(claims.c.units),
        func.max(case((cast(claims.c.later, Text) != "[]", 1), else_=0)),
    )
    .where(claims.c.shop_id == SHOP, among(claims.c.item_id, "items"))
    .group_by(claims.c.item_id, claims.c.location_id, claims.c.run)
)


def standing(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[Place, Standing]:
    """How the queues of these items stand, by (item, location)."""
    by_run: dict[Place, dict[Run, int]] = defaultdict(dict)
    counted: dict[Place, int] = defaultdict(int)
    divided: set[Place] = set()
    for item_id, at, run, count, units, in_tranches in tx.execute(_STANDING, {"shop": shop_id, "items": item_ids}):
        place = (item_id, at)
        by_run[place][run] = int(units)
        counted[place] += count
        if in_tranches:
            divided.add(place)
    return {place: Standing(counted[place], runs, place in divided) for place, runs in by_run.items()}


def front(tx: Connection, shop_id: int, to_give: Mapping[Place, int]) -> tuple[Claim, ...]:
    """Everybody about whom a decision can say something new when so many units are to be given at these places.

    Those at the head of the queue, as far as the units go; those who were given something; and those of whom something is under
    no hold or in the works. Nobody else has anything or can get anything, and nothing of theirs is to be held or released.
    """
    if not to_give:
        return ()
    heads = _heads_on_sqlite if tx.dialect.name == "sqlite" else _heads_on_postgresql
    found: dict[tuple[int, int], Claim] = {}
    left = {place: units for place, units in to_give.items() if units > 0}
    for ready in (True, False):  # those who are not stand behind all who are
        for claim in heads(tx, shop_id, left, ready=ready) if left else ():
            found[claim.line_id, claim.location_id] = claim
            left[claim.item_id, claim.location_id] -= claim.units
        left = {place: units for place, units in left.items() if units > 0}
    found |= {(claim.line_id, claim.location_id): claim for claim in _loose(tx, shop_id, to_give)}
    return tuple(found.values())


@cache
def _spots_of_the_loose() -> Select[Any]:
    shelves = (lots.c.shop_id == SHOP, lots.c.kind == LotKind.ON_HAND.value, among(lots.c.item_id, "items"))
    served = (
        select(allocations.c.line_id, allocations.c.location_id)
        .join(lots, lots.c.id == allocations.c.lot_id)
        .where(allocations.c.shop_id == SHOP, *shelves)
    )
    unheld = select(claims.c.line_id, claims.c.location_id).where(
        claims.c.shop_id == SHOP,
        among(claims.c.item_id, "items"),
        or_(claims.c.exposed > 0, claims.c.in_works > 0),
    )
    spots = union(served, unheld).subquery("spots")
    return (
        select(*OF_A_CLAIM, *GIVEN)
        .select_from(
            spots.join(
                claims,
                (claims.c.shop_id == SHOP)
                & (claims.c.line_id == spots.c.line_id)
                & (claims.c.location_id == spots.c.location_id),
            ).outerjoin(allocations, OF_THE_CLAIM)
        )
        .where(among(claims.c.item_id, "items"))
    )


def _loose(tx: Connection, shop_id: int, places: Iterable[Place]) -> list[Claim]:
    items = sorted({item_id for item_id, _ in places})
    return [as_claim(row) for row in tx.execute(_spots_of_the_loose(), {"shop": shop_id, "items": items}).all()]


# Nobody at the head needs be asked what they were given: who was given something is loose.
_NOTHING: tuple[ColumnElement[int], ...] = (literal_column("0").label("given"), literal_column("0").label("kept"))


def _first(queue: Select[Any], most: ColumnElement[int]) -> Subquery:
    """The oldest of a queue whose units begin within ``most``."""
    oldest = queue.order_by(*_BY_AGE).limit(most).subquery("oldest")
    before = func.sum(oldest.c.units).over(order_by=[oldest.c[column.name] for column in _BY_AGE]) - oldest.c.units
    return select(oldest, before.label("before")).subquery("counted")


@cache
def _head() -> Select[Any]:
    """The head of one queue."""
    most = bindparam("most", type_=Integer())
    queue = select(*OF_A_CLAIM).where(
        claims.c.shop_id == SHOP,
        claims.c.item_id == bindparam("item", type_=BigInteger()),
        claims.c.location_id == bindparam("location", type_=BigInteger()),
        claims.c.ready == bindparam("ready", type_=Boolean()),
    )
    counted = _first(queue, most)
    return select(*(counted.c[column.name] for column in OF_A_CLAIM), *_NOTHING).where(counted.c.before < most)


def _heads_on_sqlite(tx: Connection, shop_id: int, to_give: Mapping[Place, int], *, ready: bool) -> list[Claim]:
    """One queue after the other: within one process a question costs next to nothing."""
    asked = {"shop": shop_id, "ready": ready}
    return [
        as_claim(row)
        for (item_id, location_id), units in sorted(to_give.items())
        for row in tx.execute(_head(), {**asked, "item": item_id, "location": location_id, "most": units}).all()
    ]


@cache
def _heads() -> Select[Any]:
    """The heads of many queues."""
    given = [
        cast(bindparam(name, type_=Many(BigInteger())), ARRAY(BigInteger)) for name in ("items", "locations", "most")
    ]
    asked = func.unnest(*given).table_valued("item_id", "location_id", "most").render_derived("asked")
    queue = (
        select(*OF_A_CLAIM)
        .where(
            claims.c.shop_id == SHOP,
            claims.c.item_id == asked.c.item_id,
            claims.c.location_id == asked.c.location_id,
            claims.c.ready == bindparam("ready", type_=Boolean()),
        )
        .correlate(asked)
    )
    counted = _first(queue, asked.c.most)
    head = select(counted).where(counted.c.before < asked.c.most).correlate(asked).lateral("head")
    return select(*(head.c[column.name] for column in OF_A_CLAIM), *_NOTHING).select_from(asked.join(head, true()))


def _heads_on_postgresql(tx: Connection, shop_id: int, to_give: Mapping[Place, int], *, ready: bool) -> list[Claim]:
    """All queues in one question."""
    places = sorted((*place, units) for place, units in to_give.items())
    items, locations, most = zip(*places, strict=True)
    asked = {"shop": shop_id, "ready": ready, "items": items, "locations": locations, "most": most}
    return [as_claim(row) for row in tx.execute(_heads(), asked).all()]
