"""Queues, asked without reading everybody in them: how they stand as a whole, and who is at the front."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    CompoundSelect,
    Connection,
    DateTime,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from backorder.db import ahead, standings
from backorder.db.ahead import BINARY
from backorder.db.arrays import Many, among, found_by
from backorder.db.claims import BY_AGE, DIVIDED, GIVEN, OF_A_CLAIM, OF_THE_CLAIM, as_claim, claims
from backorder.db.columns import SHOP, Instant
from backorder.db.lots import Place, allocations, lots
from backorder.db.proofs.check import settled
from backorder.rules.claims import Claim
from backorder.rules.footing import Standing
from backorder.rules.head import Head
from backorder.rules.lots import LotKind

# Written out, as the index of these few says it (``ix_claims_loose``).
LOOSE = or_(claims.c.exposed > literal_column("0"), claims.c.in_works > literal_column("0"))

_DIVIDED = (
    select(claims.c.item_id, claims.c.location_id)
    # Nor is a queue read by its front in which not everybody waits for the shelf.
    .where(claims.c.shop_id == SHOP, among(claims.c.item_id, "items"), DIVIDED)
    .with_hint(claims, "INDEXED BY ix_claims_divided", "sqlite")
    .distinct()
)


def standing(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[Place, Standing]:
    """How the queues of these items stand, by (item, location)."""
    items = list(item_ids)
    divided = {(item_id, at) for item_id, at in tx.execute(_DIVIDED, {"shop": shop_id, "items": items})}
    return {
        place: Standing(
            claims=sum([sums.claims for sums in by_run.values()]),
            by_run={run: sums.units for run, sums in by_run.items()},
            divided=place in divided,
        )
        for place, by_run in standings.of_items(tx, shop_id, items).items()
    }


def settled_items(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Items that somebody has open units of and that nothing is to be looked at of."""
    rows = tx.execute(
        select(claims.c.item_id)
        .where(claims.c.shop_id == shop_id, settled(claims))
        .distinct()
        .order_by(claims.c.item_id)
    )
    return tuple(row.item_id for row in rows)


class Front(NamedTuple):
    """Everybody of a queue about whom a decision can say something new.

    ``claims``: of whom much is to be known; ``head``: the others, all of whom are younger than those.
    """

    claims: tuple[Claim, ...]
    head: Head


def ask_front(tx: Connection, shop_id: int, to_give: Mapping[Place, int], standing: Mapping[Place, Standing]) -> None:
    """Let a server read ahead most of what ``front`` is going to ask."""
    if not to_give:
        return
    units, most = _likely(to_give, standing)
    if units:
        ahead.ask(tx, _heads(), _of_heads(shop_id, most, ready=True))
    ahead.ask(tx, _of_the_loose(), _of_loose(shop_id, to_give))


def front(
    tx: Connection, shop_id: int, to_give: Mapping[Place, int], standing: Mapping[Place, Standing]
) -> dict[Place, Front]:
    """Everybody about whom a decision can say something new when so many units are to be given at these places.

    Those at the head of the queue, as far as the units go; those who were given something; and those of whom something is under
    no hold or in the works. Nobody else has anything or can get anything, and nothing of theirs is to be held or released.
    """
    if not to_give:
        return {}
    ready = _reached(tx, shop_id, to_give, standing, ready=True)
    # Those who are not stand behind all who are.
    left = {place: units - sum(map(_UNITS, ready.get(place, ()))) for place, units in to_give.items()}
    unready = _reached(tx, shop_id, left, standing, ready=False)
    loose = _loose(tx, shop_id, to_give)
    return {
        place: _front(place, ready.get(place, []), unready.get(place, []), loose.get(place, [])) for place in to_give
    }


def _reached(
    tx: Connection, shop_id: int, to_give: Mapping[Place, int], standing: Mapping[Place, Standing], *, ready: bool
) -> dict[Place, list[Row[Any]]]:
    """Rows of ``_OF_A_HEAD``, oldest first: those whom so many units can reach of those who are ``ready``, or of those who are not."""
    heads = _heads_on_sqlite if tx.dialect.name == "sqlite" else _heads_on_postgresql
    found: dict[Place, list[Row[Any]]] = {}
    units, asked = _likely(to_give, standing)
    while asked:
        for place in asked:
            found[place] = []
        for place, rows in groupby(heads(tx, shop_id, asked, ready=ready), _WHERE):
            found[place] += rows
        short = {}
        for place, most in asked.items():
            upto = [*accumulate(map(_UNITS, found[place]))]
            if len(upto) == most and upto[-1] < units[place]:
                short[place] = units[place]  # where their lines are small, everybody waits for one unit at least
            del found[place][bisect_left(upto, units[place]) + 1 :]
        asked = short
    return found


def _front(place: Place, ready: Sequence[Row[Any]], unready: Sequence[Row[Any]], loose: Sequence[Claim]) -> Front:
    """The head of a queue behind the youngest of those of whom more is to be known."""
    known = {claim.line_id for claim in loose}
    if unready or not all(claim.ready for claim in loose):
        older = len(ready)
    else:
        ages = [(claim.rank, claim.since, claim.order_id, claim.line_id) for claim in loose]
        older = bisect_right(ready, max(ages), key=_age) if ages else 0
    besides = (*_as_head(place, ready[:older]).claims(), *_as_head(place, unready).claims(ready=False))
    claims = (*loose, *(claim for claim in besides if claim.line_id not in known))
    return Front(claims, _as_head(place, ready[older:]))


def units_before(tx: Connection, shop_id: int, claim: Claim) -> int:
    """Units that wait before a claim in its queue, as the books have it now."""
    older = or_(
        claims.c.rank < claim.rank,
        and_(claims.c.rank == claim.rank, claims.c.since < claim.since),
        and_(claims.c.rank == claim.rank, claims.c.since == claim.since, claims.c.order_id < claim.order_id),
        and_(
            claims.c.rank == claim.rank,
            claims.c.since == claim.since,
            claims.c.order_id == claim.order_id,
            claims.c.line_id < claim.line_id,
        ),
    )
    before = and_(claims.c.ready.is_(True), older) if claim.ready else or_(claims.c.ready.is_(True), older)
    waiting = func.sum(claims.c.units - func.coalesce(allocations.c.units, 0))
    asked = (
        select(func.coalesce(waiting, 0))
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .where(
            claims.c.shop_id == shop_id,
            claims.c.item_id == claim.item_id,
            claims.c.location_id == claim.location_id,
            claims.c.drop_shipped.is_(False),
            before,
        )
    )
    return int(tx.execute(asked).scalar_one())


def _likely(
    to_give: Mapping[Place, int], standing: Mapping[Place, Standing]
) -> tuple[dict[Place, int], dict[Place, int]]:
    """Of the places that have any the units to give, and how many claims these serve, rather more than less."""
    units = {place: units for place, units in to_give.items() if units > 0}
    served = {}
    for place, given in units.items():
        one = standing[place]
        served[place] = min(given, 4 + given * one.claims * 9 // (8 * max(1, one.units)))
    return units, served


@cache
def _of_the_loose() -> CompoundSelect[Any]:
    """Who was given something, and of whom something is under no hold or in the works; some are both.

    Each is reached by numbers: joined to a list of them, a planner that has not heard how long it is goes through it for everybody.
    """
    shelves = select(lots.c.id).where(
        lots.c.shop_id == SHOP, lots.c.kind == LotKind.ON_HAND.value, among(lots.c.item_id, "items")
    )
    served = (
        select(*OF_A_CLAIM, *GIVEN)
        .select_from(allocations.join(claims, OF_THE_CLAIM))
        .where(allocations.c.shop_id == SHOP, found_by(allocations.c.lot_id, shelves), among(claims.c.item_id, "items"))
    )
    unheld = (
        select(*OF_A_CLAIM, *GIVEN)
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .where(claims.c.shop_id == SHOP, among(claims.c.item_id, "items"), LOOSE)
        .with_hint(claims, "INDEXED BY ix_claims_loose", "sqlite")
    )
    return union_all(served, unheld)


def _of_loose(shop_id: int, places: Iterable[Place]) -> dict[str, Any]:
    """The values of ``_of_the_loose``."""
    return {"shop": shop_id, "items": sorted({item_id for item_id, _ in places})}


def _loose(tx: Connection, shop_id: int, places: Iterable[Place]) -> dict[Place, list[Claim]]:
    found: dict[Place, dict[int, Claim]] = defaultdict(dict)
    for row in tx.execute(_of_the_loose(), _of_loose(shop_id, places)).all():
        found[row.item_id, row.location_id][row.line_id] = as_claim(row)
    return {place: list(of_lines.values()) for place, of_lines in found.items()}


# At the head of a queue that is not divided nobody has tranches or is sent by a supplier; and of whom something was given, is under no
# hold or in the works is loose.
_NOT_OF_A_HEAD = {"later", "ready", "drop_shipped", "exposed", "in_works"}
_OF_A_HEAD = tuple(column for column in OF_A_CLAIM if column.name not in _NOT_OF_A_HEAD)
# An instant of PostgreSQL is aware as it comes.
_OF_A_HEAD_ON_POSTGRESQL = tuple(
    type_coerce(column, DateTime(timezone=True)).label(column.name) if isinstance(column.type, Instant) else column
    for column in _OF_A_HEAD
)


# Of a row of _OF_A_HEAD, by place: by name takes thrice as long, and there are thousands.
_PLACE_OF = {column.name: place for place, column in enumerate(_OF_A_HEAD)}
_WHERE = itemgetter(_PLACE_OF["item_id"], _PLACE_OF["location_id"])
_UNITS = itemgetter(_PLACE_OF["units"])


def _age(row: Row[Any]) -> tuple[Any, ...]:
    """The age of a row of ``_OF_A_HEAD`` among those who are ready, or among those who are not."""
    return row.rank, row.since, row.order_id, row.line_id


def _as_head(place: Place, rows: Sequence[Row[Any]]) -> Head:
    """Rows of ``_OF_A_HEAD`` of one queue as the rules know them."""
    if not rows:
        return Head(*place)
    line_ids, order_ids, _, _, *columns = zip(*rows, strict=True)
    return Head(*place, line_ids, order_ids, *columns)


@cache
def _head() -> Select[Any]:
    """The head of one queue."""
    queue = select(*_OF_A_HEAD).where(
        claims.c.shop_id == SHOP,
        claims.c.item_id == bindparam("item", type_=BigInteger()),
        claims.c.location_id == bindparam("location", type_=BigInteger()),
        claims.c.ready == bindparam("ready", type_=Boolean()),
    )
    return queue.order_by(*BY_AGE).limit(bindparam("most", type_=Integer()))


def _heads_on_sqlite(tx: Connection, shop_id: int, most: Mapping[Place, int], *, ready: bool) -> list[Row[Any]]:
    """One queue after the other: within one process a question costs next to nothing."""
    asked = {"shop": shop_id, "ready": ready}
    return [
        row
        for place, claims_at_most in sorted(most.items())
        for row in tx.execute(_head(), {**asked, "item": place[0], "location": place[1], "most": claims_at_most}).all()
    ]


@cache
def _heads() -> Select[Any]:
    """The heads of many queues."""
    given = [
        cast(bindparam(name, type_=Many(BigInteger())), ARRAY(BigInteger)) for name in ("items", "locations", "most")
    ]
    asked = func.unnest(*given).table_valued("item_id", "location_id", "most").render_derived("asked")
    queue = (
        select(*_OF_A_HEAD_ON_POSTGRESQL)
        .where(
            claims.c.shop_id == SHOP,
            claims.c.item_id == asked.c.item_id,
            claims.c.location_id == asked.c.location_id,
            claims.c.ready == bindparam("ready", type_=Boolean()),
        )
        .order_by(*BY_AGE)
        .limit(asked.c.most)
        .correlate(asked)
    )
    head = queue.lateral("head")
    found = select(*(head.c[column.name] for column in _OF_A_HEAD)).select_from(asked.join(head, true()))
    return found.execution_options(**{BINARY: True})


def _of_heads(shop_id: int, most: Mapping[Place, int], *, ready: bool) -> dict[str, Any]:
    """The values of ``_heads``."""
    items, locations, mosts = zip(*((*place, at_most) for place, at_most in sorted(most.items())), strict=True)
    return {"shop": shop_id, "ready": ready, "items": items, "locations": locations, "most": mosts}


def _heads_on_postgresql(tx: Connection, shop_id: int, most: Mapping[Place, int], *, ready: bool) -> Sequence[Row[Any]]:
    """All queues in one question."""
    return tx.execute(_heads(), _of_heads(shop_id, most, ready=ready)).all()
