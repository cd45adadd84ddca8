"""A shop in which many wait: lines in the queues of its variants, by a seed, written as the product writes them.

Nobody's books are made up here but for what the store and the outbox would have done meanwhile: orders and levels are put in as
a reading would leave them, then our own verb places everybody in the queue; then all holds are placed, all promises told.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from backorder import promise
from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    dirty,
    levels,
    locations,
    order_lines,
    orders,
    outbox,
    purchase_orders,
    shops,
    taking,
)
from backorder.db.claim_ledger import claim_ledger
from backorder.db.claims import claims
from backorder.db.dirty import Kind
from backorder.db.engine import Connection, Database
from backorder.db.outbox import Effect, State
from backorder.db.promises import promises
from backorder.rules.seen import ItemSeen, LevelSeen, LocationSeen, Policy, VariantSeen
from backorder.settle import ITEMS_AT_ONCE, Reading, portions, settle

SHOP = 1
WAREHOUSE = 1
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FIRST_ORDER = NOW - timedelta(days=20)


@dataclass(frozen=True)
class Line:
    """One order of one line: ``units`` of one variant."""

    number: int
    item_id: int
    units: int
    since: datetime


@dataclass(frozen=True)
class Problem:
    """``lines`` order lines of one to three units in the queues of ``variants`` variants; ``units`` come in (None: for half)."""

    lines: int
    variants: int
    units: int | None = None
    seed: int = 7

    @cached_property
    def queue(self) -> tuple[Line, ...]:
        """Who waits, oldest first."""
        dice = random.Random(self.seed)
        return tuple(
            Line(
                number=1000 + n,
                item_id=1 + dice.randrange(self.variants),
                units=dice.randint(1, 3),
                since=FIRST_ORDER + timedelta(seconds=n),
            )
            for n in range(self.lines)
        )

    @cached_property
    def claimed(self) -> Counter[int]:
        """Units that wait, by item."""
        found = Counter[int]()
        for line in self.queue:
            found[line.item_id] += line.units
        return found

    @cached_property
    def arriving(self) -> dict[int, int]:
        """Units that come in, by item: to each its part of what is claimed, all of ``units`` in sum."""
        total = sum(self.claimed.values())
        coming = total // 2 if self.units is None else self.units
        shares = {item: coming * claimed // total for item, claimed in sorted(self.claimed.items())}
        missing = coming - sum(shares.values())
        return {item: share + (place < missing) for place, (item, share) in enumerate(shares.items())}

    @property
    def items(self) -> tuple[int, ...]:
        return tuple(range(1, self.variants + 1))


def read(problem: Problem, item_id: int, on_the_shelf: int) -> ItemSeen:
    """What the store says of an item when ``on_the_shelf`` units are there and all of its queue is committed."""
    claimed = problem.claimed[item_id]
    level = LevelSeen(item_id, WAREHOUSE, on_the_shelf - claimed, claimed, on_the_shelf, 0, NOW)
    variant = VariantSeen(
        variant_id=item_id,
        product_id=item_id,
        item_id=item_id,
        title="Default Title",
        product_title=f"Lamp {item_id}",
        product_handle=f"lamp-{item_id}",
        product_status="ACTIVE",
        sku=None,
        price=Decimal(10),
        policy=Policy.CONTINUE,
        tracked=True,
        requires_shipping=True,
        updated_at=NOW,
    )
    return ItemSeen(item_id, tracked=True, levels=(level,), variants=(variant,))


def readings(problem: Problem, db: Database, shelf: dict[int, int]) -> Iterator[tuple[Reading, ...]]:
    """The readings of all items on the list, in the portions that the worker would settle them in."""
    at = transport_now()
    with db.read() as tx:
        rows = [row for row in dirty.due(tx, SHOP, at, limit=problem.variants) if row.kind is Kind.ITEM]
    for start in range(0, len(rows), ITEMS_AT_ONCE):
        some = rows[start : start + ITEMS_AT_ONCE]
        seen = [Reading(row, read(problem, row.ref, shelf.get(row.ref, 0)), transport_now()) for row in some]
        yield from portions(db, SHOP, seen, NOW)


def mark(problem: Problem, db: Database) -> None:
    """Every item is to be looked at."""
    with db.write() as tx:
        dirty.mark(tx, SHOP, Kind.ITEM, problem.items, transport_now())


def open_shop(problem: Problem, db: Database) -> None:
    """A shop with a warehouse, managed variants, a purchase order for each that serves all, and everybody's order."""
    due = NOW.date() + timedelta(days=5)  # what comes in now is taken for this delivery
    with db.write() as tx:
        shop = shops.install(tx, "bench.myshopify.com", FIRST_ORDER)
        assert shop.shop_id == SHOP
        place = LocationSeen(WAREHOUSE, "Warehouse", active=True, fulfills_online=True, is_service=False, country=None)
        locations.save_locations(tx, SHOP, [place])
        catalogue.save_variants(tx, SHOP, [v for item in problem.items for v in read(problem, item, 0).variants])
        catalogue.choose(tx, SHOP, problem.items, {"managed": True})
        bought = purchase_orders.create(tx, SHOP, "PO-1", "Glow & Sons", WAREHOUSE, FIRST_ORDER)
        assert bought is not None
        for item in problem.items:
            purchase_orders.add_line(tx, SHOP, bought, item, item, problem.claimed[item] + 10, due)
        queue = problem.queue
        tx.execute(orders.orders.insert(), [_order(line) for line in queue])
        tx.execute(order_lines.order_lines.insert(), [_order_line(line) for line in queue])
        tx.execute(claims.insert(), [_claim(line) for line in queue])
        tx.execute(claim_ledger.insert(), [_entry(line) for line in queue])
        unread = [_level(problem, item) for item in problem.items]
        levels.save(tx, SHOP, unread)


def place_orders(problem: Problem, db: Database) -> None:
    """Nothing is on the shelf: everybody is promised a date and to be held."""
    for portion in readings(problem, db, {}):
        settle(db, SHOP, portion, NOW)


def time_passes(db: Database) -> None:
    """Everything that was owed has been done: all held, told, annotated and shown."""
    with db.write() as tx:
        tx.execute(outbox.outbox.update().values(state=State.DONE.value, done_at=NOW))
        _letters_say_what_they_told(tx)
        tx.execute(claims.update().values(exposed=0))
        tx.execute(promises.update().values(told_at=NOW))
        numbers = [row.order_id for row in tx.execute(orders.orders.select())]
        for order_id, said in promise.annotations(tx, SHOP, numbers).items():
            orders.annotated(tx, SHOP, order_id, json.dumps(said, sort_keys=True))
        tx.exec_driver_sql("UPDATE offers SET shown = wanted")
    if not db.is_sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _letters_say_what_they_told(tx: Connection) -> None:
    """Each letter that left names the versions that it told, as a real one does."""
    mails = tx.execute(outbox.outbox.select().where(outbox.outbox.c.effect == Effect.MAIL.value)).all()
    for mail in mails:
        told = [[mail.payload["line"], mail.payload["version"]]]
        taking.freeze(tx, mail.id, {**mail.payload, "versions": told})


def _order(line: Line) -> dict[str, object]:
    return {
        "shop_id": SHOP,
        "order_id": line.number,
        "name": f"#{line.number}",
        "created_at": line.since,
        "updated_at": line.since,
        "financial_status": "PAID",
        "ready_at": line.since,
        "currency": "USD",
        "read_at": line.since,
    }


def _order_line(line: Line) -> dict[str, object]:
    return {
        "shop_id": SHOP,
        "line_id": line.number,
        "order_id": line.number,
        "variant_id": line.item_id,
        "item_id": line.item_id,
        "title": f"Lamp {line.item_id}",
        "quantity": line.units,
        "current_quantity": line.units,
        "unfulfilled": line.units,
        "requires_shipping": True,
        "unit_price": Decimal(10),
    }


def _claim(line: Line) -> dict[str, object]:
    return {
        "shop_id": SHOP,
        "line_id": line.number,
        "location_id": WAREHOUSE,
        "order_id": line.number,
        "item_id": line.item_id,
        "units": line.units,
        "exposed": line.units,
        "since": line.since,
        "ready": True,
    }


def _entry(line: Line) -> dict[str, object]:
    """That a claim was opened, as the ledger tells it."""
    opened = {"shop_id": SHOP, "line_id": line.number, "location_id": WAREHOUSE, "order_id": line.number}
    return {**opened, "units": line.units, "at": line.since}


def _level(problem: Problem, item_id: int) -> levels.Level:
    (seen,) = read(problem, item_id, 0).levels
    return levels.Level.as_read(seen, FIRST_ORDER)
