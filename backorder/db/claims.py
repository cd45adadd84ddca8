"""The book of claims: every open line of every item, with its place in the queue and its projected ship date."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    select,
    text,
)

from backorder.db.arrays import among, delete_rows, found_by, insert_rows, update_rows
from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.lots import allocations, lots
from backorder.db.orders import orders
from backorder.rules.claims import Claim

# Of a long queue a few: of whom something is under no hold, or in the works.
LOOSE = text("exposed > 0 OR in_works > 0")
DIVIDED = text("(CAST(later AS TEXT) <> '[]' OR drop_shipped)")
# Of all shops' claims a few: those that somebody else holds, and that have their turn still.
STOPPED = text("stopped_since IS NOT NULL AND NOT lost_turn")

claims = Table(
    "claims",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("units", Integer, nullable=False),
    Column("exposed", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("rank", Integer, nullable=False, default=0),
    Column("in_works", Integer, nullable=False, default=0),
    Column("routed", Boolean, nullable=False, default=True),
    # Units that an edit added, with the moment they joined, oldest first (domain §3, tranches).
    Column("later", JSON, nullable=False, default=list),
    # Since when somebody else holds all of it, and whether that has lasted too long: then it is not ready (rules.foreign_holds).
    Column("stopped_since", Instant),
    Column("lost_turn", Boolean, nullable=False, default=False, server_default=false()),
    # When it ships and whose lot decides that (rules.footing), as last worked out; no run: it was not, or the claim changed since.
    Column("projected_on", Date),
    Column("run", StoreId),
    # A supplier sends it to its buyer (db.drop_ships): it is in no queue.
    Column("drop_shipped", Boolean, nullable=False, default=False, server_default=false()),
    Column("projection", JSON),  # written no more; goes with the next release
    # Triggers keep the sums of each queue beside it (db.standings).
    CheckConstraint("units > 0", name="units_positive"),
    CheckConstraint("exposed >= 0 AND exposed <= units", name="exposed_within_units"),
    Index("ix_claims_queue", "shop_id", "item_id", "location_id", "ready", "rank", "since", "order_id", "line_id"),
    Index("ix_claims_shop_id_order_id", "shop_id", "order_id"),
    Index("ix_claims_stopped", "stopped_since", sqlite_where=STOPPED, postgresql_where=STOPPED),
    Index("ix_claims_loose", "shop_id", "item_id", sqlite_where=LOOSE, postgresql_where=LOOSE),
    Index("ix_claims_divided", "shop_id", "item_id", sqlite_where=DIVIDED, postgresql_where=DIVIDED),
)


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Claim, ...]:
    """All claims on these items, with what they were given, in the order of the queue."""
    return _load(tx, _of_items(), shop_id, item_ids)


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> tuple[Claim, ...]:
    """All claims of these orders, with what they were given."""
    return _load(tx, _of_orders(), shop_id, order_ids)


def packed(tx: Connection, shop_id: int) -> tuple[Claim, ...]:
    """Of which something is being packed or with a service, and something is kept."""
    return tuple(map(as_claim, tx.execute(_packed(), {"shop": shop_id}).all()))


def of_lines(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Claim, ...]:
    """The claims of these order lines, with what they were given."""
    return _load(tx, _of_lines(), shop_id, line_ids)


def replace(tx: Connection, shop_id: int, order_id: int, now: Iterable[Claim]) -> None:
    """Make these the order's claims. Allocations of claims that are gone or smaller are the caller's to take back.

    What was worked out for a claim stays with it unless its place or its size changed.
    """
    before = {
        (row.line_id, row.location_id): row for row in tx.execute(_places_of(), {"shop": shop_id, "of": order_id})
    }
    rows = {}
    for claim in now:
        spot, row = (claim.line_id, claim.location_id), _row(claim)
        was = before.get(spot)
        stays = was is not None and tuple(was[:-1]) == row[: len(was) - 1]
        rows[spot] = (*row, was.run if was is not None and stays else None)
    same = {"shop_id": shop_id}
    delete_rows(tx, claims, same, ("line_id", "location_id"), sorted(before.keys() - rows.keys()))
    same["order_id"] = order_id
    insert_rows(tx, claims, same, (*_NAMES, "run"), list(rows.values()), "replace")


@cache
def _places_of() -> Select[Any]:
    return select(*_OF_ITS_PLACE).where(claims.c.shop_id == SHOP, claims.c.order_id == bindparam("of"))


def project(tx: Connection, shop_id: int, projected: Sequence[tuple[int, int, date | None, int | None]]) -> None:
    """Keep the projected ship dates of claims (line, location), each with the run that it is in. Told to nobody."""
    update_rows(tx, claims, {"shop_id": shop_id}, ("line_id", "location_id"), ("projected_on", "run"), projected)


def move(tx: Connection, shop_id: int, line_id: int, rank: int) -> None:
    """Give the claims of a line another rank in their queue; what was worked out for them counts no more."""
    tx.execute(
        claims.update().where(claims.c.shop_id == shop_id, claims.c.line_id == line_id).values(rank=rank, run=None)
    )


def from_source(
    tx: Connection, shop_id: int, item_id: int, location_id: int, source: str, since: datetime
) -> tuple[Claim, ...]:
    """The claims at a place of orders that came from this source since a moment, in queue order."""
    asked = selected().join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
    here = (claims.c.shop_id == shop_id, claims.c.item_id == item_id, claims.c.location_id == location_id)
    asked = asked.where(*here, orders.c.source == source, orders.c.created_at >= since)
    return tuple(as_claim(row) for row in tx.execute(asked.order_by(*IN_QUEUE_ORDER)))


class Stopped(NamedTuple):
    """A claim that somebody else holds, and that has its turn still."""

    shop_id: int
    line_id: int
    item_id: int
    since: datetime


def stopped(tx: Connection, before: datetime) -> tuple[Stopped, ...]:
    """Claims of all shops that somebody else has held since before a moment, and that have their turn still."""
    asked = select(claims.c.shop_id, claims.c.line_id, claims.c.item_id, claims.c.stopped_since)
    rows = tx.execute(asked.where(STOPPED, claims.c.stopped_since <= before).order_by(claims.c.stopped_since))
    return tuple(Stopped(*row) for row in rows)


def lose_turn(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> None:
    """Let everybody who is ready go before the claims of these lines that somebody else holds; what was worked out for them counts no more."""
    asked = claims.update().where(claims.c.shop_id == shop_id, among(claims.c.line_id, line_ids))
    tx.execute(asked.where(claims.c.stopped_since.is_not(None)).values(lost_turn=True, ready=False, run=None))


def unclaimed(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Row[Any], ...]:
    """Allocations of shelves of these items whose claim is gone: the units are free again."""
    gone = tx.execute(_UNCLAIMED, {"shop": shop_id, "items": item_ids}).all()
    return tuple(sorted(gone, key=attrgetter("line_id", "location_id")))


# By the lots of these items, so that SQLite does not walk all allocations of the shop in the order of their key.
_UNCLAIMED = (
    select(allocations, lots.c.item_id)
    .join(lots, lots.c.id == allocations.c.lot_id)
    .where(
        allocations.c.shop_id == SHOP,
        found_by(allocations.c.lot_id, select(lots.c.id).where(lots.c.shop_id == SHOP, among(lots.c.item_id, "items"))),
        ~exists().where(
            claims.c.shop_id == allocations.c.shop_id,
            claims.c.line_id == allocations.c.line_id,
            claims.c.location_id == allocations.c.location_id,
            claims.c.item_id == lots.c.item_id,
        ),
    )
)


class Lacking(NamedTuple):
    """Open units of an order line over all locations: how many no stock covers, how many are held back by us, whether a supplier sends them."""

    missing: int = 0
    held: int = 0
    sent_directly: bool = False


def waits(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, Lacking]:
    """What waits of these orders, by line."""
    rows = tx.execute(_waits(), {"shop": shop_id, "orders": set(order_ids)})
    return {line_id: Lacking(int(missing), int(held), bool(sent)) for line_id, missing, held, sent in rows.all()}


@cache
def _waits() -> Select[Any]:
    return (
        select(
            claims.c.line_id,
            func.sum(claims.c.units - func.coalesce(allocations.c.units, 0)),
            func.sum(claims.c.units - claims.c.exposed),
            func.max(cast(claims.c.drop_shipped, Integer)),
        )
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .where(claims.c.shop_id == SHOP, among(claims.c.order_id, "orders"))
        .group_by(claims.c.line_id)
    )


def days_taken(tx: Connection, shop_id: int) -> dict[tuple[int, int], dict[date, int]]:
    """Units that wait and were last worked out to ship from here on a day, by (location, item) and day."""
    waiting = claims.c.units - func.coalesce(allocations.c.units, 0)
    rows = tx.execute(
        select(claims.c.location_id, claims.c.item_id, claims.c.projected_on, func.sum(waiting))
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .where(
            claims.c.shop_id == shop_id,
            claims.c.projected_on.is_not(None),
            claims.c.drop_shipped.is_(False),
            waiting > 0,
        )
        .group_by(claims.c.location_id, claims.c.item_id, claims.c.projected_on)
    )
    found: dict[tuple[int, int], dict[date, int]] = {}
    for location_id, item_id, day, units in rows.all():
        found.setdefault((location_id, item_id), {})[day] = int(units)
    return found


def count(tx: Connection, shop_id: int) -> int:
    """How many claims the shop has."""
    return tx.execute(select(func.count()).select_from(claims).where(claims.c.shop_id == shop_id)).scalar_one()


IN_QUEUE_ORDER = (
    claims.c.ready.desc(),
    claims.c.rank,
    claims.c.since,
    claims.c.order_id,
    claims.c.line_id,
    claims.c.location_id,
)

# Of one queue, and of those who are ready or those who are not.
BY_AGE = (claims.c.rank, claims.c.since, claims.c.order_id, claims.c.line_id)

# Hardly a claim has tranches, so they come as text.
OF_A_CLAIM = (
    claims.c.line_id,
    claims.c.order_id,
    claims.c.item_id,
    claims.c.location_id,
    claims.c.units,
    claims.c.since,
    claims.c.ready,
    claims.c.rank,
    claims.c.exposed,
    claims.c.in_works,
    claims.c.routed,
    cast(claims.c.later, Text).label("later"),
    claims.c.projected_on,
    claims.c.run,
    claims.c.drop_shipped,
    claims.c.stopped_since,
    claims.c.lost_turn,
)
GIVEN = (
    func.coalesce(allocations.c.units, 0).label("given"),
    func.coalesce(allocations.c.kept, 0).label("kept"),
)
OF_THE_CLAIM = and_(
    allocations.c.shop_id == claims.c.shop_id,
    allocations.c.line_id == claims.c.line_id,
    allocations.c.location_id == claims.c.location_id,
)


# What its place in the queue hangs on, in the order of ``_NAMES``, and what was worked out from it.
_OF_ITS_PLACE = (
    claims.c.line_id,
    claims.c.location_id,
    claims.c.item_id,
    claims.c.units,
    claims.c.since,
    claims.c.ready,
    claims.c.rank,
    claims.c.routed,
    claims.c.later,
    claims.c.drop_shipped,
    claims.c.lost_turn,
    claims.c.run,
)
_NAMES = (*(column.name for column in _OF_ITS_PLACE[:-1]), "exposed", "in_works", "stopped_since")


def _row(claim: Claim) -> tuple[Any, ...]:
    """A claim as it is written, in the order of ``_NAMES``."""
    return (
        claim.line_id,
        claim.location_id,
        claim.item_id,
        claim.units,
        claim.since,
        claim.ready,
        claim.rank,
        claim.routed,
        [[since.isoformat(), units] for since, units in claim.later],
        claim.drop_shipped,
        claim.lost_turn,
        claim.exposed,
        claim.in_works,
        claim.stopped_since,
    )


def selected(*more: ColumnElement[Any]) -> Select[Any]:
    """Claims with what they were given, and these columns; ``as_claim`` reads them."""
    return select(*OF_A_CLAIM, *GIVEN, *more).select_from(claims.outerjoin(allocations, OF_THE_CLAIM))


def _by(column: ColumnElement[int]) -> Select[Any]:
    return selected().where(claims.c.shop_id == SHOP, among(column, "wanted")).order_by(*IN_QUEUE_ORDER)


@cache
def _packed() -> Select[Any]:
    return (
        selected()
        .where(claims.c.shop_id == SHOP, claims.c.in_works > 0, allocations.c.kept > 0)
        .order_by(*IN_QUEUE_ORDER)
    )


@cache
def _of_items() -> Select[Any]:
    return _by(claims.c.item_id)


@cache
def _of_orders() -> Select[Any]:
    return _by(claims.c.order_id)


@cache
def _of_lines() -> Select[Any]:
    return _by(claims.c.line_id)


def _load(tx: Connection, asked: Select[Any], shop_id: int, wanted: Iterable[int]) -> tuple[Claim, ...]:
    found = set(wanted)
    if not found:
        return ()
    return tuple([as_claim(row) for row in tx.execute(asked, {"shop": shop_id, "wanted": found}).all()])


def as_claim(row: Row[Any]) -> Claim:
    """A row of ``OF_A_CLAIM`` with what it was given, as the rules know it."""
    # As the constructor would, but ten times as fast: there may be ten thousand.
    claim = object.__new__(Claim)
    of = claim.__dict__
    (of["line_id"], of["order_id"], of["item_id"], of["location_id"], of["units"], of["since"], of["ready"], of["rank"],
     of["exposed"], of["in_works"], of["routed"], later, of["projected_on"], of["run"], of["drop_shipped"],
     of["stopped_since"], of["lost_turn"], of["given"], of["kept"]) = tuple(row)[:19]  # fmt: skip
    of["later"] = _later(later)
    return claim


def _later(stored: str) -> tuple[tuple[datetime, int], ...]:
    if stored == "[]":
        return ()
    return tuple((datetime.fromisoformat(since), units) for since, units in json.loads(stored))
