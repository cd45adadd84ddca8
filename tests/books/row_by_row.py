"""A decision written as slowly as one can: a question for each thing, a statement for each row. It is what the fast one must equal."""

import json

from sqlalchemy import delete, func, insert, select, update

from backorder import promise, sell
from backorder.clock import transport_now
from backorder.db import claims, dirty, lots, offers, order_lines, orders, outbox, promises
from backorder.db.next_row import STOP
from backorder.db.outbox import Effect
from backorder.rules import lease as leases
from backorder.rules.allocation import Shelf, allocate
from backorder.rules.hurry import LATELY
from backorder.rules.lease import LeaseState
from backorder.rules.lots import LotKind
from backorder.rules.offer import metafield, must_be_written
from backorder.rules.projection import project
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, SellingState
from backorder.rules.settled import Settled
from backorder.scene import load


def decide(tx, shop_id, item_ids, now, *, cause, looked_enough=()):
    scene = load(tx, shop_id, item_ids, now)
    touched, released = set(), set()
    for goods in scene.goods:
        queues, doubtful = {}, set()
        for place in goods.places:
            shelf = _shelf(goods, place)
            changes = _changes(tx, shop_id, place, shelf)
            lot_id = _shelve(tx, shop_id, place, shelf)
            for change in changes:
                _apply(tx, shop_id, lot_id, change, cause, scene.now)
            queue = project(shelf.claims, scene.future(place, goods.variants), deficit=shelf.short)
            queues[place.location.location_id] = queue
            if goods.managed:
                for claim in shelf.claims:
                    _project(tx, shop_id, claim, queue.claims.get((claim.line_id, claim.location_id)))
            if goods.item_id not in looked_enough and place.settled.anonymous:
                otherwise = allocate(shelf.claims, Settled(place.settled.supply, unseen=0))
                doubtful |= {claim.line_id for claim in otherwise.claims if claim.given == claim.units}
            touched |= _ask(tx, shop_id, goods, shelf, doubtful, released)
            touched |= {c.order_id for c in shelf.claims if c.line_id in {change[0] for change in changes}}
        touched |= _keep_up(tx, scene, goods, queues, doubtful)
        _sell(tx, scene, goods, queues)
    for order_id in sorted(touched - released):
        _annotate(tx, shop_id, order_id)


def _shelf(goods, place):
    if not goods.managed:
        served = tuple(claim.served(0, 0) for claim in place.claims)
        return Shelf(served, free=0, short=0)
    return allocate(place.claims, place.settled)


def _changes(tx, shop_id, place, shelf):
    """(line, location, item, units, kept, units before, kept before) of what differs, claims that are gone included."""
    was = {claim.line_id: claim for claim in place.claims}
    found = []
    for claim in shelf.claims:
        before, kept = was[claim.line_id], min(claim.kept, claim.given)
        if (claim.given, kept) != (before.given, before.kept):
            spot = (claim.line_id, claim.location_id, claim.item_id)
            found.append((*spot, claim.given, kept, before.given, before.kept))
    for lot in (lot for lot in place.lots if lot.kind is LotKind.ON_HAND):
        held = select(lots.allocations).where(
            lots.allocations.c.shop_id == shop_id, lots.allocations.c.lot_id == lot.lot_id
        )
        found += [
            (row.line_id, row.location_id, place.item_id, 0, 0, row.units, row.kept)
            for row in tx.execute(held).all()
            if row.line_id not in was
        ]
    return found


def _shelve(tx, shop_id, place, shelf):
    units, allocated = max(0, place.settled.to_give), shelf.allocated
    key = {
        "shop_id": shop_id,
        "item_id": place.item_id,
        "location_id": place.location.location_id,
        "kind": LotKind.ON_HAND.value,
        "source_id": 0,
    }
    values = {"units": units, "allocated": allocated, "short": max(0, allocated - units)}
    where = [lots.lots.c[name] == value for name, value in key.items()]
    if tx.execute(update(lots.lots).where(*where).values(**values)).rowcount == 0:
        tx.execute(insert(lots.lots).values(**key, **values))
    return tx.execute(select(lots.lots.c.id).where(*where)).scalar_one()


def _apply(tx, shop_id, lot_id, change, cause, at):
    line_id, location_id, item_id, units, kept, was_units, was_kept = change
    table = lots.allocations
    key = (table.c.shop_id == shop_id, table.c.line_id == line_id, table.c.location_id == location_id)
    tx.execute(delete(table).where(*key))
    spot = {"shop_id": shop_id, "line_id": line_id, "location_id": location_id}
    if units:
        tx.execute(insert(table).values(**spot, lot_id=lot_id, units=units, kept=kept))
    tx.execute(
        insert(lots.allocation_ledger).values(
            **spot,
            item_id=item_id,
            units=units - was_units,
            kept=kept - was_kept,
            cause=cause,
            actor="promised",
            at=at,
        )
    )


def _project(tx, shop_id, claim, projection):
    table = claims.claims
    if projection is None:
        return
    tx.execute(
        update(table)
        .where(table.c.shop_id == shop_id, table.c.line_id == claim.line_id, table.c.location_id == claim.location_id)
        .values(projected_on=projection.ship_by)
    )


def _ask(tx, shop_id, goods, shelf, doubtful, released):
    asked = set()
    for claim in filter(lambda claim: claim.routed, shelf.claims):
        held = claim.units - claim.exposed
        covered = claim.given if goods.managed else claim.units
        effect = None
        if goods.managed and claim.exposed > covered and claim.line_id not in doubtful:
            effect = Effect.HOLD
        elif held and covered > claim.exposed and (claim.ready or not goods.managed):
            effect = Effect.RELEASE
        if effect is not None:
            _want(tx, shop_id, effect, outbox.order_lane(claim.order_id), claim.order_id)
            asked.add(claim.order_id)
            released |= {claim.order_id} if effect is Effect.RELEASE else set()
    return asked


def _want(tx, shop_id, effect, lane, subject, *, stops=False):
    table = outbox.outbox
    same = (table.c.shop_id == shop_id, table.c.lane == lane, table.c.effect == effect.value)
    due = (*same, table.c.state == "due")
    if not tx.execute(select(table.c.id).where(*due)).first():
        _put(tx, shop_id, effect, lane, subject, table, same)
    if stops:
        tx.execute(update(table).where(*due).values(step=STOP))


def _put(tx, shop_id, effect, lane, subject, table, same):
    number = tx.execute(select(func.count()).select_from(table).where(*same)).scalar_one()
    outbox.put(tx, shop_id, effect, lane, subject, f"{effect.value}:{lane}:{number + 1}", transport_now())


def _keep_up(tx, scene, goods, queues, doubtful):
    touched = set()
    if not goods.managed:
        return touched
    shop_id = scene.shop.shop_id
    for line_id, (claim, projection, place) in sorted(promise._worst_by_line(tx, scene, goods, queues).items()):
        if line_id in doubtful:
            continue
        fresh = promise._next_version(scene, place, claim, projection, promises.history(tx, shop_id, [line_id]))
        if fresh is None:
            continue
        row = {name: getattr(fresh, name) for name in promises._NAMES}
        tx.execute(insert(promises.promises).values(shop_id=shop_id, **row))
        touched.add(claim.order_id)
        order = orders.get(tx, shop_id, claim.order_id)
        if fresh.told_at is None and scene.terms.notify_customers and order is not None and not order.test:
            key = f"promise/{line_id}/{fresh.version}"
            about = {"about": "promise", "line": line_id, "version": fresh.version}
            outbox.put(
                tx,
                shop_id,
                Effect.MAIL,
                outbox.order_lane(claim.order_id),
                claim.order_id,
                key,
                transport_now(),
                about,
                delay=promise.BEFORE_TELLING,
            )
    return touched


def _sell(tx, scene, goods, queues):
    shop_id = scene.shop.shop_id
    for variant in goods.variants:
        before = offers.get(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
        lease = offers.leases(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
        if variant.gone:
            continue
        if variant.managed and goods.tracked:
            buyer = sell.next_buyer(scene, goods, queues, variant, lease, closed=before.closed if before else None)
            decision = buyer.decision
            stepped, free, pace = sell.shown_steps(scene, goods, buyer, before)
            merchants = lease.original if lease is not None and lease.state is LeaseState.HELD else variant.policy
            beyond = free if (decision.policy or merchants) is Policy.CONTINUE else 0
            wanted = metafield(sell.as_shown(decision, stepped), stepped, scene.now, free=beyond)
            if pace is not None:
                dirty.remind(tx, shop_id, dirty.Kind.ITEM, [goods.item_id], transport_now() + LATELY)
        elif lease is not None or before is not None:
            decision = Decision(SellingState.IN_STOCK, None, None, "The app does not sell this variant on backorder.")
            wanted = metafield(decision, [], scene.now)
            buyer = pace = None
        else:
            continue
        table = offers.offers
        key = {"shop_id": shop_id, "variant_id": variant.variant_id}
        situation = buyer.situation if buyer else None
        row = offers.Decided.of(variant.variant_id, decision, wanted, situation, pace).row
        said = {**dict(zip(offers.DECIDED, row, strict=True)), "decided_at": scene.now}
        del said["variant_id"]
        if before is None:
            tx.execute(insert(table).values(**key, **said))
        else:
            tx.execute(update(table).where(*(table.c[name] == value for name, value in key.items())).values(**said))
        step = leases.step(variant.variant_id, lease, variant.policy, decision.policy)
        if step.write is not None or must_be_written(wanted, before.shown if before else None, scene.now):
            stops = step.write is decision.policy is Policy.DENY
            lane = outbox.product_lane(variant.product_id)
            _want(tx, shop_id, Effect.OFFER, lane, variant.product_id, stops=stops)


def _annotate(tx, shop_id, order_id):
    latest = {p.line_id: p for p in promises.of_orders(tx, shop_id, [order_id])}
    order = orders.get(tx, shop_id, order_id)
    if order is None or not latest:
        return
    open_claims = claims.of_orders(tx, shop_id, [order_id])
    variants = {
        line.line_id: line.variant_id for line in order_lines.of_orders(tx, shop_id, [order_id]).get(order_id, ())
    }
    waits = {line_id: sum(c.backordered for c in open_claims if c.line_id == line_id) for line_id in latest}
    days = [p.ship_by for line_id, p in latest.items() if waits[line_id]]
    wanted = {
        "v": 1,
        "waiting": any(waits.values()),
        "ship_by": max(d for d in days if d).isoformat() if days and all(days) else None,
        "lines": [
            {
                "line": f"gid://shopify/LineItem/{line_id}",
                "variant": f"gid://shopify/ProductVariant/{variants[line_id]}" if variants.get(line_id) else None,
                "units": waits[line_id],
                "ship_by": p.ship_by.isoformat() if p.ship_by else None,
            }
            for line_id, p in sorted(latest.items())
        ],
    }
    if json.dumps(wanted, sort_keys=True) != order.annotated:
        _want(tx, shop_id, Effect.ANNOTATE, outbox.order_lane(order_id), order_id)
