"""Promise: tell a waiting buyer a date once, keep it, and change it only by a new version with a reason.

The projection is internal; what is written here is what will be told. A version that was never told may be replaced; one
that was told stands until a worse date becomes news (rules.revision).
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from backorder.clock import transport_now
from backorder.db import claims, orders, outbox, promises
from backorder.db.engine import Connection
from backorder.db.outbox import Effect
from backorder.rules.claims import Claim
from backorder.rules.projection import Projection, Queue
from backorder.rules.promises import Promise
from backorder.rules.revision import RULE, Revision, first, revise
from backorder.rules.working_calendar import WorkingCalendar
from backorder.scene import Goods, Scene

# A wait that a second read takes back is told to nobody (domain §2).
BEFORE_TELLING = timedelta(seconds=2)
ACTOR = "promised"


def keep_up(
    tx: Connection, scene: Scene, goods: Goods, queues: Mapping[int, Queue], doubtful: Container[int] = ()
) -> set[int]:
    """Write first promises and revisions for the claims that wait; the orders that got a new version.

    Nothing is written about ``doubtful`` lines: that they wait is not sure yet.
    """
    if not goods.managed:
        return set()
    waiting = _worst_by_line(goods, queues)
    known = promises.history(tx, scene.shop.shop_id, waiting)
    told_orders = orders.many(tx, scene.shop.shop_id, {claim.order_id for claim, _ in waiting.values()})
    touched = set()
    for line_id, (claim, projection) in sorted(waiting.items()):
        if line_id in doubtful:
            continue
        versions = [p for p in known if p.line_id == line_id]
        fresh = _next_version(scene, claim, projection, versions)
        if fresh is None:
            continue
        promises.add(tx, scene.shop.shop_id, fresh)
        touched.add(claim.order_id)
        order = told_orders.get(claim.order_id)
        if fresh.told_at is None and scene.terms.notify_customers and order is not None and not order.test:
            _owe_mail(tx, scene.shop.shop_id, fresh)
    return touched


def annotate(tx: Connection, shop_id: int, order_id: int) -> None:
    """Ask for the order's metafield and tag to be made true, if they say something else now."""
    wanted = annotation(tx, shop_id, order_id)
    order = orders.get(tx, shop_id, order_id)
    if order is not None and wanted is not None and json.dumps(wanted, sort_keys=True) != order.annotated:
        outbox.want(tx, shop_id, Effect.ANNOTATE, outbox.order_lane(order_id), order_id, transport_now())


def annotation(tx: Connection, shop_id: int, order_id: int) -> dict[str, Any] | None:
    """What the order's metafield ``$app:backorder_promise`` must say; None for an order that never waited."""
    latest = {p.line_id: p for p in promises.of_orders(tx, shop_id, [order_id])}
    if not latest:
        return None
    open_claims = claims.of_orders(tx, shop_id, [order_id])
    waits = {line_id: sum(c.backordered for c in open_claims if c.line_id == line_id) for line_id in latest}
    days = [p.ship_by for line_id, p in latest.items() if waits[line_id]]
    return {
        "v": 1,
        "waiting": any(waits.values()),
        "ship_by": max(d for d in days if d).isoformat() if days and all(days) else None,
        "lines": [
            {
                "line": f"gid://shopify/LineItem/{line_id}",
                "units": waits[line_id],
                "ship_by": p.ship_by.isoformat() if p.ship_by else None,
            }
            for line_id, p in sorted(latest.items())
        ],
    }


def trace(projection: Projection, calendar: WorkingCalendar) -> dict[str, Any]:
    """A projection as kept beside its claim: the numbers from which every explanation is written."""
    return {
        "basis": projection.basis.value,
        "ahead": projection.ahead,
        "overdue": projection.overdue,
        "receiving_days": calendar.receiving_days,
        "handling_days": calendar.handling_days,
        "lots": [
            {
                "label": s.lot.label,
                "kind": s.lot.kind.value,
                "units": s.units,
                "of": s.lot.units,
                "due_on": s.lot.due_on.isoformat() if s.lot.due_on else None,
            }
            for s in projection.servings
        ],
    }


def _worst_by_line(goods: Goods, queues: Mapping[int, Queue]) -> dict[int, tuple[Claim, Projection]]:
    """The ready, routed claims that wait, a line with claims at several locations by its latest date."""
    worst: dict[int, tuple[Claim, Projection]] = {}
    for place in goods.places:
        queue = queues[place.location.location_id]
        for claim in place.claims:
            projection = queue.claims.get((claim.line_id, claim.location_id))
            if projection is None or not claim.ready or not claim.routed:
                continue
            other = worst.get(claim.line_id)
            if other is None or _later(projection, other[1]):
                worst[claim.line_id] = (claim, projection)
    return worst


def _later(one: Projection, other: Projection) -> bool:
    if one.ship_by is None or other.ship_by is None:
        return other.ship_by is not None
    return one.ship_by > other.ship_by


def _next_version(scene: Scene, claim: Claim, projection: Projection, versions: Sequence[Promise]) -> Promise | None:
    """The version to write now, or None when what was said still stands."""
    if not versions:
        return _version(scene, claim, first(projection), ())
    latest = versions[-1]
    if latest.told_at is not None:
        news = revise(latest, projection)
        return _version(scene, claim, news, versions) if news else None
    told = next((p for p in reversed(versions) if p.told_at is not None), None)
    if told is None:  # nobody was told anything yet: simply say what is true now
        changed = projection.ship_by != latest.ship_by and not projection.overdue
        return _version(scene, claim, first(projection), versions) if changed else None
    news = revise(told, projection)
    if news is None:
        return _stands_again(scene, told, latest)
    return _version(scene, claim, news, versions) if news.ship_by != latest.ship_by else None


def _stands_again(scene: Scene, told: Promise, latest: Promise) -> Promise:
    """A worse date was written but not told, and is no longer true: the told one stands, and nobody need hear of it."""
    return Promise(
        line_id=told.line_id,
        order_id=told.order_id,
        version=latest.version + 1,
        ship_by=told.ship_by,
        basis=told.basis,
        source=told.source,
        rule=RULE,
        confidence=told.confidence,
        reason="The date that was told stands; a later one was withdrawn before it was told.",
        actor=ACTOR,
        made_at=scene.now,
        told_at=told.told_at,
        previous=latest.ship_by,
    )


def _version(scene: Scene, claim: Claim, said: Revision, versions: Sequence[Promise]) -> Promise:
    latest = versions[-1] if versions else None
    return Promise(
        line_id=claim.line_id,
        order_id=claim.order_id,
        version=latest.version + 1 if latest else 1,
        ship_by=said.ship_by,
        basis=said.basis,
        source=said.source,
        rule=RULE,
        confidence=None,
        reason=said.reason,
        actor=ACTOR,
        made_at=scene.now,
        told_at=None,
        previous=latest.ship_by if latest else None,
    )


def _owe_mail(tx: Connection, shop_id: int, promise: Promise) -> None:
    """Owe the customer this version: one message, however often we come by here."""
    outbox.put(
        tx,
        shop_id,
        Effect.MAIL,
        outbox.order_lane(promise.order_id),
        promise.order_id,
        f"promise/{promise.line_id}/{promise.version}",
        transport_now(),
        {"about": "promise", "line": promise.line_id, "version": promise.version},
        delay=BEFORE_TELLING,
    )


def untold(versions: Iterable[Promise]) -> tuple[Promise, ...]:
    """The newest version of each line, where nobody was told of it yet."""
    latest = {p.line_id: p for p in versions}
    return tuple(p for p in latest.values() if p.told_at is None)


def last_told(versions: Iterable[Promise], line_id: int) -> Promise | None:
    """What the customer was last told about a line."""
    return next((p for p in reversed(tuple(versions)) if p.line_id == line_id and p.told_at is not None), None)
