"""Proofs about what people said: how an order leaves, what was given or moved by hand. Each stands in a book with who said it."""

import json
from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, select

from backorder.db.catalogue import items, variants
from backorder.db.claims import claims
from backorder.db.lots import allocation_ledger, allocations
from backorder.db.orders import orders
from backorder.db.outbox import OPEN_STATES, Effect, outbox
from backorder.db.proofs.check import Check, judged, of_shop, settled
from backorder.db.queue_acts import queue_acts
from backorder.db.ways import order_ways
from backorder.rules.mixed import Way

# What the ledger of allocations calls what a person did.
BY_HAND = ("given by hand", "taken back by hand")


def orders_leave_as_was_said(tx: Connection, shop_id: int | None) -> Check:
    """The way that stands on an order is the one that was said last; a question is open only while it is."""
    last = (
        select(order_ways.c.shop_id, order_ways.c.order_id, func.max(order_ways.c.id).label("id"))
        .group_by(order_ways.c.shop_id, order_ways.c.order_id)
        .subquery()
    )
    said = (
        select(orders.c.order_id, orders.c.name, orders.c.way, order_ways.c.way.label("said"), order_ways.c.open)
        .outerjoin(last, and_(last.c.shop_id == orders.c.shop_id, last.c.order_id == orders.c.order_id))
        .outerjoin(order_ways, order_ways.c.id == last.c.id)
        .where(orders.c.way.is_not(None) | order_ways.c.way.is_not(None))
    )
    rows = tx.execute(of_shop(shop_id, orders, said)).all()
    wrong = [
        f"order {row.name}: it leaves {row.way or 'as any other'}, and last {row.said or 'nothing'} was said"
        for row in rows
        if row.way != row.said
    ]
    wrong += [
        f"order {row.name}: its customer is still asked, though {row.said} was said"
        for row in rows
        if row.open is not None and row.said != Way.ASKED.value
    ]
    return judged("orders leave as was said last", rows, wrong)


def what_ships_together_waits_together(tx: Connection, shop_id: int | None) -> Check:
    """Of an order that leaves as a whole nothing is open to the warehouse while any of it waits, or a hold is on its way.

    Units in the works are beyond recall. Only goods that are settled are judged.
    """
    on_its_way = exists().where(
        outbox.c.shop_id == claims.c.shop_id,
        outbox.c.subject == claims.c.order_id,
        outbox.c.effect == Effect.HOLD.value,
        outbox.c.state.in_([state.value for state in OPEN_STATES]),
    )
    managed = exists().where(
        variants.c.shop_id == claims.c.shop_id,
        variants.c.item_id == claims.c.item_id,
        variants.c.managed.is_(True),
        variants.c.gone_at.is_(None),
    )
    counted = ~exists().where(
        items.c.shop_id == claims.c.shop_id, items.c.item_id == claims.c.item_id, items.c.tracked.is_(False)
    )
    asked = (
        select(
            claims.c.shop_id,
            claims.c.order_id,
            orders.c.name,
            claims.c.routed,
            (claims.c.exposed - claims.c.in_works).label("open"),
            (claims.c.units - func.coalesce(allocations.c.units, 0)).label("short"),
            and_(managed, counted).label("ours"),
            settled(claims).label("settled"),
            on_its_way.label("held_soon"),
        )
        .join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
        .outerjoin(
            allocations,
            and_(
                allocations.c.shop_id == claims.c.shop_id,
                allocations.c.line_id == claims.c.line_id,
                allocations.c.location_id == claims.c.location_id,
            ),
        )
        # No order waits for what its supplier sends.
        .where(orders.c.way == Way.TOGETHER.value, claims.c.drop_shipped.is_(False))
        .order_by(claims.c.shop_id, claims.c.order_id)
    )
    by_order = defaultdict(list)
    for row in tx.execute(of_shop(shop_id, claims, asked)):
        by_order[row.shop_id, row.order_id].append(row)
    wrong = []
    for rows in by_order.values():
        if not all(row.settled and row.routed for row in rows) or any(row.held_soon for row in rows):
            continue
        waiting = sum(row.short for row in rows if row.ours and row.short > 0)
        may_leave = sum(row.open for row in rows if row.open > 0)
        if waiting and may_leave:
            wrong.append(
                f"order {rows[0].name}: {may_leave} may be shipped while {waiting} wait, and it leaves as a whole"
            )
    return judged("what ships together waits together", list(by_order), wrong)


def what_was_done_by_hand_has_its_act(tx: Connection, shop_id: int | None) -> Check:
    """What a person gave, took back or moved in a queue stands in the book of acts, with who did it and why."""
    entered = select(
        allocation_ledger.c.shop_id, allocation_ledger.c.line_id, allocation_ledger.c.at, allocation_ledger.c.cause
    ).where(allocation_ledger.c.cause.in_(BY_HAND))
    given = tx.execute(of_shop(shop_id, allocation_ledger, entered)).all()
    moved = tx.execute(
        of_shop(shop_id, claims, select(claims.c.shop_id, claims.c.line_id, claims.c.rank).where(claims.c.rank != 0))
    ).all()
    acts = tx.execute(of_shop(shop_id, queue_acts, select(queue_acts).order_by(queue_acts.c.id))).all()
    # What one is given by hand another may lose, so an act answers for all that its moment changed.
    when: set[tuple[int, datetime]] = {(row.shop_id, row.at) for row in acts}
    ranks: dict[tuple[int, int], int] = {}
    for row in acts:
        change = json.loads(row.change) if row.change and row.undone_at is None else {}
        if "rank" in change:
            ranks[row.shop_id, row.line_id] = change["rank"][2]
    wrong = [
        f"line {row.line_id}: {row.cause}, and no act says who did it"
        for row in given
        if (row.shop_id, row.at) not in when
    ]
    wrong += [
        f"line {row.line_id}: it stands before its turn, and no act says who moved it"
        for row in moved
        if ranks.get((row.shop_id, row.line_id)) != row.rank
    ]
    return judged("what was done by hand has its act", [*given, *moved], wrong)
