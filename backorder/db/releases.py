"""Releases in the outbox: what was let go and by whom, what is about to be, and in which order."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select

from backorder.db.arrays import among
from backorder.db.orders import orders
from backorder.db.outbox import Effect, State, outbox


def by_us(tx: Connection, shop_id: int, lane: str) -> frozenset[int]:
    """Ids of holds that release rows of this lane have released or are releasing, because goods came or because the app leaves."""
    rows = tx.scalars(
        select(outbox.c.payload).where(
            outbox.c.shop_id == shop_id, outbox.c.lane == lane, outbox.c.effect == Effect.RELEASE.value
        )
    )
    return frozenset(
        hold_id
        for payload in rows
        for holds in (
            *(released["holds"] for released in payload.get("releases", {}).values()),
            *payload.get("given_back", {}).values(),
        )
        for hold_id in holds
    )


def older(tx: Connection, shop_id: int, order_id: int) -> int:
    """How many orders that came before this one have a release that is due or under way; one that is in trouble holds nobody up."""
    before = outbox.alias("before")
    stopped = exists().where(
        before.c.shop_id == outbox.c.shop_id,
        before.c.lane == outbox.c.lane,
        before.c.state.in_([State.PARKED.value, State.UNKNOWN.value]),
        before.c.step < outbox.c.step,
    )
    place = (
        select(orders.c.created_at).where(orders.c.shop_id == shop_id, orders.c.order_id == order_id).scalar_subquery()
    )
    asked = (
        select(func.count(func.distinct(outbox.c.subject)))
        .join(orders, (orders.c.shop_id == outbox.c.shop_id) & (orders.c.order_id == outbox.c.subject))
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.effect == Effect.RELEASE.value,
            outbox.c.state.in_([State.DUE.value, State.DOING.value]),
            outbox.c.subject != order_id,
            outbox.c.failing_since.is_(None),
            ~stopped,
            or_(
                orders.c.created_at < place,
                (orders.c.created_at == place) & (orders.c.order_id < order_id),
            ),
        )
    )
    return int(tx.execute(asked).scalar_one())


def since(tx: Connection, shop_id: int, since: datetime) -> list[datetime]:
    """When orders were let go since then: releases that are done and let something go."""
    rows = tx.execute(
        select(outbox.c.done_at, outbox.c.payload).where(
            outbox.c.shop_id == shop_id,
            outbox.c.effect == Effect.RELEASE.value,
            outbox.c.state == State.DONE.value,
            outbox.c.done_at > since,
        )
    )
    return [row.done_at for row in rows if row.payload.get("releases")]


def stuck(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> frozenset[int]:
    """Of these orders those whose release was parked: it waits for a person."""
    rows = tx.execute(
        select(outbox.c.subject).where(
            outbox.c.shop_id == shop_id,
            outbox.c.effect == Effect.RELEASE.value,
            outbox.c.state == State.PARKED.value,
            among(outbox.c.subject, order_ids),
        )
    )
    return frozenset(row.subject for row in rows)


def put_off(tx: Connection, shop_id: int, order_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Of these orders those whose release was put off, though nothing failed, and until when; in the order in which they are let go."""
    rows = tx.execute(
        select(outbox.c.subject, outbox.c.not_before)
        .join(orders, (orders.c.shop_id == outbox.c.shop_id) & (orders.c.order_id == outbox.c.subject))
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.effect == Effect.RELEASE.value,
            outbox.c.state == State.DUE.value,
            outbox.c.failing_since.is_(None),
            outbox.c.not_before > at,
            among(outbox.c.subject, order_ids),
        )
        .order_by(orders.c.created_at, orders.c.order_id)
    )
    return {row.subject: row.not_before for row in rows}
