"""Two shops whose books are full of the same numbers, so that whatever forgets to ask for the shop finds the other's."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

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
    heard,
    hold_acts,
    imports,
    inbox,
    last_choices,
    lateness,
    levels,
    locations,
    lots,
    offers,
    outbox,
    overwriting,
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
    turns,
    ways,
    whole_orders,
)
from backorder.db.answers import Answer
from backorder.db.books import metadata
from backorder.db.differences import Difference
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.hold_acts import Act, HoldAct
from backorder.db.last_choices import LastChoice
from backorder.db.lots import Change
from backorder.db.outbox import Effect, State, order_lane
from backorder.db.sealed import Sealer
from backorder.db.supplier_letters import Passed
from backorder.db.transfers import LinkedBy, Transfer, TransferPart
from backorder.db.ways import Said
from backorder.rules.causes import Cause, Explained, Repair
from backorder.rules.causes import Kind as Reason
from backorder.rules.drop_ship import Tell, Told
from backorder.rules.footing import Footing
from backorder.rules.lateness import Shipment
from backorder.rules.lease import Lease
from backorder.rules.lots import LotKind
from backorder.rules.mixed import By, Way
from backorder.rules.rises import Aside
from backorder.rules.seen import ContactSeen, Policy
from backorder.rules.transfers import UNSHIPPED, Part
from tests.books.cast import (
    DUE,
    FIRST,
    FIRST_LINE,
    HERE,
    LAMP,
    LAMP_VARIANT,
    NOON,
    PARCEL,
    REQUEST,
    claim,
    counted,
    delivery,
    level,
    line,
    location,
    order,
    pair,
    promise,
    shop_seen,
    variant,
)

LANE = order_lane(FIRST)
SEALER = Sealer("the-key-that-seals-the-books")


@dataclass(frozen=True)
class Household:
    """A shop with a row in every book, and the numbers that our books gave them."""

    shop_id: int
    domain: str
    lot_id: int
    purchase_order_id: int
    purchase_order_line_id: int
    parked_id: int
    part_id: int
    supplier_id: int = 0
    act_id: int = 0
    letter_id: int = 0


def move_in(tx: Connection, domain: str, units: int) -> Household:
    """A shop whose books are full: the store's numbers are everybody's, ``units`` and names are its own."""
    shop_id = shops.install(tx, domain, NOON).shop_id
    shops.describe(tx, shop_id, shop_seen(domain))
    shops.sweep_reached(tx, shop_id, NOON)
    locations.save_locations(tx, shop_id, [location(HERE, domain)])
    catalogue.save_variants(tx, shop_id, [variant(product_title=domain)])
    catalogue.set_tracked(tx, shop_id, [LAMP], tracked=False)
    catalogue.choose(tx, shop_id, [LAMP_VARIANT], {"managed": True})
    collections.put(tx, shop_id, [(81, domain)])
    collections.add_page(tx, shop_id, 81, [units], NOON, domain)
    whole_orders.save(tx, shop_id, order(name=domain, lines=(line(unfulfilled=units),)), NOON, NOON)
    refused_deadlines.remember(tx, shop_id, PARCEL, NOON)
    claims.replace(tx, shop_id, FIRST, [claim(units=units)])
    claim_ledger.enter(tx, shop_id, FIRST, [], [claim(units=units)], NOON)
    claims.project(tx, shop_id, [(FIRST_LINE, HERE, DUE, units)])
    footings.keep(tx, shop_id, {(LAMP, HERE): Footing(domain, None, {}, {0: units})})
    levels.save(tx, shop_id, [level(available=units, aside=Aside(1, NOON, "none fits"), counted_off=units)])
    counts.enter(tx, shop_id, [counted(unexplained=-units)])
    overwriting.landed(tx, shop_id, [HERE] * (units + 1))
    lot_id = lots.shelf(tx, shop_id, LAMP, HERE, units=units, allocated=units)
    given = Change(FIRST_LINE, HERE, LAMP, units, 0, 0, 0)
    lots.apply(tx, shop_id, lot_id, [given], cause=domain, actor="promised", at=NOON)
    ordered = purchase_orders.create(tx, shop_id, "PO-7", domain, HERE, NOON)
    assert ordered is not None
    po_line = purchase_orders.add_line(tx, shop_id, ordered, LAMP_VARIANT, LAMP, units, DUE)
    receipts.receive(tx, shop_id, po_line, "key-1", units, NOON, domain)
    lots.set_supply(tx, shop_id, LAMP, HERE, LotKind.PURCHASE_ORDER, source_id=po_line, units=units, due_on=DUE)
    parts = _transfers(tx, shop_id, domain, units, ordered)
    lateness.keep(tx, shop_id, [Shipment(domain, units)], DUE + timedelta(days=units))
    supplier_id, act_id, letter_id = _bought(tx, shop_id, domain, units, ordered)
    promises.add(tx, shop_id, promise(reason=domain))
    decided = offers.Decided(LAMP_VARIANT, "backorder", domain, {"units": units}, over=units)
    offers.decide_all(tx, shop_id, [decided], NOON)
    last_choices.keep(tx, shop_id, LastChoice(NOON, domain, {LAMP_VARIANT: {}}, {LAMP_VARIANT: {}}))
    offers.put_lease(tx, shop_id, Lease(LAMP_VARIANT, Policy.DENY, Policy.CONTINUE), NOON)
    data_requests.note(tx, shop_id, REQUEST, [FIRST], NOON)
    queue_acts.record(tx, shop_id, FIRST, FIRST_LINE, domain, "why", actor="alice", at=NOON, change={"rank": [units]})
    parked_id = _outbox(tx, shop_id, domain)
    dirty.mark(tx, shop_id, Kind.ITEM, [LAMP], NOON)
    turns.take_turn(tx, shop_id, "observe", domain, NOON, 30)
    rests.begin(tx, shop_id, NOON - timedelta(seconds=60), timedelta(0), timedelta(0), domain)
    imports.start(tx, shop_id, ("variants",), NOON)
    imports.advance(tx, shop_id, "variants", cursor=domain, read=units, at=NOON)
    tokens.put(tx, SEALER, shop_id, pair(access=domain))
    contacts.put(tx, SEALER, shop_id, ContactSeen(FIRST, f"carol@{domain}", "Carol", "en"))
    answers.begin(tx, shop_id, "key-1", "a request", NOON)
    answers.finish(tx, shop_id, "key-1", Answer(200, "text/plain", domain))
    inbox.put(tx, SEALER, delivery(shop_domain=domain), NOON)
    heard.note(tx, shop_id, [NOON + timedelta(seconds=units)])
    _compared(tx, shop_id, domain)
    return Household(
        shop_id, domain, lot_id, ordered, po_line, parked_id, parts[0].part_id, supplier_id, act_id, letter_id
    )


def _compared(tx: Connection, shop_id: int, domain: str) -> None:
    """A comparison found a level that differed, and another is under way."""
    reconciliations.ask(tx, shop_id, reconciliations.Why.DEMAND, domain, NOON)
    reconciliations.end(tx, shop_id, None, NOON, domain)
    why = Explained(Cause.UNEXPLAINED, Repair.READ_AGAIN, domain)
    run_id = reconciliations.recent(tx, shop_id)[0].run_id
    differences.keep(tx, shop_id, run_id, [Difference(Reason.LEVEL, LAMP, domain, "1", "2", why)], before=0)
    reconciliations.ask(tx, shop_id, reconciliations.Why.DEMAND, domain, NOON)


def with_ways(tx: Connection, household: Household) -> Household:
    """The same shop, whose staff said how its first order leaves, and of whose parcel a hold was lost."""
    shop_id = household.shop_id
    ways.say(tx, shop_id, [Said(FIRST, Way.TOGETHER, By.STAFF, household.domain, NOON)])
    hold_acts.enter(tx, shop_id, [HoldAct(FIRST, PARCEL, Act.LOST, NOON, FIRST_LINE, 1)])
    return household


def _bought(tx: Connection, shop_id: int, domain: str, units: int, ordered: int) -> tuple[int, int, int]:
    """Who delivers the lamp, what was done to its purchase order, and the letter to them."""
    supplier_id = suppliers.add(tx, shop_id, "Brass & Co", lead_time_days=units, note=domain)
    assert supplier_id is not None
    catalogue.come_from(tx, shop_id, {LAMP_VARIANT: supplier_id})
    purchase_order_acts.record(tx, shop_id, ordered, domain, actor="alice", at=NOON, change={"units": units})
    letter_id = _sent_by_supplier(tx, shop_id, domain, units, supplier_id)
    return supplier_id, purchase_order_acts.of_order(tx, shop_id, ordered)[0].act_id, letter_id


def _sent_by_supplier(tx: Connection, shop_id: int, domain: str, units: int, supplier_id: int) -> int:
    """The first line is sent by who delivers the lamp, who was told so by a letter; its number."""
    row = drop_ships.fresh(FIRST_LINE, FIRST, supplier_id, NOON, by_hand=True)
    drop_ships.keep(tx, shop_id, [replace(row, told=Told(units), told_at=NOON, order_name=domain)])
    drop_ships.shipped(tx, shop_id, FIRST_LINE, units, NOON, domain, {"tracking": domain})
    passed = Passed(FIRST_LINE, FIRST, domain, "Lamp", None, Tell.NEW, units, 0, DUE)
    return supplier_letters.add(tx, shop_id, supplier_id, domain, "glow@example.com", "", [passed], actor="x", at=NOON)


def _transfers(tx: Connection, shop_id: int, domain: str, units: int, ordered: int) -> tuple[TransferPart, ...]:
    """Goods on their way, with a shipment and a rest, and another transfer that carries a purchase order."""
    of_transfer = Transfer(71, domain, "IN_PROGRESS", HERE, frozenset({domain}), None, None, NOON)
    rest = Part(UNSHIPPED, LAMP, domain, units, 0, units, None)
    transfers.save(tx, shop_id, of_transfer, [Part(72, LAMP, domain, units, 0, units, NOON), rest])
    carrying = replace(of_transfer, transfer_id=73, purchase_order_id=ordered, linked_by=LinkedBy.PERSON)
    transfers.save(tx, shop_id, carrying, [])
    parts = transfers.parts(tx, shop_id, [71])
    for part in parts:
        kind = LotKind.SHIPMENT if part.shipped else LotKind.TRANSFER
        lots.set_supply(tx, shop_id, LAMP, HERE, kind, source_id=part.part_id, units=units)
    return parts


def _outbox(tx: Connection, shop_id: int, domain: str) -> int:
    """A parked release, a letter nobody knows of, and mails behind them; the number of the first."""
    released = {"releases": {str(PARCEL): {"holds": [shop_id * 100]}}}
    outbox.put(tx, shop_id, Effect.RELEASE, LANE, FIRST, "release-1", NOON, released)
    due = taking.take(tx, NOON, shop_id)
    assert due is not None
    taking.finish(tx, due.outbox_id, State.PARKED, NOON, error=domain)
    outbox.put(tx, shop_id, Effect.MAIL, LANE, FIRST, "mail-0", NOON, {"versions": [[FIRST_LINE + shop_id, 1]]})
    taking.finish(tx, due.outbox_id + 1, State.UNKNOWN, NOON)
    outbox.put(tx, shop_id, Effect.MAIL, LANE, FIRST, "mail-1", NOON, {"shop": domain})
    outbox.put(tx, shop_id, Effect.ANNOTATE, order_lane(53), 53, "annotate-1", NOON, {"shop": domain})
    taking.finish(tx, outbox.newest(tx), State.DONE, NOON)
    outbox.put(tx, shop_id, Effect.MAIL, order_lane(52), 52, "mail-2", NOON, {"shop": domain})
    return due.outbox_id


def rows_of(tx: Connection, household: Household) -> dict[str, list[str]]:
    """Every row of a shop in every table, by table, each as the database spells it out."""
    found: dict[str, list[str]] = {table.name: [] for table in metadata.sorted_tables}
    for name, row in tx.execute(_every_row(tx.dialect.name), {"shop": household.shop_id, "domain": household.domain}):
        found[name].append(row)
    return {name: sorted(rows) for name, rows in found.items()}


@cache
def _every_row(dialect: str) -> CompoundSelect[Any]:
    """One question for all tables: there are fifty, and who writes is followed by two readings."""
    return union_all(
        *(
            select(literal(table.name, Text), _spelled(table, dialect)).select_from(table).where(_owner(table))
            for table in metadata.sorted_tables
        )
    )


def _spelled(table: Table, dialect: str) -> ColumnElement[str]:
    """A whole row as text, in which nothing is the same as something else."""
    if dialect == "postgresql":
        return cast(literal_column(table.name), Text)
    return reduce(lambda row, cell: row + "," + cell, (func.quote(column, type_=Text) for column in table.c))


def _owner(table: Table) -> ColumnElement[bool]:
    """What makes a row a shop's own."""
    if "shop_id" in table.c:
        return table.c.shop_id == bindparam("shop")
    return (table.c.shop_domain if "shop_domain" in table.c else table.c.domain) == bindparam("domain")
