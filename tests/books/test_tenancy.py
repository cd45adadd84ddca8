"""Tenants: what a book says or does for Alice it says or does whether or not Bob's numbers are the same."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backorder.db import (
    answers,
    backlog,
    catalogue,
    claims,
    collections,
    contacts,
    counts,
    differences,
    dirty,
    drop_ships,
    fingerprints,
    footings,
    fulfillment_orders,
    heard,
    hold_acts,
    imports,
    last_choices,
    lateness,
    let_go,
    levels,
    locations,
    lots,
    managing,
    offers,
    order_lines,
    orders,
    ours,
    outbox,
    overwriting,
    promises,
    purchase_order_acts,
    purchase_orders,
    queue_acts,
    queues,
    reconciliations,
    refused_deadlines,
    releases,
    rests,
    shops,
    standings,
    supplier_letters,
    suppliers,
    taking,
    tokens,
    transfers,
    turns,
    ways,
    whole_orders,
)
from backorder.db.answers import Answer
from backorder.db.books import BOOKS
from backorder.db.dirty import Dirty, Kind
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act as HeldBy
from backorder.db.hold_acts import HoldAct
from backorder.db.last_choices import LastChoice
from backorder.db.lots import Change
from backorder.db.outbox import Effect, Letter, Target
from backorder.db.transfers import LinkedBy, Transfer
from backorder.db.ways import Said
from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.footing import Footing
from backorder.rules.lease import Lease
from backorder.rules.lots import LotKind
from backorder.rules.mixed import By, Way
from backorder.rules.rises import Aside, Left
from backorder.rules.seen import ContactSeen, Policy
from tests.books.cast import (
    ALICE,
    BOB,
    DUE,
    FIRST,
    FIRST_LINE,
    HERE,
    LAMP,
    LAMP_VARIANT,
    LAMPS,
    NOON,
    PARCEL,
    SECOND,
    claim,
    counted,
    level,
    line,
    location,
    order,
    pair,
    promise,
    shop_seen,
    variant,
)
from tests.books.neighbours import LANE, SEALER, Household, move_in, rows_of

Act = Callable[[Connection, Household], Any]
LATER = NOON + 3600 * SECOND


def _act(tx, us):
    return queue_acts.of_order(tx, us.shop_id, FIRST)[0].act_id


READINGS: dict[Callable[..., Any], Act] = {
    shops.one: lambda tx, us: shops.one(tx, us.shop_id),
    catalogue.untracked: lambda tx, us: catalogue.untracked(tx, us.shop_id, [LAMP]),
    catalogue.variants_of_items: lambda tx, us: catalogue.variants_of_items(tx, us.shop_id, [LAMP]),
    catalogue.variants_of_product: lambda tx, us: catalogue.variants_of_product(tx, us.shop_id, LAMPS),
    catalogue.by_ids: lambda tx, us: catalogue.by_ids(tx, us.shop_id, [LAMP_VARIANT]),
    catalogue.by_skus: lambda tx, us: catalogue.by_skus(tx, us.shop_id, ["LAMP-1"]),
    catalogue.page: lambda tx, us: catalogue.page(tx, us.shop_id),
    catalogue.by_rule: lambda tx, us: (
        catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"managing": "by_rule"}),
        catalogue.by_rule(tx, us.shop_id),
    )[1],
    managing.order_limits: lambda tx, us: (
        catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"max_per_order": us.lot_id}),
        managing.order_limits(tx, us.shop_id),
    )[1],
    managing.items_by_rule: lambda tx, us: (
        catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"managing": "by_rule"}),
        managing.items_by_rule(tx, us.shop_id, [LAMPS]),
    )[1],
    collections.known: lambda tx, us: collections.known(tx, us.shop_id),
    collections.products_in: lambda tx, us: collections.products_in(tx, us.shop_id, [81]),
    collections.titles_of: lambda tx, us: collections.titles_of(tx, us.shop_id, [2, 3]),
    collections.sizes: lambda tx, us: collections.sizes(tx, us.shop_id),
    managing.customer_limits: lambda tx, us: (
        catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"max_per_customer": us.lot_id}),
        managing.customer_limits(tx, us.shop_id),
    )[1],
    last_choices.get: lambda tx, us: last_choices.get(tx, us.shop_id),
    managing.managed_items: lambda tx, us: managing.managed_items(tx, us.shop_id),
    catalogue.count_variants: lambda tx, us: catalogue.count_variants(tx, us.shop_id),
    locations.all_locations: lambda tx, us: locations.all_locations(tx, us.shop_id),
    rests.get: lambda tx, us: rests.get(tx, us.shop_id),
    dirty.unread: lambda tx, us: (
        dirty.defer(tx, us.shop_id, SEEN, LATER, us.domain),
        dirty.unread(tx, us.shop_id, NOON + 60 * SECOND),
    )[1],
    orders.get: lambda tx, us: orders.get(tx, us.shop_id, FIRST),
    orders.who: lambda tx, us: orders.who(tx, us.shop_id, [FIRST]),
    orders.many: lambda tx, us: orders.many(tx, us.shop_id, [FIRST]),
    order_lines.of_orders: lambda tx, us: order_lines.of_orders(tx, us.shop_id, [FIRST]),
    whole_orders.stored: lambda tx, us: whole_orders.stored(tx, us.shop_id, [FIRST]).orders,
    orders.annotations: lambda tx, us: orders.annotations(tx, us.shop_id, [FIRST]),
    orders.customers: lambda tx, us: orders.customers(tx, us.shop_id, [FIRST]),
    order_lines.variants: lambda tx, us: order_lines.variants(tx, us.shop_id, [FIRST]),
    fulfillment_orders.of_orders: lambda tx, us: fulfillment_orders.of_orders(tx, us.shop_id, [FIRST]),
    fulfillment_orders.swept: lambda tx, us: fulfillment_orders.swept(tx, us.shop_id, [PARCEL]),
    whole_orders.read_at: lambda tx, us: whole_orders.read_at(tx, us.shop_id, [FIRST]),
    fulfillment_orders.orders_of: lambda tx, us: fulfillment_orders.orders_of(tx, us.shop_id, [PARCEL]),
    refused_deadlines.of_orders: lambda tx, us: refused_deadlines.of_orders(tx, us.shop_id, [FIRST]),
    whole_orders.fingerprint: lambda tx, us: whole_orders.fingerprint(tx, us.shop_id, FIRST),
    order_lines.open_order_ids: lambda tx, us: order_lines.open_order_ids(tx, us.shop_id),
    order_lines.shown: lambda tx, us: (
        whole_orders.save(tx, us.shop_id, order(lines=(line(evidence=Evidence(Verdict.VALID)),)), NOON, LATER),
        order_lines.shown(tx, us.shop_id, [FIRST_LINE]),
    )[1],
    claims.of_items: lambda tx, us: claims.of_items(tx, us.shop_id, [LAMP]),
    claims.packed: lambda tx, us: (
        lots.keep(tx, us.shop_id, claim(given=2), 1, cause="x", actor="x", at=NOON),
        tx.execute(claims.claims.update().where(claims.claims.c.shop_id == us.shop_id).values(in_works=1)),
        claims.packed(tx, us.shop_id),
    )[-1],
    claims.of_orders: lambda tx, us: claims.of_orders(tx, us.shop_id, [FIRST]),
    claims.of_lines: lambda tx, us: claims.of_lines(tx, us.shop_id, [FIRST_LINE]),
    backlog.page: lambda tx, us: backlog.page(tx, us.shop_id),
    backlog.sums: lambda tx, us: backlog.sums(tx, us.shop_id),
    backlog.owing: lambda tx, us: (
        claims.replace(tx, us.shop_id, FIRST, [claim(units=9)]),
        backlog.owing(tx, us.shop_id, [LAMP]),
    )[1],
    claims.from_source: lambda tx, us: claims.from_source(tx, us.shop_id, LAMP, HERE, "web", NOON),
    backlog.queue_page: lambda tx, us: backlog.queue_page(tx, us.shop_id, LAMP, HERE),
    backlog.as_of: lambda tx, us: backlog.as_of(tx, us.shop_id, LATER),
    claims.unclaimed: lambda tx, us: (
        claims.replace(tx, us.shop_id, FIRST, []),
        claims.unclaimed(tx, us.shop_id, [LAMP]),
    )[1],
    backlog.with_words: lambda tx, us: backlog.with_words(tx, us.shop_id, [FIRST_LINE]),
    claims.days_taken: lambda tx, us: (
        claims.replace(tx, us.shop_id, FIRST, [claim(units=9)]),
        claims.project(tx, us.shop_id, [(FIRST_LINE, HERE, DUE, None)]),
        claims.days_taken(tx, us.shop_id),
    )[2],
    claims.waits: lambda tx, us: claims.waits(tx, us.shop_id, [FIRST]),
    backlog.shippable: lambda tx, us: (
        claims.replace(tx, us.shop_id, FIRST, [claim(units=9, exposed=9)]),
        backlog.shippable(tx, us.shop_id, None, 9),
    )[1],
    releases.older: lambda tx, us: (
        released(tx, us),
        releases.older(tx, us.shop_id, FIRST + 1) + us.lot_id,
    )[1],
    releases.since: lambda tx, us: (released(tx, us), releases.since(tx, us.shop_id, NOON - SECOND))[1],
    queues.units_before: lambda tx, us: queues.units_before(tx, us.shop_id, claim(since=LATER)) + us.lot_id,
    managing.managed_of: lambda tx, us: (
        catalogue.set_tracked(tx, us.shop_id, [LAMP], tracked=True),
        managing.managed_of(tx, us.shop_id, [LAMP]),
    )[1],
    promises.with_promises: lambda tx, us: promises.with_promises(tx, us.shop_id, [FIRST]),
    contacts.language: lambda tx, us: contacts.language(tx, us.shop_id, FIRST),
    ways.of_orders: lambda tx, us: (said_so(tx, us), ways.of_orders(tx, us.shop_id, [FIRST]))[1],
    ways.history: lambda tx, us: (said_so(tx, us), ways.history(tx, us.shop_id, FIRST))[1],
    hold_acts.cut_of: lambda tx, us: (held(tx, us, HeldBy.CUT), hold_acts.cut_of(tx, us.shop_id, FIRST))[1],
    hold_acts.lost_since: lambda tx, us: (
        held(tx, us, HeldBy.LOST),
        hold_acts.lost_since(tx, us.shop_id, FIRST, NOON - SECOND),
    )[1],
    hold_acts.windows: lambda tx, us: (held(tx, us, HeldBy.NARROWED), hold_acts.windows(tx, us.shop_id))[1],
    queues.standing: lambda tx, us: queues.standing(tx, us.shop_id, [LAMP]),
    queues.settled_items: lambda tx, us: (
        dirty.forget_shop(tx, us.shop_id),
        queues.settled_items(tx, us.shop_id),
    )[-1],
    queue_acts.of_order: lambda tx, us: queue_acts.of_order(tx, us.shop_id, FIRST),
    queue_acts.one: lambda tx, us: queue_acts.one(tx, us.shop_id, _act(tx, us)),
    let_go.last_changed: lambda tx, us: let_go.last_changed(tx, us.shop_id, LAMP, HERE),
    let_go.since: lambda tx, us: (
        lots.keep(tx, us.shop_id, claim(given=2), 1, cause="x", actor="x", at=NOON),
        let_go.since(tx, us.shop_id, [LAMP], NOON)[:1],
    )[-1],
    queues.front: lambda tx, us: queues.front(
        tx, us.shop_id, {(LAMP, HERE): 9}, queues.standing(tx, us.shop_id, [LAMP])
    ),
    queues.ask_front: lambda tx, us: (
        standing := queues.standing(tx, us.shop_id, [LAMP]),
        queues.ask_front(tx, us.shop_id, {(LAMP, HERE): 9}, standing),
        queues.front(tx, us.shop_id, {(LAMP, HERE): 9}, standing),
    )[-1],
    standings.of_items: lambda tx, us: standings.of_items(tx, us.shop_id, [LAMP]),
    footings.of_items: lambda tx, us: footings.of_items(tx, us.shop_id, [LAMP]),
    footings.of_settled_items: lambda tx, us: (
        dirty.forget_shop(tx, us.shop_id),
        footings.of_settled_items(tx, us.shop_id),
    )[1],
    claims.count: lambda tx, us: claims.count(tx, us.shop_id),
    levels.last_read: lambda tx, us: levels.last_read(tx, us.shop_id, [LAMP]),
    levels.of_items: lambda tx, us: levels.of_items(tx, us.shop_id, [LAMP]),
    levels.one: lambda tx, us: levels.one(tx, us.shop_id, LAMP, HERE),
    levels.with_aside: lambda tx, us: levels.with_aside(tx, us.shop_id),
    counts.since: lambda tx, us: counts.since(tx, us.shop_id, [LAMP], NOON),
    counts.of_item: lambda tx, us: counts.of_item(tx, us.shop_id, LAMP),
    counts.unexplained: lambda tx, us: counts.unexplained(tx, us.shop_id),
    counts.differences: lambda tx, us: counts.differences(tx, us.shop_id, [LAMP], NOON),
    overwriting.of_shop: lambda tx, us: overwriting.of_shop(tx, us.shop_id),
    overwriting.overwritten: lambda tx, us: overwriting.overwritten(tx, us.shop_id),
    purchase_orders.ever_ordered: lambda tx, us: purchase_orders.ever_ordered(tx, us.shop_id, [LAMP]),
    purchase_orders.cancelled_goods: lambda tx, us: (
        purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
        purchase_orders.cancelled_goods(tx, us.shop_id, [us.purchase_order_id]),
    )[1],
    transfers.ever_sent: lambda tx, us: transfers.ever_sent(tx, us.shop_id, [LAMP]),
    lots.of_items: lambda tx, us: lots.of_items(tx, us.shop_id, [LAMP]),
    lots.history: lambda tx, us: lots.history(tx, us.shop_id, [FIRST_LINE]),
    lots.arrivals: lambda tx, us: lots.arrivals(tx, us.shop_id),
    lots.total_allocated: lambda tx, us: lots.total_allocated(tx, us.shop_id, us.lot_id),
    purchase_orders.line: lambda tx, us: purchase_orders.line(tx, us.shop_id, us.purchase_order_line_id),
    purchase_orders.lines: lambda tx, us: purchase_orders.lines(tx, us.shop_id, [us.purchase_order_line_id]),
    purchase_orders.receipts_by: lambda tx, us: purchase_orders.receipts_by(
        tx, us.shop_id, [us.purchase_order_line_id], us.domain
    ),
    lateness.get: lambda tx, us: lateness.get(tx, us.shop_id),
    lateness.learned_on: lambda tx, us: lateness.learned_on(tx, us.shop_id),
    lateness.outcomes: lambda tx, us: lateness.outcomes(tx, us.shop_id),
    purchase_orders.lines_of_items: lambda tx, us: purchase_orders.lines_of_items(tx, us.shop_id, [LAMP]),
    purchase_orders.one: lambda tx, us: purchase_orders.one(tx, us.shop_id, us.purchase_order_id),
    purchase_orders.page: lambda tx, us: purchase_orders.page(tx, us.shop_id),
    transfers.many: lambda tx, us: transfers.many(tx, us.shop_id, [71]),
    transfers.all_of: lambda tx, us: transfers.all_of(tx, us.shop_id),
    transfers.carrying: lambda tx, us: transfers.carrying(tx, us.shop_id, [us.purchase_order_id]),
    transfers.unlinked: lambda tx, us: transfers.unlinked(tx, us.shop_id),
    transfers.of_shipments: lambda tx, us: transfers.of_shipments(tx, us.shop_id, [72]),
    transfers.parts: lambda tx, us: transfers.parts(tx, us.shop_id, [71]),
    transfers.parts_of_items: lambda tx, us: transfers.parts_of_items(tx, us.shop_id, [LAMP]),
    transfers.fingerprint: lambda tx, us: transfers.fingerprint(tx, us.shop_id, [71]),
    purchase_orders.every: lambda tx, us: purchase_orders.every(tx, us.shop_id),
    purchase_orders.open_numbered: lambda tx, us: purchase_orders.open_numbered(tx, us.shop_id, ["po-7"]),
    purchase_orders.numbered: lambda tx, us: purchase_orders.numbered(tx, us.shop_id, ["po-7"]),
    purchase_orders.named_suppliers: lambda tx, us: purchase_orders.named_suppliers(tx, us.shop_id),
    purchase_orders.last_suppliers: lambda tx, us: purchase_orders.last_suppliers(tx, us.shop_id, [LAMP_VARIANT]),
    purchase_orders.variants_from: lambda tx, us: (
        purchase_orders.variants_from(tx, us.shop_id, [us.domain]),
        len(purchase_orders.variants_from(tx, us.shop_id, [ALICE, BOB])),
    ),
    purchase_orders.variants_on: lambda tx, us: purchase_orders.variants_on(tx, us.shop_id, [us.purchase_order_id]),
    purchase_order_acts.one: lambda tx, us: purchase_order_acts.one(tx, us.shop_id, us.act_id),
    purchase_order_acts.of_order: lambda tx, us: purchase_order_acts.of_order(tx, us.shop_id, us.purchase_order_id),
    drop_ships.of_lines: lambda tx, us: drop_ships.of_lines(tx, us.shop_id, [FIRST_LINE]),
    drop_ships.of_orders: lambda tx, us: drop_ships.of_orders(tx, us.shop_id, [FIRST]),
    drop_ships.not_ended: lambda tx, us: drop_ships.not_ended(tx, us.shop_id),
    drop_ships.senders: lambda tx, us: drop_ships.senders(tx, us.shop_id, [FIRST_LINE]),
    drop_ships.lines_of_variants: lambda tx, us: drop_ships.lines_of_variants(tx, us.shop_id, [LAMP_VARIANT]),
    drop_ships.waiting_for: lambda tx, us: drop_ships.waiting_for(tx, us.shop_id, us.supplier_id),
    drop_ships.of_supplier: lambda tx, us: (
        drop_ships.keep(tx, us.shop_id, [drop_ships.fresh(FIRST_LINE, FIRST, us.supplier_id, NOON, by_hand=True)]),
        drop_ships.of_supplier(tx, us.shop_id, us.supplier_id),
        len(drop_ships.of_supplier(tx, us.shop_id, us.supplier_id)),
    )[1:],
    supplier_letters.one: lambda tx, us: supplier_letters.one(tx, us.shop_id, us.letter_id),
    supplier_letters.latest: lambda tx, us: supplier_letters.latest(tx, us.shop_id),
    catalogue.drop_shipped_of: lambda tx, us: (
        catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"drop_shipped": True}),
        catalogue.drop_shipped_of(tx, us.shop_id, [LAMP]),
    )[1],
    levels.with_counted_off: lambda tx, us: levels.with_counted_off(tx, us.shop_id),
    outbox.states_of: lambda tx, us: outbox.states_of(tx, us.shop_id, ["mail-0"]),
    suppliers.one: lambda tx, us: suppliers.one(tx, us.shop_id, us.supplier_id),
    suppliers.every: lambda tx, us: suppliers.every(tx, us.shop_id),
    suppliers.named: lambda tx, us: suppliers.named(tx, us.shop_id, ["BRASS & co"]),
    catalogue.delivered_by: lambda tx, us: catalogue.delivered_by(tx, us.shop_id, us.supplier_id),
    promises.latest: lambda tx, us: promises.latest(tx, us.shop_id, [FIRST_LINE]),
    promises.history: lambda tx, us: promises.history(tx, us.shop_id, [FIRST_LINE]),
    promises.numbers: lambda tx, us: promises.numbers(tx, us.shop_id, [FIRST_LINE]),
    promises.latest_days: lambda tx, us: promises.latest_days(tx, us.shop_id, [FIRST]),
    promises.of_orders: lambda tx, us: promises.of_orders(tx, us.shop_id, [FIRST]),
    offers.get: lambda tx, us: offers.get(tx, us.shop_id, [LAMP_VARIANT]),
    offers.leases: lambda tx, us: offers.leases(tx, us.shop_id, [LAMP_VARIANT]),
    offers.held_leases: lambda tx, us: offers.held_leases(tx, us.shop_id),
    offers.oversold: lambda tx, us: offers.oversold(tx, us.shop_id),
    offers.borrowed_items: lambda tx, us: offers.borrowed_items(tx, us.shop_id),
    outbox.open_mails: lambda tx, us: outbox.open_mails(tx, us.shop_id, LANE),
    outbox.owed: lambda tx, us: outbox.owed(tx, us.shop_id, ["mail-1"]),
    outbox.perhaps_told: lambda tx, us: outbox.perhaps_told(tx, us.shop_id, LANE),
    releases.by_us: lambda tx, us: releases.by_us(tx, us.shop_id, LANE),
    releases.put_off: lambda tx, us: (
        outbox.want(tx, us.shop_id, Effect.RELEASE, LANE, FIRST, LATER),
        releases.put_off(tx, us.shop_id, [FIRST], NOON),
    )[1],
    releases.stuck: lambda tx, us: releases.stuck(tx, us.shop_id, [FIRST]),
    outbox.payload: lambda tx, us: outbox.payload(tx, us.shop_id, us.parked_id),
    outbox.counts: lambda tx, us: outbox.counts(tx, us.shop_id),
    outbox.troubled: lambda tx, us: outbox.troubled(tx, us.shop_id),
    dirty.due: lambda tx, us: dirty.due(tx, us.shop_id, LATER),
    dirty.count: lambda tx, us: dirty.count(tx, us.shop_id),
    imports.current: lambda tx, us: imports.current(tx, us.shop_id, NOON),
    imports.progress: lambda tx, us: imports.progress(tx, us.shop_id),
    tokens.get: lambda tx, us: tokens.get(tx, SEALER, us.shop_id),
    contacts.get: lambda tx, us: contacts.get(tx, SEALER, us.shop_id, FIRST),
    contacts.many: lambda tx, us: contacts.many(tx, SEALER, us.shop_id, [FIRST]),
    shops.has_left: lambda tx, us: (shops.set_left(tx, us.shop_id, NOON, us.domain), shops.has_left(tx, us.shop_id))[1],
    ours.count: lambda tx, us: (shown_and_said(tx, us), ours.count(tx, us.shop_id))[1],
    ours.held: lambda tx, us: ours.held(tx, us.shop_id),
    ours.annotated: lambda tx, us: (shown_and_said(tx, us), ours.annotated(tx, us.shop_id))[1],
    ours.products: lambda tx, us: (shown_and_said(tx, us), ours.products(tx, us.shop_id))[1],
    ours.items: lambda tx, us: (shown_and_said(tx, us), ours.items(tx, us.shop_id))[1],
    ours.being_done: lambda tx, us: (
        outbox.want(tx, us.shop_id, Effect.HOLD, LANE, FIRST, NOON),
        ours.being_done(tx, us.shop_id),
    )[1],
    heard.of_shop: lambda tx, us: heard.of_shop(tx, us.shop_id),
    reconciliations.recent: lambda tx, us: reconciliations.recent(tx, us.shop_id),
    reconciliations.record: lambda tx, us: reconciliations.record(tx, us.shop_id).error,
    reconciliations.one: lambda tx, us: reconciliations.one(tx, us.shop_id, ended(tx, us)),
    differences.of_run: lambda tx, us: differences.of_run(tx, us.shop_id, ended(tx, us)),
    differences.kinds: lambda tx, us: differences.kinds(tx, us.shop_id, ended(tx, us)),
    dirty.announced: lambda tx, us: dirty.announced(tx, us.shop_id, Kind.ITEM, [LAMP]),
    outbox.busy_lanes: lambda tx, us: outbox.busy_lanes(tx, us.shop_id),
    outbox.open_targets: lambda tx, us: outbox.open_targets(tx, us.shop_id, [LANE]),
    fingerprints.fingerprint: lambda tx, us: fingerprints.fingerprint(tx, us.shop_id),
}


def ended(tx: Connection, us: Household) -> int:
    """The number of the comparison that ended in a shop."""
    return next(run.run_id for run in reconciliations.recent(tx, us.shop_id) if not run.is_open)


def released(tx: Connection, us: Household) -> None:
    """The first order was let go, once."""
    lane, key = outbox.order_lane(FIRST), f"released-{us.shop_id}"
    if outbox.put(tx, us.shop_id, Effect.RELEASE, lane, FIRST, key, NOON, {"releases": {"1": {}}}):
        row = tx.execute(outbox.outbox.select().where(outbox.outbox.c.key == key)).one()
        taking.finish(tx, row.id, outbox.State.DONE, NOON)


def shown_and_said(tx: Connection, us: Household) -> None:
    """Something of ours is in the store."""
    offers.shown(tx, us.shop_id, LAMP_VARIANT, {"x": us.domain})
    orders.annotated(tx, us.shop_id, FIRST, us.domain)


def said_so(tx: Connection, us: Household) -> None:
    """Staff said once how the first order leaves."""
    if not ways.history(tx, us.shop_id, FIRST):
        ways.say(tx, us.shop_id, [Said(FIRST, Way.TOGETHER, By.STAFF, us.domain, NOON)])


def held(tx: Connection, us: Household, act: HeldBy) -> None:
    """A hold did something to the first order's parcel, once."""
    asked = {
        HeldBy.CUT: bool(hold_acts.cut_of(tx, us.shop_id, FIRST)),
        HeldBy.NARROWED: bool(hold_acts.windows(tx, us.shop_id)),
    }
    if not asked.get(act, bool(hold_acts.lost_since(tx, us.shop_id, FIRST, NOON - SECOND))):
        hold_acts.enter(tx, us.shop_id, [HoldAct(FIRST, PARCEL, act, NOON, FIRST_LINE, 1)])


SEEN = Dirty(Kind.ITEM, LAMP, NOON, 1, 0)


def run_of(tx: Connection, us: Household) -> reconciliations.Run:
    """The comparison that is open in a shop, found further than it was."""
    return replace(reconciliations.recent(tx, us.shop_id)[0], cursor="further")


WRITINGS: dict[Callable[..., Any], Act] = {
    shops.leave: lambda tx, us: shops.leave(tx, us.shop_id, NOON),
    shops.set_left: lambda tx, us: shops.set_left(tx, us.shop_id, NOON, "x"),
    shops.come_back: lambda tx, us: (
        shops.set_left(tx, us.shop_id, NOON, "x"),
        shops.come_back(tx, us.shop_id),
        shops.set_left(tx, us.shop_id, LATER, "y"),
    ),
    ours.shows_nothing: lambda tx, us: (
        shown_and_said(tx, us),
        ours.shows_nothing(tx, us.shop_id, [LAMP_VARIANT]),
    ),
    ours.says_nothing: lambda tx, us: ours.says_nothing(tx, us.shop_id, FIRST, ["tag"]),
    ours.is_uncertain: lambda tx, us: (shown_and_said(tx, us), ours.is_uncertain(tx, us.shop_id)),
    footings.forget: lambda tx, us: footings.forget(tx, us.shop_id),
    outbox.put_letters_by: lambda tx, us: (
        outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
        outbox.put_letters_by(tx, us.shop_id, NOON),
    ),
    outbox.take_letters_up: lambda tx, us: (
        outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
        outbox.put_letters_by(tx, us.shop_id, NOON),
        outbox.take_letters_up(tx, us.shop_id, LATER),
    ),
    shops.describe: lambda tx, us: shops.describe(tx, us.shop_id, shop_seen("renamed")),
    shops.sweep_reached: lambda tx, us: shops.sweep_reached(tx, us.shop_id, LATER),
    shops.set_terms: lambda tx, us: shops.set_terms(tx, us.shop_id, {"cutoff": "09:00"}),
    ways.say: said_so,
    ways.close: lambda tx, us: (
        ways.say(tx, us.shop_id, [Said(FIRST, Way.ASKED, By.SHOP, "", NOON, LATER)]),
        ways.close(tx, us.shop_id, FIRST),
    ),
    hold_acts.enter: lambda tx, us: held(tx, us, HeldBy.CUT),
    catalogue.lock_items: lambda tx, us: catalogue.lock_items(tx, us.shop_id, [99]),
    catalogue.set_tracked: lambda tx, us: catalogue.set_tracked(tx, us.shop_id, [LAMP], tracked=True),
    catalogue.save_variants: lambda tx, us: catalogue.save_variants(tx, us.shop_id, [variant(title="Gold")]),
    catalogue.mark_gone: lambda tx, us: catalogue.mark_gone(tx, us.shop_id, [LAMP_VARIANT], NOON),
    catalogue.set_policy: lambda tx, us: catalogue.set_policy(tx, us.shop_id, LAMP_VARIANT, Policy.CONTINUE, NOON),
    catalogue.choose: lambda tx, us: catalogue.choose(tx, us.shop_id, [LAMP_VARIANT], {"managed": False}),
    collections.put: lambda tx, us: collections.put(tx, us.shop_id, [(81, "x")]),
    collections.forget: lambda tx, us: collections.forget(tx, us.shop_id, [81]),
    collections.add_page: lambda tx, us: collections.add_page(tx, us.shop_id, 81, [9], LATER, None),
    collections.end_pass: lambda tx, us: collections.end_pass(tx, us.shop_id, 81, LATER),
    managing.set_managed: lambda tx, us: managing.set_managed(tx, us.shop_id, [LAMP_VARIANT], managed=False),
    last_choices.keep: lambda tx, us: last_choices.keep(tx, us.shop_id, LastChoice(LATER, "x", {}, {})),
    last_choices.forget: lambda tx, us: last_choices.forget(tx, us.shop_id),
    locations.save_locations: lambda tx, us: locations.save_locations(tx, us.shop_id, [location(name="Moved")]),
    locations.close_others: lambda tx, us: locations.close_others(tx, us.shop_id, ()),
    orders.keep: lambda tx, us: orders.keep(tx, us.shop_id, [orders.Saying(order(), NOON, LATER)], {}),
    order_lines.keep: lambda tx, us: order_lines.keep(tx, us.shop_id, [(FIRST, line(title="Renamed"))]),
    fulfillment_orders.keep: lambda tx, us: fulfillment_orders.keep(tx, us.shop_id, [], [PARCEL]),
    whole_orders.save_all: lambda tx, us: whole_orders.save_all(
        tx,
        us.shop_id,
        [orders.Saying(order(lines=(), fulfillment_orders=()), NOON, LATER)],
        whole_orders.stored(tx, us.shop_id, [FIRST]),
    ),
    whole_orders.save: lambda tx, us: whole_orders.save(
        tx, us.shop_id, order(lines=(), fulfillment_orders=()), NOON, NOON
    ),
    orders.annotated: lambda tx, us: orders.annotated(tx, us.shop_id, FIRST, "{}"),
    orders.annotation_written: lambda tx, us: orders.annotation_written(tx, us.shop_id, FIRST, "digest", ["tag"]),
    orders.forget_customers: lambda tx, us: orders.forget_customers(tx, us.shop_id, [FIRST]),
    refused_deadlines.remember: lambda tx, us: refused_deadlines.remember(tx, us.shop_id, PARCEL, NOON + SECOND),
    refused_deadlines.forget: lambda tx, us: refused_deadlines.forget(tx, us.shop_id),
    whole_orders.forget: lambda tx, us: whole_orders.forget(tx, us.shop_id, [FIRST]),
    claims.replace: lambda tx, us: claims.replace(tx, us.shop_id, FIRST, []),
    claims.move: lambda tx, us: claims.move(tx, us.shop_id, FIRST_LINE, -1),
    claims.lose_turn: lambda tx, us: (
        claims.replace(tx, us.shop_id, FIRST, [claim(stopped_since=NOON)]),
        claims.lose_turn(tx, us.shop_id, [FIRST_LINE]),
    ),
    claims.enter: lambda tx, us: claims.enter(tx, us.shop_id, FIRST, [claim()], [], LATER),
    claims.project: lambda tx, us: claims.project(tx, us.shop_id, [(FIRST_LINE, HERE, None, None)]),
    footings.keep: lambda tx, us: footings.keep(tx, us.shop_id, {(LAMP, HERE): Footing("", None, {}, {})}),
    levels.save: lambda tx, us: levels.save(tx, us.shop_id, [level(available=77)]),
    levels.shipped: lambda tx, us: levels.shipped(tx, us.shop_id, LAMP, HERE, 1),
    levels.set_presumed: lambda tx, us: levels.set_presumed(tx, us.shop_id, LAMP, HERE, 5),
    levels.set_left: lambda tx, us: levels.set_left(tx, us.shop_id, LAMP, HERE, Left(Aside(), 4)),
    levels.returned: lambda tx, us: levels.returned(tx, us.shop_id, LAMP, HERE, 1),
    levels.remove: lambda tx, us: levels.remove(tx, us.shop_id, LAMP, [HERE]),
    counts.enter: lambda tx, us: counts.enter(tx, us.shop_id, [counted()]),
    counts.drop: lambda tx, us: counts.drop(tx, us.shop_id, NOON + SECOND, 10),
    overwriting.landed: lambda tx, us: overwriting.landed(tx, us.shop_id, [HERE]),
    overwriting.answer: lambda tx, us: overwriting.answer(tx, us.shop_id, HERE, said=True, actor="x", at=NOON),
    lots.set_supply: lambda tx, us: lots.set_supply(
        tx, us.shop_id, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=us.purchase_order_line_id, units=0
    ),
    lots.change: lambda tx, us: lots.change(tx, us.shop_id, [(us.lot_id, 9, DUE, "x")]),
    lots.shelf: lambda tx, us: lots.shelf(tx, us.shop_id, LAMP, HERE, units=0, allocated=0),
    lots.apply: lambda tx, us: lots.apply(
        tx, us.shop_id, us.lot_id, [Change(FIRST_LINE, HERE, LAMP, 0, 0, 2, 0)], cause="x", actor="x", at=NOON
    ),
    lots.shelve: lambda tx, us: lots.shelve(
        tx, us.shop_id, {(LAMP, HERE): (9, 0)}, lots.of_items(tx, us.shop_id, [LAMP])
    ),
    lots.apply_all: lambda tx, us: lots.apply_all(
        tx, us.shop_id, {us.lot_id: [Change(FIRST_LINE, HERE, LAMP, 1, 1, 2, 0)]}, cause="x", actor="x", at=NOON
    ),
    lots.lessen: lambda tx, us: lots.lessen(
        tx, us.shop_id, [Change(FIRST_LINE, HERE, LAMP, 1, 0, 2, 0)], cause="x", actor="x", at=NOON
    ),
    lots.loosen: lambda tx, us: lots.loosen(tx, us.shop_id, claim(given=2, kept=1), 0, cause="x", actor="x", at=NOON),
    queue_acts.record: lambda tx, us: queue_acts.record(
        tx, us.shop_id, FIRST, FIRST_LINE, "Moved.", "why", actor="x", at=NOON
    ),
    queue_acts.undone: lambda tx, us: queue_acts.undone(tx, us.shop_id, _act(tx, us), NOON),
    lots.keep: lambda tx, us: lots.keep(tx, us.shop_id, claim(given=2), 1, cause="x", actor="x", at=NOON),
    purchase_orders.create: lambda tx, us: purchase_orders.create(tx, us.shop_id, "PO-8", "", HERE, NOON),
    purchase_orders.add_line: lambda tx, us: purchase_orders.add_line(
        tx, us.shop_id, us.purchase_order_id, LAMP_VARIANT, LAMP, 9, DUE
    ),
    purchase_orders.add_lines: lambda tx, us: purchase_orders.add_lines(
        tx, us.shop_id, us.purchase_order_id, [(LAMP_VARIANT, LAMP, 9, DUE)]
    ),
    purchase_orders.change_lines: lambda tx, us: purchase_orders.change_lines(
        tx, us.shop_id, [(us.purchase_order_line_id, 99, DUE)]
    ),
    purchase_order_acts.record_all: lambda tx, us: purchase_order_acts.record_all(
        tx, us.shop_id, [(us.purchase_order_id, "x", {"lines": {}})], actor="x", at=NOON
    ),
    purchase_orders.change_line: lambda tx, us: purchase_orders.change_line(
        tx, us.shop_id, us.purchase_order_line_id, received=1
    ),
    purchase_orders.cancel: lambda tx, us: purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
    purchase_orders.set_supplier: lambda tx, us: purchase_orders.set_supplier(
        tx, us.shop_id, us.purchase_order_id, "x"
    ),
    purchase_orders.receive: lambda tx, us: purchase_orders.receive(
        tx, us.shop_id, us.purchase_order_line_id, "key-2", 1, NOON, "x"
    ),
    transfers.save: lambda tx, us: transfers.save(
        tx, us.shop_id, Transfer(71, "moved", "CANCELED", HERE, frozenset(), None, None, LATER), []
    ),
    transfers.forget: lambda tx, us: transfers.forget(tx, us.shop_id, [71]),
    transfers.link: lambda tx, us: transfers.link(tx, us.shop_id, 71, us.purchase_order_id, LinkedBy.PERSON),
    transfers.dock: lambda tx, us: transfers.dock(tx, us.shop_id, us.part_id, 1, NOON),
    transfers.booked: lambda tx, us: transfers.booked(tx, us.shop_id, us.part_id, 1),
    lateness.keep: lambda tx, us: lateness.keep(tx, us.shop_id, [], NOON.date()),
    purchase_orders.take_back: lambda tx, us: purchase_orders.take_back(tx, us.shop_id, "key-1"),
    purchase_orders.remove_line: lambda tx, us: purchase_orders.remove_line(tx, us.shop_id, us.purchase_order_line_id),
    purchase_orders.open_again: lambda tx, us: (
        purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
        purchase_orders.open_again(tx, us.shop_id, us.purchase_order_id),
        purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, LATER),
    ),
    purchase_orders.rename_supplier: lambda tx, us: purchase_orders.rename_supplier(
        tx, us.shop_id, [ALICE, BOB], "Glow & Sons"
    ),
    purchase_order_acts.record: lambda tx, us: purchase_order_acts.record(
        tx, us.shop_id, us.purchase_order_id, "x", actor="x", at=NOON
    ),
    purchase_order_acts.undone: lambda tx, us: purchase_order_acts.undone(tx, us.shop_id, us.act_id, NOON),
    drop_ships.keep: lambda tx, us: drop_ships.keep(
        tx, us.shop_id, [drop_ships.fresh(FIRST_LINE, FIRST, None, LATER, by_hand=True)]
    ),
    drop_ships.forget: lambda tx, us: drop_ships.forget(tx, us.shop_id, [FIRST_LINE]),
    drop_ships.mark: lambda tx, us: drop_ships.mark(tx, us.shop_id, [FIRST_LINE], drop_shipped=True),
    drop_ships.let_go: lambda tx, us: drop_ships.let_go(tx, us.shop_id, [FIRST_LINE], LATER),
    drop_ships.shipped: lambda tx, us: drop_ships.shipped(tx, us.shop_id, FIRST_LINE, 1, LATER, "x", {}),
    drop_ships.end: lambda tx, us: drop_ships.end(tx, us.shop_id, [FIRST_LINE], LATER),
    drop_ships.begin_again: lambda tx, us: drop_ships.begin_again(tx, us.shop_id, [FIRST_LINE]),
    outbox.give_up: lambda tx, us: outbox.give_up(tx, us.shop_id, LANE, NOON, "x"),
    drop_ships.forget_parcels: lambda tx, us: drop_ships.forget_parcels(tx, us.shop_id, [FIRST]),
    supplier_letters.add: lambda tx, us: supplier_letters.add(
        tx, us.shop_id, us.supplier_id, "x", "", "", [], actor="x", at=NOON
    ),
    supplier_letters.once_more: lambda tx, us: supplier_letters.once_more(tx, us.shop_id, us.letter_id),
    levels.sent_by_suppliers: lambda tx, us: levels.sent_by_suppliers(tx, us.shop_id, LAMP, HERE, 1),
    suppliers.add: lambda tx, us: suppliers.add(tx, us.shop_id, "x", lead_time_days=None),
    suppliers.change: lambda tx, us: suppliers.change(tx, us.shop_id, us.supplier_id, name="x"),
    suppliers.remove: lambda tx, us: suppliers.remove(tx, us.shop_id, us.supplier_id),
    catalogue.come_from: lambda tx, us: catalogue.come_from(tx, us.shop_id, {LAMP_VARIANT: None}),
    catalogue.forget_supplier: lambda tx, us: catalogue.forget_supplier(tx, us.shop_id, us.supplier_id),
    promises.add: lambda tx, us: promises.add(tx, us.shop_id, promise(2)),
    promises.add_all: lambda tx, us: promises.add_all(tx, us.shop_id, [promise(2), promise(3)]),
    promises.tell: lambda tx, us: promises.tell(tx, us.shop_id, FIRST_LINE, 1, NOON),
    offers.decide: lambda tx, us: offers.decide(tx, us.shop_id, LAMP_VARIANT, "ended", "x", {}, NOON),
    offers.decide_all: lambda tx, us: offers.decide_all(
        tx, us.shop_id, [offers.Decided(LAMP_VARIANT, "ended", "x", {})], NOON
    ),
    offers.shown: lambda tx, us: offers.shown(tx, us.shop_id, LAMP_VARIANT, {"x": 1}),
    offers.put_lease: lambda tx, us: offers.put_lease(
        tx, us.shop_id, Lease(LAMP_VARIANT, Policy.CONTINUE, Policy.DENY), NOON
    ),
    offers.drop_lease: lambda tx, us: offers.drop_lease(tx, us.shop_id, LAMP_VARIANT),
    outbox.want: lambda tx, us: outbox.want(tx, us.shop_id, Effect.HOLD, LANE, FIRST, NOON),
    outbox.want_all: lambda tx, us: outbox.want_all(tx, us.shop_id, [Target(Effect.HOLD, LANE, FIRST)], NOON),
    outbox.owe: lambda tx, us: outbox.owe(tx, us.shop_id, [Letter(LANE, FIRST, "mail-3", {})], NOON, delay=SECOND),
    outbox.put: lambda tx, us: outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
    taking.take: lambda tx, us: taking.take(tx, NOON, us.shop_id),
    outbox.again: lambda tx, us: outbox.again(tx, us.shop_id, us.parked_id, NOON),
    outbox.retry_parked_targets: lambda tx, us: outbox.retry_parked_targets(tx, us.shop_id, NOON),
    outbox.retry_parked_for: lambda tx, us: outbox.retry_parked_for(tx, us.shop_id, us.domain, NOON),
    outbox.hurry: lambda tx, us: (
        outbox.again(tx, us.shop_id, us.parked_id, NOON),
        taking.retry(tx, taking.take(tx, NOON, us.shop_id), NOON, "busy", 60.0, passing=True),
        outbox.hurry(tx, us.shop_id, NOON),
    ),
    outbox.drop_shop: lambda tx, us: outbox.drop_shop(tx, us.shop_id, NOON, "left"),
    outbox.forget_shop: lambda tx, us: outbox.forget_shop(tx, us.shop_id),
    dirty.defer_all: lambda tx, us: dirty.defer_all(tx, us.shop_id, [(SEEN, LATER)]),
    dirty.defer: lambda tx, us: dirty.defer(tx, us.shop_id, SEEN, LATER),
    dirty.hurry: lambda tx, us: (
        dirty.defer(tx, us.shop_id, SEEN, LATER, "busy"),
        dirty.hurry(tx, us.shop_id, NOON - SECOND),
    ),
    dirty.remind: lambda tx, us: dirty.remind(tx, us.shop_id, Kind.ORDER, [77], LATER),
    dirty.mark_for: lambda tx, us: dirty.mark_for(tx, us.shop_id, Kind.ITEM, [LAMP], NOON, LATER),
    dirty.mark: lambda tx, us: dirty.mark(tx, us.shop_id, Kind.ITEM, [LAMP], NOON),
    dirty.clear: lambda tx, us: dirty.clear(tx, us.shop_id, [SEEN]),
    dirty.postpone: lambda tx, us: dirty.postpone(tx, us.shop_id, SEEN, NOON, SECOND, "x"),
    dirty.forget_shop: lambda tx, us: dirty.forget_shop(tx, us.shop_id),
    imports.start: lambda tx, us: imports.start(tx, us.shop_id, ("orders",), NOON),
    imports.advance: lambda tx, us: imports.advance(tx, us.shop_id, "variants", cursor="x", read=1, at=NOON),
    imports.postpone: lambda tx, us: imports.postpone(tx, us.shop_id, "variants", NOON, "x"),
    imports.forget_shop: lambda tx, us: imports.forget_shop(tx, us.shop_id),
    rests.begin: lambda tx, us: rests.begin(tx, us.shop_id, NOON, SECOND, SECOND, "x"),
    rests.end: lambda tx, us: rests.end(tx, us.shop_id),
    rests.served: lambda tx, us: rests.served(tx, us.shop_id, LATER),
    turns.begin_turn: lambda tx, us: turns.begin_turn(tx, us.shop_id, "observe", "y", LATER, 30),
    turns.take_turn: lambda tx, us: turns.take_turn(tx, us.shop_id, "observe", "x", LATER, 30),
    turns.end_turn: lambda tx, us: turns.end_turn(tx, us.shop_id, "observe", us.domain),
    tokens.put: lambda tx, us: tokens.put(tx, SEALER, us.shop_id, pair()),
    tokens.lease_refresh: lambda tx, us: tokens.lease_refresh(tx, us.shop_id, 1, NOON, 30),
    tokens.give_up_refresh: lambda tx, us: (
        tokens.lease_refresh(tx, us.shop_id, 1, NOON, 30),
        tokens.give_up_refresh(tx, us.shop_id, 1),
        tokens.expire(tx, us.shop_id, 1, NOON),
    ),
    tokens.expire: lambda tx, us: tokens.expire(tx, us.shop_id, 1, NOON),
    tokens.spent: lambda tx, us: tokens.spent(tx, us.shop_id, 1, NOON),
    tokens.forget: lambda tx, us: tokens.forget(tx, us.shop_id),
    contacts.put: lambda tx, us: contacts.put(tx, SEALER, us.shop_id, ContactSeen(FIRST, "x@y.z", None, None)),
    contacts.erase: lambda tx, us: contacts.erase(tx, us.shop_id, [FIRST]),
    answers.begin: lambda tx, us: answers.begin(tx, us.shop_id, "key-2", "x", NOON),
    answers.finish: lambda tx, us: answers.finish(tx, us.shop_id, "key-1", Answer(500, "text/plain", "x")),
    answers.abandon: lambda tx, us: (
        answers.begin(tx, us.shop_id, "key-2", "x", NOON),
        answers.abandon(tx, us.shop_id, "key-2"),
        answers.finish(tx, us.shop_id, "key-1", Answer(500, "text/plain", "x")),
    ),
    answers.forget_shop: lambda tx, us: answers.forget_shop(tx, us.shop_id),
    heard.note: lambda tx, us: heard.note(tx, us.shop_id, [LATER]),
    reconciliations.ask: lambda tx, us: (
        reconciliations.end(tx, us.shop_id, None, NOON),
        reconciliations.ask(tx, us.shop_id, reconciliations.Why.COMMAND, "x", NOON),
    ),
    reconciliations.take: lambda tx, us: reconciliations.take(tx, us.shop_id, LATER),
    reconciliations.save: lambda tx, us: reconciliations.save(tx, us.shop_id, run_of(tx, us), LATER),
    reconciliations.postpone: lambda tx, us: reconciliations.postpone(
        tx, us.shop_id, run_of(tx, us).run_id, LATER, "x"
    ),
    reconciliations.end: lambda tx, us: reconciliations.end(tx, us.shop_id, None, LATER),
    differences.keep: lambda tx, us: differences.keep(
        tx, us.shop_id, ended(tx, us), differences.of_run(tx, us.shop_id, ended(tx, us)), before=1
    ),
}

# What Alice might try with the numbers that our books gave Bob.
TRESPASSES: dict[str, Act] = {
    "his purchase order": lambda tx, us: purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
    "his line": lambda tx, us: purchase_orders.change_line(tx, us.shop_id, us.purchase_order_line_id, received=1),
    "his lot": lambda tx, us: lots.change(tx, us.shop_id, [(us.lot_id, 9, DUE, "x")]),
    "his transfer's part": lambda tx, us: transfers.dock(tx, us.shop_id, us.part_id, 1, NOON),
    "his supplier": lambda tx, us: suppliers.change(tx, us.shop_id, us.supplier_id, lead_time_days=1),
    "his supplier, for good": lambda tx, us: suppliers.remove(tx, us.shop_id, us.supplier_id),
    "what he did": lambda tx, us: purchase_order_acts.undone(tx, us.shop_id, us.act_id, NOON),
    "lines of his": lambda tx, us: purchase_orders.change_lines(tx, us.shop_id, [(us.purchase_order_line_id, 99, DUE)]),
    "a line of his": lambda tx, us: purchase_orders.remove_line(tx, us.shop_id, us.purchase_order_line_id),
    "his letter to a supplier": lambda tx, us: supplier_letters.once_more(tx, us.shop_id, us.letter_id),
    "his parked row": lambda tx, us: outbox.again(tx, us.shop_id, us.parked_id, NOON),
}


def name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def asking_for_a_shop() -> Iterator[Callable[..., Any]]:
    """Every public function of a book that takes a shop's number."""
    for book in (
        *BOOKS,
        backlog,
        queues,
        releases,
        taking,
        let_go,
        fingerprints,
        ours,
        refused_deadlines,
        whole_orders,
        managing,
    ):
        for _, function in inspect.getmembers(book, inspect.isfunction):
            own = function.__module__ == book.__name__ and not function.__name__.startswith("_")
            if own and "shop_id" in inspect.signature(function).parameters:
                yield function


def test_every_function_that_asks_for_a_shop_is_tried_here():
    tried = {name(function) for function in (*READINGS, *WRITINGS)}
    asking = {name(function) for function in asking_for_a_shop()}
    assert asking - tried == set(), "add each to READINGS or WRITINGS"
    assert tried - asking == set()


class Street:
    """Alice and Bob, moved in once: who writes takes it back, so that the next finds them as they were."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self.alice = move_in(tx, ALICE, 2)
        # What each reading says while Alice has no neighbour.
        self.alone = {}
        for reading, read in READINGS.items():
            with self.as_it_was():
                self.alone[reading] = read(tx, self.alice)
        self.bob = move_in(tx, BOB, 3)
        self.rows = rows_of(tx, self.alice), rows_of(tx, self.bob)

    @contextmanager
    def as_it_was(self) -> Iterator[Connection]:
        with self._tx.begin_nested() as step:
            yield self._tx
            step.rollback()


@pytest.fixture(scope="module")
def street(shared_tx: Connection) -> Iterator[Street]:
    with shared_tx.begin_nested() as step:
        yield Street(shared_tx)
        step.rollback()


@pytest.mark.parametrize("reading", READINGS, ids=name)
def test_a_reading_for_alice_never_shows_what_is_bobs(street: Street, reading):
    alone = street.alone[reading]
    assert alone, "a reading that finds nothing proves nothing"
    assert BOB not in repr(alone)
    with street.as_it_was() as tx:
        assert READINGS[reading](tx, street.alice) == alone
        assert READINGS[reading](tx, street.bob), "and Bob has his own"


@pytest.mark.parametrize("writing", WRITINGS, ids=name)
def test_a_writing_for_alice_never_touches_what_is_bobs(street: Street, writing):
    before, neighbours = street.rows
    with street.as_it_was() as tx:
        WRITINGS[writing](tx, street.alice)
        assert rows_of(tx, street.bob) == neighbours
        assert rows_of(tx, street.alice) != before, "a writing that changes nothing proves nothing"


@pytest.mark.parametrize("trespass", TRESPASSES)
def test_alice_can_do_nothing_with_bobs_numbers(street: Street, trespass):
    posing = replace(street.bob, shop_id=street.alice.shop_id, domain=ALICE)
    with street.as_it_was() as tx:
        TRESPASSES[trespass](tx, posing)
        assert (rows_of(tx, street.alice), rows_of(tx, street.bob)) == street.rows
        TRESPASSES[trespass](tx, street.bob)
        assert rows_of(tx, street.bob) != street.rows[1], "Bob himself may"


def test_bobs_numbers_name_nothing_that_alice_can_read(street: Street):
    alice, bob = street.alice, street.bob
    with street.as_it_was() as tx:
        assert purchase_orders.one(tx, alice.shop_id, bob.purchase_order_id) is None
        assert purchase_orders.line(tx, alice.shop_id, bob.purchase_order_line_id) is None
        assert lots.total_allocated(tx, alice.shop_id, bob.lot_id) == 0
