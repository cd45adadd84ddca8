"""A decision that is written together is what a decision written row by row is, and its statements do not grow with the queue."""

import json
import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from backorder import allocate
from backorder.db import (
    arrays,
    catalogue,
    claims,
    levels,
    locations,
    lots,
    offers,
    orders,
    outbox,
    promises,
    whole_orders,
)
from backorder.db.books import metadata
from backorder.db.engine import Database
from backorder.db.lots import Change
from backorder.db.outbox import Effect, State
from backorder.db.proofs import PROOFS
from backorder.rules.lease import Lease
from backorder.rules.lots import LotKind
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.settle import settle
from bench.waiting import NOW, SHOP, Problem, mark, open_shop, place_orders, readings, time_passes
from tests.books import row_by_row
from tests.books.cast import DUE, HERE, NOON, THERE, claim, level, location, order, promise, variant
from tests.dice import seeds

ITEMS = (11, 12, 13)
BY_NUMBER = {"outbox", "allocation_ledger"}  # books whose rows have no other name than a number of ours
SEEDS = seeds(5)


def a_scene(tx, shop_id, seed):
    """Some items, at two places, in any state that the books may be in, by dice."""
    dice = random.Random(seed)
    locations.save_locations(tx, shop_id, [location(HERE), location(THERE, "Shop")])
    for item_id in ITEMS:
        shown = variant(
            variant_id=item_id + 10, product_id=item_id + 20, item_id=item_id, policy=dice.choice(list(Policy))
        )
        catalogue.save_variants(tx, shop_id, [shown])
        catalogue.choose(tx, shop_id, [item_id + 10], {"managed": dice.random() < 0.8})
        catalogue.set_tracked(tx, shop_id, [item_id], tracked=dice.random() < 0.9)
        if dice.random() < 0.4:
            offers.put_lease(tx, shop_id, Lease(item_id + 10, Policy.DENY, shown.policy), NOON)
        if dice.random() < 0.4:
            offers.decide(tx, shop_id, item_id + 10, "backorder", "before", {"v": 1}, NOON)
    queues = {}
    for number in range(dice.randrange(3, 14)):
        _somebody_orders(tx, shop_id, dice, 100 + number, queues)
    for (item_id, place), queue in queues.items():
        _a_shelf(tx, shop_id, dice, item_id, place, queue)
    return ITEMS[: dice.randrange(1, 4)]


def _somebody_orders(tx, shop_id, dice, number, queues):
    whole_orders.save(
        tx, shop_id, order(order_id=number, name=f"#{number}", test=dice.random() < 0.1, lines=()), NOON, NOON
    )
    made = []
    for line_id in range(number * 10, number * 10 + dice.randrange(1, 3)):
        item_id = dice.choice(ITEMS)
        for place in dice.choice([(HERE,), (THERE,), (HERE,), (HERE, THERE)]):
            units = dice.randrange(1, 5)
            later = ((NOON + timedelta(hours=number), 1),) if units > 1 and dice.random() < 0.2 else ()
            made.append(
                claim(
                    line_id,
                    number,
                    item_id=item_id,
                    location_id=place,
                    units=units,
                    exposed=dice.randrange(units + 1),
                    since=NOON + timedelta(minutes=dice.randrange(60)),
                    ready=dice.random() < 0.8,
                    in_works=dice.choice([0, 0, 0, 1]),
                    routed=dice.random() < 0.9,
                    later=later,
                )
            )
            queues.setdefault((item_id, place), []).append(made[-1])
        for version in range(1, dice.randrange(4)):
            said = {
                "order_id": number,
                "ship_by": dice.choice([None, DUE, DUE - timedelta(days=9), DUE + timedelta(days=30)]),
                "basis": dice.choice(list(Basis)),
                "told_at": NOON if dice.random() < 0.6 else None,
            }
            promises.add(tx, shop_id, promise(version, line_id, **said))
    claims.replace(tx, shop_id, number, made)
    for effect in (Effect.HOLD, Effect.RELEASE, Effect.ANNOTATE):
        if dice.random() < 0.3:
            outbox.want(tx, shop_id, effect, outbox.order_lane(number), number, NOON)
            if dice.random() < 0.5:
                tx.execute(outbox.outbox.update().values(state=State.DONE.value))
    if dice.random() < 0.3:
        orders.annotated(tx, shop_id, number, json.dumps({"v": 1}))


def _a_shelf(tx, shop_id, dice, item_id, place, queue):
    claimed = sum(one.units for one in queue)
    unseen = dice.choice([0, 0, 0, 2, -1])
    supply = dice.randrange(-2, claimed + 3)
    if dice.random() < 0.9:
        read = level(
            item_id=item_id, location_id=place, available=supply - claimed - unseen, committed=claimed + unseen
        )
        levels.save(tx, shop_id, [read])
    held = [one for one in queue if dice.random() < 0.5]
    if held and dice.random() < 0.8:
        changes = [
            Change(
                one.line_id, place, item_id, units := dice.randrange(1, one.units + 1), dice.randrange(units + 1), 0, 0
            )
            for one in held
        ]
        # And somebody whose claim is gone.
        changes.append(Change(9000 + item_id, place, item_id, 1, 0, 0, 0))
        given = sum(change.units for change in changes)
        lot_id = lots.shelf(tx, shop_id, item_id, place, units=given, allocated=given)
        lots.apply(tx, shop_id, lot_id, changes, cause="before", actor="promised", at=NOON)
    for source in range(dice.randrange(3)):
        due_on = DUE + timedelta(days=dice.randrange(-20, 20))
        lots.set_supply(
            tx, shop_id, item_id, place, dice.choice([LotKind.PURCHASE_ORDER, LotKind.DOCK]),
            source_id=source + 1, units=dice.randrange(1, 6), due_on=due_on, label=f"PO-{source}",
        )  # fmt: skip


def books_after(tx, deciding):
    """What stands in every book when a decision was made; then it is taken back."""
    undo = tx.begin_nested()
    deciding()
    on_lot = {row.id: (row.item_id, row.location_id, row.kind, row.source_id) for row in tx.execute(lots.lots.select())}
    found = {}
    for table in metadata.sorted_tables:
        rows = [dict(row._mapping) for row in tx.execute(table.select())]
        for row in rows:
            if table.name in BY_NUMBER | {"lots"}:
                del row["id"]
            if table.name == "outbox":
                row["rests"] = row.pop("not_before") - row.pop("created_at")
                if row["effect"] != Effect.MAIL.value:
                    del row["key"]  # thrown by dice
            if table.name == "dirty":
                del row["since"], row["not_before"]  # by the system's clock
            if table.name == "claims":
                del row["run"]  # kept by what is decided together, so that it need not be
            if table.name == "allocations":
                row["lot_id"] = on_lot[row["lot_id"]]
        found[table.name] = sorted(rows, key=repr)
    del found["footings"], found["standings"]
    undo.rollback()
    return found


def together(tx, shop_id, items, **more):
    return books_after(tx, lambda: allocate.decide(tx, shop_id, items, NOON, cause="settled read", **more))


def one_by_one(tx, shop_id, items, **more):
    def slowly():
        catalogue.lock_items(tx, shop_id, items)
        row_by_row.decide(tx, shop_id, items, NOON, cause="settled read", **more)

    return books_after(tx, slowly)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_written_together_is_what_is_written_row_by_row(tx, alice, monkeypatch, seed):
    monkeypatch.setattr(allocate, "MANY", 1 + seed % 3)  # with, and without, knowing before which lanes are busy
    items = a_scene(tx, alice, seed)
    if seed % 2:  # somebody's release is due already
        outbox.want(tx, alice, Effect.RELEASE, outbox.order_lane(100), 100, NOON)
    enough = ITEMS[: seed % 3]
    before = books_after(tx, lambda: None)
    fast = together(tx, alice, items, looked_enough=enough)
    assert fast == one_by_one(tx, alice, items, looked_enough=enough)
    assert fast != before, "a decision that writes nothing proves nothing"


@pytest.mark.parametrize("forgotten", ["allocations", "allocation_ledger", "claims", "outbox", "promises", "offers"])
def test_a_row_that_is_forgotten_is_seen(tx, alice, monkeypatch, forgotten):
    items = a_scene(tx, alice, 1)
    honest = one_by_one(tx, alice, items)
    sends = arrays._send

    def all_but_one(tx, statement, table, same, names, columns):
        left = columns if table.name != forgotten else [column[1:] for column in columns]
        return sends(tx, statement, table, same, names, left) if any(left) else 0

    monkeypatch.setattr(arrays, "_send", all_but_one)
    assert together(tx, alice, items) != honest


@contextmanager
def counted(database: Database):
    """The statements that are sent meanwhile."""
    sent = []

    def note(connection, cursor, statement, parameters, context, many):
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def a_restock(database, lines, *, waited=True):
    """Half of what a queue on one variant waits for comes in; the problem, what was given, the statements that took."""
    problem = Problem(lines, 1)
    open_shop(problem, database)
    mark(problem, database)
    if waited:
        place_orders(problem, database)
        time_passes(database)
        mark(problem, database)
    (portion,) = readings(problem, database, problem.arriving)
    with counted(database) as sent:
        decided = settle(database, SHOP, portion, NOW)
    return problem, decided, sent


def test_a_longer_queue_takes_no_more_statements(db):
    _, _, few = a_restock(db, 100)
    with db.write() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
        if not db.is_sqlite:
            tx.exec_driver_sql("ALTER SEQUENCE shops_id_seq RESTART")
    _, decided, many = a_restock(db, 400)
    assert decided.given > 300
    assert len(many) == len(few) < 60


@pytest.mark.long
def test_three_thousand_wait_for_one_variant_and_the_oldest_are_served(sqlite_url):
    database = Database(sqlite_url)
    problem, decided, sent = a_restock(database, 3_000, waited=False)
    assert len(sent) <= 61
    with database.read() as tx:
        queue = claims.of_items(tx, SHOP, [1])
        assert [check.broken for check in (prove(tx, SHOP) for prove in PROOFS)] == [()] * len(PROOFS)
    database.close()
    left = sum(problem.arriving.values())
    assert decided.given == left
    for one in queue:  # in the order of the queue
        assert one.given == min(one.units, left)
        left -= one.given
    assert left == 0
    assert decided.orders == 3_000  # the others are to be held, and are promised a day
