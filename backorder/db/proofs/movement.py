"""Proofs about what moves: what was accepted is understood, what is dirty is looked at, lanes keep their order, holds are single."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from backorder.db.dirty import dirty
from backorder.db.fulfillment_orders import fulfillment_orders
from backorder.db.inbox import Verdict, inbox
from backorder.db.outbox import Effect, State, outbox
from backorder.db.proofs.check import Check, judged, of_shop
from backorder.db.shops import shops
from backorder.db.taking import LEASE


def what_was_accepted_is_understood(tx: Connection, shop_id: int | None, at: datetime, patience: timedelta) -> Check:
    """I4: no delivery waits longer than ``patience`` (two reconcile periods) to be understood, and none is set aside."""
    asked = select(inbox.c.id, inbox.c.topic, inbox.c.verdict, inbox.c.received_at, inbox.c.error)
    if shop_id is not None:
        asked = asked.join(shops, shops.c.domain == inbox.c.shop_domain).where(shops.c.id == shop_id)
    rows = tx.execute(asked.order_by(inbox.c.id)).all()
    wrong = []
    for row in rows:
        if row.verdict == Verdict.PARKED.value:
            wrong.append(f"webhook {row.id} ({row.topic}) is set aside: {row.error}")
        elif row.verdict == Verdict.WAITING.value and row.received_at + patience < at:
            wrong.append(f"webhook {row.id} ({row.topic}) waits since {row.received_at:%Y-%m-%d %H:%M:%S} UTC")
    return judged("what was accepted is understood in time", rows, wrong)


def what_is_dirty_is_looked_at(tx: Connection, shop_id: int | None, at: datetime, patience: timedelta) -> Check:
    """I4: nothing of an installed shop waits longer than ``patience`` to be looked at."""
    asked = (
        select(dirty)
        .join(shops, shops.c.id == dirty.c.shop_id)
        .where(shops.c.uninstalled_at.is_(None))
        .order_by(dirty.c.since)
    )
    rows = tx.execute(of_shop(shop_id, dirty, asked)).all()
    wrong = [
        f"{row.kind} {row.ref} of shop {row.shop_id} waits since {row.since:%Y-%m-%d %H:%M:%S} UTC"
        + (f": {row.error}" if row.error else "")
        for row in rows
        if row.since + patience < at
    ]
    return judged("what is dirty is looked at in time", rows, wrong)


def lanes_keep_their_order(tx: Connection, shop_id: int | None) -> Check:
    """§9: nothing of a lane was done while an earlier step, written long before, was still open.

    Rows are written and taken by different hands at once, so only what stood there for a lease's time counts. A release may wait for
    its turn (deliver.pacing), and what is told meanwhile goes past it; of one that is done nobody knows any more whether it did.
    """
    asked = (
        select(outbox.c.id, outbox.c.shop_id, outbox.c.lane, outbox.c.effect, outbox.c.step, outbox.c.state)
        .add_columns(outbox.c.created_at, outbox.c.not_before, outbox.c.done_at)
        .order_by(outbox.c.id)
    )
    rows = tx.execute(of_shop(shop_id, outbox, asked)).all()
    lanes: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
    wrong = []
    for row in rows:
        lane = lanes[row.shop_id, row.lane]
        if row.state == State.DONE.value:
            wrong += [
                f"outbox row {row.id} ({row.lane}) was done before row {before.id}, an earlier step"
                for before in lane
                if before.step < row.step
                and before.created_at + LEASE < row.done_at
                and (before.done_at is None or before.done_at > row.done_at)
                and not (before.effect == Effect.RELEASE.value and before.not_before > row.done_at)
            ]
        lane.append(row)
    return judged("lanes keep their order", rows, wrong)


def one_hold_of_ours(tx: Connection, shop_id: int | None) -> Check:
    """I8: at most one hold of ours is recorded on a fulfillment order."""
    asked = select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.holds)
    rows = tx.execute(of_shop(shop_id, fulfillment_orders, asked)).all()
    wrong = []
    for row in rows:
        ours = sum(1 for _, _, _, mine, *_ in row.holds if mine)
        if ours > 1:
            wrong.append(f"fulfillment order {row.fulfillment_order_id}: {ours} holds of ours")
    return judged("a fulfillment order carries one hold of ours at most", rows, wrong)
