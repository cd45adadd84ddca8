"""The book of claims: every open line of every item, with its place in the queue and its projected ship date."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
    cast,
    delete,
    exists,
    func,
    select,
)

from backorder.db.arrays import JsonText, among, update_rows
from backorder.db.columns import Instant, OwnId, StoreId, metadata
from backorder.db.lots import allocations, lots
from backorder.db.orders import order_lines, orders
from backorder.db.upsert import upsert
from backorder.rules.claims import Claim

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
    Column("projected_on", Date),
    Column("projection", JSON),
    CheckConstraint("units > 0", name="units_positive"),
    CheckConstraint("exposed >= 0 AND exposed <= units", name="exposed_within_units"),
    Index("ix_claims_shop_id_item_id", "shop_id", "item_id", "location_id"),
    Index("ix_claims_shop_id_order_id", "shop_id", "order_id"),
)


# Append-only: how the open units of every line came and went, so that any past day's backlog can be told.
claim_ledger = Table(
    "claim_ledger",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("line_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("order_id", StoreId, nullable=False),
    Column("units", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_claim_ledger_shop_id_at", "shop_id", "at"),
)


@dataclass(frozen=True)
class OpenThen:
    """Units of one order line that were open at a past moment, with the words a person needs."""

    order_id: int
    order_name: str
    line_id: int
    title: str
    sku: str | None
    units: int
    unit_price: Decimal
    currency: str


@dataclass(frozen=True)
class Waiting:
    """One row of the backlog: a claim with the words a person needs."""

    claim: Claim
    order_name: str
    title: str
    sku: str | None
    unit_price: Decimal
    currency: str
    projected_on: date | None
    projection: Mapping[str, Any] | None


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Claim, ...]:
    """All claims on these items, with what they were given, in the order of the queue."""
    return _load(tx, shop_id, among(claims.c.item_id, item_ids))


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> tuple[Claim, ...]:
    """All claims of these orders, with what they were given."""
    return _load(tx, shop_id, among(claims.c.order_id, order_ids))


def of_lines(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Claim, ...]:
    """The claims of these order lines, with what they were given."""
    return _load(tx, shop_id, among(claims.c.line_id, line_ids))


def replace(tx: Connection, shop_id: int, order_id: int, now: Iterable[Claim]) -> None:
    """Make these the order's claims. Allocations of claims that are gone or smaller are the caller's to take back."""
    rows = [
        {
            "shop_id": shop_id,
            "line_id": claim.line_id,
            "location_id": claim.location_id,
            "order_id": claim.order_id,
            "item_id": claim.item_id,
            "units": claim.units,
            "exposed": claim.exposed,
            "since": claim.since,
            "ready": claim.ready,
            "rank": claim.rank,
            "in_works": claim.in_works,
            "routed": claim.routed,
            "later": [[since.isoformat(), units] for since, units in claim.later],
        }
        for claim in now
    ]
    kept = {(row["line_id"], row["location_id"]) for row in rows}
    before = tx.execute(
        select(claims.c.line_id, claims.c.location_id).where(claims.c.shop_id == shop_id, claims.c.order_id == order_id)
    ).all()
    for line_id, location_id in before:
        if (line_id, location_id) not in kept:
            tx.execute(
                delete(claims).where(
                    claims.c.shop_id == shop_id, claims.c.line_id == line_id, claims.c.location_id == location_id
                )
            )
    upsert(tx, claims, rows)


def project(tx: Connection, shop_id: int, claim: Claim, on: date | None, projection: Mapping[str, Any] | None) -> None:
    """Keep a claim's projected ship date with the reasons for it. Told to nobody."""
    text = None if projection is None else JsonText(json.dumps(projection))
    project_all(tx, shop_id, [(claim.line_id, claim.location_id, on, text)])


def project_all(
    tx: Connection, shop_id: int, projected: Sequence[tuple[int, int, date | None, JsonText | None]]
) -> None:
    """Keep the projected ship dates of many claims (line, location) with the reasons for them, as JSON. Told to nobody."""
    update_rows(tx, claims, {"shop_id": shop_id}, ("line_id", "location_id"), ("projected_on", "projection"), projected)


def projected(
    tx: Connection, shop_id: int, item_ids: Iterable[int]
) -> dict[tuple[int, int], tuple[date | None, str | None]]:
    """The projected day of each claim on these items and its reasons as they are written, by (line, location)."""
    rows = tx.execute(
        select(claims.c.line_id, claims.c.location_id, claims.c.projected_on, cast(claims.c.projection, Text)).where(
            claims.c.shop_id == shop_id, among(claims.c.item_id, item_ids)
        )
    )
    return {(line, at): (day, None if text == "null" else text) for line, at, day, text in rows.all()}


def unclaimed(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Row[Any], ...]:
    """Allocations of shelves of these items whose claim is gone: the units are free again."""
    claimed = exists().where(
        claims.c.shop_id == allocations.c.shop_id,
        claims.c.line_id == allocations.c.line_id,
        claims.c.location_id == allocations.c.location_id,
        claims.c.item_id == lots.c.item_id,
    )
    rows = tx.execute(
        select(allocations, lots.c.item_id)
        .join(lots, and_(lots.c.shop_id == allocations.c.shop_id, lots.c.id == allocations.c.lot_id))
        .where(lots.c.shop_id == shop_id, among(lots.c.item_id, item_ids), ~claimed)
        .order_by(allocations.c.line_id, allocations.c.location_id)
    )
    return tuple(rows)


def missing(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, int]:
    """Open units of these orders that no stock covers, by line, over all locations."""
    rows = tx.execute(
        select(claims.c.line_id, func.sum(claims.c.units - func.coalesce(allocations.c.units, 0)).label("units"))
        .select_from(claims.outerjoin(allocations, _OF_THE_CLAIM))
        .where(claims.c.shop_id == shop_id, among(claims.c.order_id, order_ids))
        .group_by(claims.c.line_id)
    )
    return {line_id: int(units) for line_id, units in rows.all()}


def projections(
    tx: Connection, shop_id: int, order_ids: Iterable[int]
) -> dict[tuple[int, int], tuple[date | None, Any]]:
    """Projected day and its reasons by (line, location)."""
    rows = tx.execute(
        select(claims.c.line_id, claims.c.location_id, claims.c.projected_on, claims.c.projection).where(
            claims.c.shop_id == shop_id, among(claims.c.order_id, order_ids)
        )
    )
    return {(row.line_id, row.location_id): (row.projected_on, row.projection) for row in rows}


def backlog(
    tx: Connection, shop_id: int, *, only_waiting: bool = False, offset: int = 0, limit: int = 100
) -> tuple[Waiting, ...]:
    """Everything ordered and not yet shipped, in queue order; ``only_waiting``: what no stock covers."""
    query = (
        _select(
            orders.c.name.label("order_name"),
            orders.c.currency,
            claims.c.projected_on,
            claims.c.projection,
            order_lines.c.title,
            order_lines.c.sku,
            order_lines.c.unit_price,
        )
        .join(order_lines, and_(order_lines.c.shop_id == claims.c.shop_id, order_lines.c.line_id == claims.c.line_id))
        .join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
        .where(claims.c.shop_id == shop_id)
        .order_by(*_IN_QUEUE_ORDER)
        .offset(offset)
        .limit(limit)
    )
    if only_waiting:
        query = query.where(claims.c.units > func.coalesce(allocations.c.units, 0))
    return tuple(_waiting(row) for row in tx.execute(query))


def enter(
    tx: Connection, shop_id: int, order_id: int, before: Iterable[Claim], now: Iterable[Claim], at: datetime
) -> None:
    """Enter into the ledger what changed of an order's open units.

    A line joins at its own moment (``since``); everything else happens ``at`` the store's time of the change.
    """
    was = {(claim.line_id, claim.location_id): claim.units for claim in before}
    fresh = {(claim.line_id, claim.location_id): claim for claim in now}
    known_lines = {line_id for line_id, _ in was}
    entries = []
    for key in sorted({*was, *fresh}):
        claim = fresh.get(key)
        units = (claim.units if claim else 0) - was.get(key, 0)
        if units:
            joined = claim is not None and key[0] not in known_lines
            entries.append(
                {
                    "shop_id": shop_id,
                    "line_id": key[0],
                    "location_id": key[1],
                    "order_id": order_id,
                    "units": units,
                    "at": claim.since if joined and claim else at,
                }
            )
    if entries:
        tx.execute(claim_ledger.insert(), entries)


def as_of(
    tx: Connection, shop_id: int, moment: datetime, *, offset: int = 0, limit: int = 1000
) -> tuple[OpenThen, ...]:
    """What was ordered and not yet shipped at a past moment, oldest line first."""
    said = (order_lines.c.order_id, order_lines.c.title, order_lines.c.sku, order_lines.c.unit_price)
    of_order = (orders.c.name, orders.c.currency)
    open_then = func.sum(claim_ledger.c.units)
    rows = tx.execute(
        select(claim_ledger.c.line_id, open_then.label("units"), *said, *of_order)
        .join(
            order_lines,
            and_(order_lines.c.shop_id == claim_ledger.c.shop_id, order_lines.c.line_id == claim_ledger.c.line_id),
        )
        .join(orders, and_(orders.c.shop_id == order_lines.c.shop_id, orders.c.order_id == order_lines.c.order_id))
        .where(claim_ledger.c.shop_id == shop_id, claim_ledger.c.at <= moment)
        .group_by(claim_ledger.c.line_id, *said, *of_order)
        .having(open_then > 0)
        .order_by(claim_ledger.c.line_id)
        .offset(offset)
        .limit(limit)
    )
    return tuple(
        OpenThen(r.order_id, r.name, r.line_id, r.title, r.sku, r.units, r.unit_price, r.currency) for r in rows
    )


def count(tx: Connection, shop_id: int) -> int:
    """How many claims the shop has."""
    return tx.execute(select(func.count()).select_from(claims).where(claims.c.shop_id == shop_id)).scalar_one()


def count_by_item(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[int, int]:
    """How many claims there are on each of these items that has any."""
    rows = tx.execute(
        select(claims.c.item_id, func.count().label("n"))
        .where(claims.c.shop_id == shop_id, among(claims.c.item_id, item_ids))
        .group_by(claims.c.item_id)
    )
    return {row.item_id: row.n for row in rows}


def open_units(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Open units that we know, by (item, location)."""
    rows = tx.execute(
        select(claims.c.item_id, claims.c.location_id, func.sum(claims.c.units))
        .where(claims.c.shop_id == shop_id, among(claims.c.item_id, item_ids))
        .group_by(claims.c.item_id, claims.c.location_id)
    )
    return {(item_id, location_id): int(units) for item_id, location_id, units in rows}


_IN_QUEUE_ORDER = (
    claims.c.ready.desc(),
    claims.c.rank,
    claims.c.since,
    claims.c.order_id,
    claims.c.line_id,
    claims.c.location_id,
)


# All but the projection, which is read where it is shown. Hardly a claim has tranches, so they come as text.
_OF_A_CLAIM = (
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
)
_OF_THE_CLAIM = and_(
    allocations.c.shop_id == claims.c.shop_id,
    allocations.c.line_id == claims.c.line_id,
    allocations.c.location_id == claims.c.location_id,
)


def _select(*more: ColumnElement[Any]) -> Select[Any]:
    return select(
        *_OF_A_CLAIM,
        func.coalesce(allocations.c.units, 0).label("given"),
        func.coalesce(allocations.c.kept, 0).label("kept"),
        *more,
    ).select_from(claims.outerjoin(allocations, _OF_THE_CLAIM))


def _load(tx: Connection, shop_id: int, which: ColumnElement[bool]) -> tuple[Claim, ...]:
    rows = tx.execute(_select().where(claims.c.shop_id == shop_id, which).order_by(*_IN_QUEUE_ORDER))
    return tuple([_claim(row) for row in rows.all()])


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
        routed=row.routed,
        later=_later(row.later),
    )


def _later(stored: str) -> tuple[tuple[datetime, int], ...]:
    if stored == "[]":
        return ()
    return tuple((datetime.fromisoformat(since), units) for since, units in json.loads(stored))


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        claim=_claim(row),
        order_name=row.order_name,
        title=row.title,
        sku=row.sku,
        unit_price=row.unit_price,
        currency=row.currency,
        projected_on=row.projected_on,
        projection=row.projection,
    )
