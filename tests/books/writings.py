"""Every writing in a book that asks for a shop: how it is tried in a household, so that it changes something."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backorder.db import (
    answers,
    catalogue,
    claim_ledger,
    claims,
    collections,
    contacts,
    counts,
    data_requests,
    differences,
    dirty,
    drop_ships,
    footings,
    fulfillment_orders,
    heard,
    hold_acts,
    imports,
    last_choices,
    lateness,
    levels,
    locations,
    lots,
    mails,
    managing,
    named_suppliers,
    offers,
    order_lines,
    orders,
    ours,
    outbox,
    overwriting,
    past_effects,
    promises,
    purchase_order_acts,
    purchase_orders,
    queue_acts,
    receipts,
    reconciliations,
    refused_deadlines,
    rests,
    shops,
    supplier_letters,
    suppliers,
    taking,
    tokens,
    transfers,
    troubles,
    turns,
    ways,
    whole_orders,
)
from backorder.db.answers import Answer
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act as HeldBy
from backorder.db.last_choices import LastChoice
from backorder.db.lots import Change
from backorder.db.mails import Letter
from backorder.db.outbox import Effect, Target
from backorder.db.transfers import LinkedBy, Transfer
from backorder.db.ways import Said
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
    NOON,
    PARCEL,
    REQUEST,
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
from tests.books.deeds import LATER, SEEN, Act, ended, held, queue_act, said_so, shown_and_said
from tests.books.neighbours import LANE, SEALER, Household


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
    mails.put_by: lambda tx, us: (
        outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
        mails.put_by(tx, us.shop_id, NOON),
    ),
    contacts.drop: lambda tx, us: (
        outbox.drop_shop(tx, us.shop_id, NOON, "over"),
        claims.replace(tx, us.shop_id, FIRST, ()),
        contacts.drop(tx, us.shop_id, most=100),
    ),
    past_effects.drop: lambda tx, us: past_effects.drop(tx, us.shop_id, LATER, most=100),
    mails.take_up: lambda tx, us: (
        outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
        mails.put_by(tx, us.shop_id, NOON),
        mails.take_up(tx, us.shop_id, LATER),
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
    claim_ledger.enter: lambda tx, us: claim_ledger.enter(tx, us.shop_id, FIRST, [claim()], [], LATER),
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
    data_requests.note: lambda tx, us: data_requests.note(tx, us.shop_id, REQUEST + 1, [FIRST], NOON),
    data_requests.answered: lambda tx, us: data_requests.answered(tx, us.shop_id, REQUEST, NOON, "x"),
    data_requests.forget_orders: lambda tx, us: data_requests.forget_orders(tx, us.shop_id, [FIRST]),
    data_requests.drop: lambda tx, us: data_requests.drop(tx, us.shop_id, LATER, 9),
    queue_acts.record: lambda tx, us: queue_acts.record(
        tx, us.shop_id, FIRST, FIRST_LINE, "Moved.", "why", actor="x", at=NOON
    ),
    queue_acts.undone: lambda tx, us: queue_acts.undone(tx, us.shop_id, queue_act(tx, us), NOON),
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
    purchase_orders.set_location: lambda tx, us: purchase_orders.set_location(
        tx, us.shop_id, us.purchase_order_id, HERE + 1
    ),
    purchase_orders.set_supplier: lambda tx, us: purchase_orders.set_supplier(
        tx, us.shop_id, us.purchase_order_id, "x"
    ),
    receipts.receive: lambda tx, us: receipts.receive(tx, us.shop_id, us.purchase_order_line_id, "key-2", 1, NOON, "x"),
    transfers.save: lambda tx, us: transfers.save(
        tx, us.shop_id, Transfer(71, "moved", "CANCELED", HERE, frozenset(), None, None, LATER), []
    ),
    transfers.forget: lambda tx, us: transfers.forget(tx, us.shop_id, [71]),
    transfers.link: lambda tx, us: transfers.link(tx, us.shop_id, 71, us.purchase_order_id, LinkedBy.PERSON),
    transfers.dock: lambda tx, us: transfers.dock(tx, us.shop_id, us.part_id, 1, NOON),
    transfers.booked: lambda tx, us: transfers.booked(tx, us.shop_id, us.part_id, 1),
    lateness.keep: lambda tx, us: lateness.keep(tx, us.shop_id, [], NOON.date()),
    receipts.take_back: lambda tx, us: receipts.take_back(tx, us.shop_id, "key-1"),
    purchase_orders.remove_line: lambda tx, us: purchase_orders.remove_line(tx, us.shop_id, us.purchase_order_line_id),
    purchase_orders.open_again: lambda tx, us: (
        purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
        purchase_orders.open_again(tx, us.shop_id, us.purchase_order_id),
        purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, LATER),
    ),
    named_suppliers.rename: lambda tx, us: named_suppliers.rename(tx, us.shop_id, [ALICE, BOB], "Glow & Sons"),
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
    troubles.give_up: lambda tx, us: troubles.give_up(tx, us.shop_id, LANE, NOON, "x"),
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
    mails.owe: lambda tx, us: mails.owe(tx, us.shop_id, [Letter(LANE, FIRST, "mail-3", {})], NOON, delay=SECOND),
    outbox.put: lambda tx, us: outbox.put(tx, us.shop_id, Effect.MAIL, LANE, FIRST, "mail-3", NOON),
    taking.take: lambda tx, us: taking.take(tx, NOON, us.shop_id),
    troubles.again: lambda tx, us: troubles.again(tx, us.shop_id, us.parked_id, NOON),
    troubles.retry_parked_targets: lambda tx, us: troubles.retry_parked_targets(tx, us.shop_id, NOON),
    troubles.retry_parked_for: lambda tx, us: troubles.retry_parked_for(tx, us.shop_id, us.domain, NOON),
    troubles.hurry: lambda tx, us: (
        troubles.again(tx, us.shop_id, us.parked_id, NOON),
        taking.retry(tx, taking.take(tx, NOON, us.shop_id), NOON, "busy", 60.0, passing=True),
        troubles.hurry(tx, us.shop_id, NOON),
    ),
    outbox.drop_shop: lambda tx, us: outbox.drop_shop(tx, us.shop_id, NOON, "left"),
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
