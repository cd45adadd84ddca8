"""Rebuild: make the books of a shop anew in an empty database, from the store and the kept webhooks, and compare them with the live ones.

The books are a function of the store and of what people said and customers were told (domain I5). What can be derived is derived;
what cannot is carried over (``backorder.db.carrying`` says which is which). The rebuilt books are for comparing: they hold no
token and no address, what they would do is void, and nothing is served from them.

1. Carry over what cannot be derived.
2. Read places, goods and open orders. Nothing is decided yet.
3. Put beside them what only the live books know, and let what is kept be kept.
4. Read transfers and levels; understand the kept webhooks; look at whatever they name and at all that is managed, and decide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backorder import importing
from backorder.access import good_pair
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import carrying, catalogue, dirty, imports, managing, migrate, outbox, purchase_orders, shops, tokens
from backorder.db.dirty import Kind
from backorder.db.engine import Database
from backorder.db.fingerprints import Fingerprint, Row, fingerprint
from backorder.errors import Refused
from backorder.house import House
from backorder.observe import observe
from backorder.store.errors import StoreBusy
from backorder.supply import refresh

FIRST, THEN = ("shop", "locations", "variants", "orders"), ("transfers", "levels")
NOT_EMPTY = "There are books in that database already; name an empty one."
# What is looked at again after a pause, like an order that awaits its routing, is waited for; what waits for longer is not.
PATIENCE = timedelta(minutes=5)
ROUNDS = 10_000


@dataclass(frozen=True)
class Compared:
    """One table: how many rows both have, how many differ, and the first that does in a sentence.

    ``not_derived`` rows are in the live books only and follow from nothing that the store still shows.
    """

    table: str
    rows: int
    differing: int
    not_derived: int
    first: str | None = None


@dataclass(frozen=True)
class Rebuilt:
    """What was rebuilt and how it compares; ``webhooks`` were understood again."""

    tables: tuple[Compared, ...]
    webhooks: int

    @property
    def equal(self) -> bool:
        return not any(one.differing for one in self.tables)


def rebuild(
    live: House, shop_id: int, into: Database, now: datetime, digest: Callable[[House, datetime], bool]
) -> Rebuilt:
    """Rebuild a shop's books into an empty database and compare. ``digest`` understands kept webhooks, as workers do.

    Raises Refused if the database is not empty, and the errors of ``backorder.store.errors``.
    """
    new = replace(live, db=into)
    migrate.upgrade(into)
    with into.read() as to:
        if not carrying.is_empty(to):
            raise Refused("into", NOT_EMPTY)
    with live.db.read() as tx, into.write() as to:
        domain = shops.one(tx, shop_id).domain
        carrying.carry(tx, to, shop_id)
    _read(live, new, shop_id, domain, FIRST, now)
    with live.db.read() as tx, into.write() as to:
        kept = carrying.seed(tx, to, shop_id)
    _decide(new, shop_id, kept, now)
    _read(live, new, shop_id, domain, THEN, now)
    with live.db.read() as tx, into.write() as to:
        webhooks = carrying.carry_inbox(tx, to, domain)
        # Now that everything is read, all is decided about once more.
        carrying.forget_new_promises(tx, to, shop_id)
        dirty.mark(to, shop_id, Kind.ITEM, managing.managed_items(to, shop_id), transport_now())
    while digest(new, now):
        pass
    _look(live, new, shop_id, domain, now)
    with live.db.read() as tx, into.write() as to:
        carrying.say_of_orders(tx, to, shop_id)  # of those that have ended, which were read for their webhooks only
        tokens.forget(to, shop_id)
        outbox.drop_shop(to, shop_id, transport_now(), "These books were rebuilt to be compared.")
    with live.db.read() as tx, into.read() as to:
        return Rebuilt(compare(fingerprint(tx, shop_id), fingerprint(to, shop_id)), webhooks)


def _lend(live: House, new: House, shop_id: int, domain: str) -> None:
    """Let the rebuilt books use the live token, without what renews it: to renew it is the live books' business."""
    pair = good_pair(live, shop_id, domain)
    with new.db.write() as tx:
        tokens.put(tx, new.sealer, shop_id, replace(pair, refresh=None))


def _read(live: House, new: House, shop_id: int, domain: str, steps: tuple[str, ...], now: datetime) -> None:
    """Read these steps of a first reading to their end, waiting out the store's pauses."""
    with new.db.write() as tx:
        imports.start(tx, shop_id, steps, transport_now())
    for _ in range(ROUNDS):
        _lend(live, new, shop_id, domain)
        importing.import_page(new, shop_id, now)
        with new.db.read() as tx:
            left = [step for step in imports.progress(tx, shop_id) if not step.finished]
            due = imports.next_due(tx)
        if not left:
            return
        if left[0].error is not None and left[0].attempts > len(steps):
            raise StoreBusy(left[0].error, retry_after=60.0)
        if due is not None and due > transport_now():
            new.sleep((due - transport_now()).total_seconds())


def _decide(new: House, shop_id: int, kept: Mapping[int, Mapping[tuple[int, int], int]], now: datetime) -> None:
    """Give first what is kept: before anything else is decided, so that nobody is told to wait who does not."""
    with new.db.write() as tx:
        managed = managing.managed_items(tx, shop_id)
        catalogue.lock_items(tx, shop_id, managed)
        ordered = {line.item_id for order in purchase_orders.every(tx, shop_id) for line in order.lines}
        refresh(tx, shop_id, {*managed, *ordered})
        # Together: what ships with a slower line of its order has that one's day.
        keeps = {spot: units for of_item in kept.values() for spot, units in of_item.items()}
        decide(tx, shop_id, sorted({*managed, *kept}), now, cause="rebuilt", keeps=keeps)


def _look(live: House, new: House, shop_id: int, domain: str, now: datetime) -> None:
    """Look at everything that is on the list, also after a pause."""
    until = transport_now() + PATIENCE
    for _ in range(ROUNDS):
        _lend(live, new, shop_id, domain)
        if observe(new, shop_id, now):
            continue
        with new.db.read() as tx:
            due = dirty.next_due(tx)
        if due is None or due > until:
            return
        new.sleep(max(0.1, (due - transport_now()).total_seconds()))


def compare(live: Fingerprint, rebuilt: Fingerprint) -> tuple[Compared, ...]:
    """Lay two fingerprints side by side, table by table."""
    return tuple(_compared(table, rows, rebuilt[table], live) for table, rows in live.items())


def _compared(table: str, live: Mapping[Row, Row], rebuilt: Mapping[Row, Row], books: Fingerprint) -> Compared:
    """Rows that only the live books have count as different, unless they are of an order or transfer that ended."""
    ended = {key for key in live.keys() - rebuilt.keys() if _has_ended(table, key, live[key], books)}
    both = live.keys() & rebuilt.keys()
    wrong = sorted((live.keys() ^ rebuilt.keys()) - ended | {key for key in both if live[key] != rebuilt[key]}, key=str)
    first = None
    if wrong:
        said = (books.get(wrong[0], "nothing") for books in (live, rebuilt))
        first = f"{table} {', '.join(map(str, wrong[0]))}: live {next(said)}, rebuilt {next(said)}"
    return Compared(table, len(both), len(wrong), len(ended), first)


def _has_ended(table: str, key: Row, says: Row, books: Fingerprint) -> bool:
    """Whether a row is of an order with nothing left to ship, or of a transfer that brings nothing more: the store lists neither."""
    if table in {"orders", "order_lines", "fulfillment_orders"}:
        order_id = key[0] if table == "orders" else says[0]
        return not any(claim[0] == order_id for claim in books["claims"].values())
    if table in {"transfers", "transfer_parts"}:
        parts = (part for of, part in books["transfer_parts"].items() if of[0] == key[0])
        return not any(int(str(part[3])) or int(str(part[4])) for part in parts)
    return False
