"""Carrying: the rows of a shop that neither its store nor its webhooks can tell again, copied from one database into another.

The books are made of three kinds of tables. What is *derived* follows from the store; what is *carried* is what people said, what
customers were told and what the app has learned; and what is *left* is work under way and the history of looking.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, literal, select, text

from backorder.db.catalogue import variants
from backorder.db.claims import claims
from backorder.db.collections import collected, collections
from backorder.db.columns import metadata
from backorder.db.counts import counts
from backorder.db.data_requests import data_requests
from backorder.db.drop_ships import drop_ships
from backorder.db.hold_acts import hold_acts
from backorder.db.inbox import Verdict, inbox
from backorder.db.last_choices import last_choices
from backorder.db.lateness import lateness
from backorder.db.levels import levels
from backorder.db.lots import allocations
from backorder.db.offers import offers, policy_leases
from backorder.db.orders import orders
from backorder.db.outbox import Effect, outbox
from backorder.db.overwriting import overwriting
from backorder.db.promises import promises
from backorder.db.purchase_order_acts import purchase_order_acts
from backorder.db.purchase_orders import purchase_order_lines, purchase_orders
from backorder.db.queue_acts import queue_acts
from backorder.db.receipts import receipts
from backorder.db.shops import shops
from backorder.db.standings import standings
from backorder.db.supplier_letters import supplier_letters
from backorder.db.suppliers import suppliers
from backorder.db.transfers import transfer_parts, transfers
from backorder.db.ways import order_ways

CARRIED: tuple[Table, ...] = (
    *(shops, suppliers, variants, purchase_orders, purchase_order_lines, receipts, purchase_order_acts),
    *(promises, order_ways, queue_acts, hold_acts, counts, overwriting, lateness, last_choices),
    *(drop_ships, supplier_letters, collections, collected, policy_leases, offers, data_requests, outbox),
)
# The whole list, so that a new table must be put into one of the three.
DERIVED = frozenset(
    {"items", "locations", "orders", "order_lines", "fulfillment_orders", "claims", "levels"}
    | {"lots", "allocations", "standings", "transfers", "transfer_parts"}
)
LEFT = frozenset(
    {"answers", "allocation_ledger", "claim_ledger", "contacts", "differences", "dirty", "footings", "heard"}
    | {"imports", "inbox", "reconciliations", "rests", "tokens", "turns"}
)
# Whatever the store tells of a variant is emptied, so that it must be read to be there.
_UNREAD = {
    "updated_at": datetime(2000, 1, 1, tzinfo=UTC),
    "title": "",
    "product_title": "",
    "sku": None,
    "barcode": None,
}
# Webhooks that are commands, not news: they were carried out.
_COMMANDS = ("app/", "customers/", "shop/")
AT_ONCE = 500


def is_empty(tx: Connection) -> bool:
    """Whether no shop has books here."""
    return tx.execute(select(func.count()).select_from(shops)).scalar_one() == 0


def is_bare(tx: Connection) -> bool:
    """Whether nothing at all is kept here: no shop, and no webhook of one that is to come."""
    return not any(tx.execute(select(literal(1)).select_from(table).limit(1)).all() for table in metadata.sorted_tables)


def carry_all(live: Connection, to: Connection) -> dict[str, int]:
    """Copy every row of every book as it is into a bare database; how many of each, by table."""
    carried = {}
    for table in metadata.sorted_tables:
        if table is not standings:  # the database keeps them itself, by what comes to the claims
            found = live.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE))
            for some in found.mappings().partitions():
                to.execute(table.insert(), [dict(row) for row in some])
        carried[table.name] = _count(to, table)
        if carried[table.name] != _count(live, table):
            raise RuntimeError(f"{table.name} did not arrive whole")
    _number_on(to)
    return carried


def _count(tx: Connection, table: Table) -> int:
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def carry(live: Connection, to: Connection, shop_id: int) -> None:
    """Copy what is carried of a shop. What was to be said in letters is left out of their rows."""
    for table in CARRIED:
        owner = table.c.id if table is shops else table.c.shop_id
        _insert(to, table, [_fit(table, row) for row in _rows(live, table, owner == shop_id)])
    _number_on(to)


def carry_inbox(live: Connection, to: Connection, domain: str) -> int:
    """Copy the webhooks whose body is kept, to be understood again; how many. Commands among them are not repeated."""
    kept = (inbox.c.shop_domain == domain, inbox.c.body_sealed.is_not(None))
    rows = [row for row in _rows(live, inbox, *kept) if not row["topic"].startswith(_COMMANDS)]
    fresh = {"verdict": Verdict.WAITING.value, "processed_at": None, "attempts": 0, "error": None}
    _insert(to, inbox, [row | fresh | {"not_before": row["received_at"]} for row in rows])
    _number_on(to)
    return len(rows)


def seed(live: Connection, to: Connection, shop_id: int) -> dict[int, dict[tuple[int, int], int]]:
    """Beside rows that were read anew, put what the store does not tell of them; what is kept, by item, line and location.

    That is what ``say_of_orders`` puts, who was moved up by hand or has lost a turn, what is aside and presumed at a place or was counted off for
    what suppliers sent, and which transfers were linked to purchase orders, or booked in.
    """
    of_it = {"levels": levels, "transfers": transfers, "parts": transfer_parts}
    known = {name: _rows(live, table, table.c.shop_id == shop_id) for name, table in of_it.items()}
    read = {row["order_id"]: row["ready_at"] for row in _rows(to, orders, orders.c.shop_id == shop_id)}
    ready = {row["order_id"]: row["ready_at"] for row in _rows(live, orders, orders.c.shop_id == shop_id)}
    others = {order_id for order_id, at in read.items() if at != ready.get(order_id, at)}
    say_of_orders(live, to, shop_id)
    for row in _rows(live, claims, claims.c.shop_id == shop_id):
        if row["order_id"] in others:
            _put(to, claims, row, ("shop_id", "line_id", "location_id"), ("since", "later", "ready"))
    for row in _rows(live, claims, claims.c.shop_id == shop_id, (claims.c.rank != 0) | claims.c.lost_turn):
        _put(to, claims, row, ("shop_id", "line_id", "location_id"), ("rank", "lost_turn", "ready"))
    for row in known["levels"]:
        asides = ("presumed", "aside", "aside_since", "aside_why", "kept_aside", "counted_off")
        _put(to, levels, row, ("shop_id", "item_id", "location_id"), asides)
    # By a person, or by what it mentions: a purchase order that was called off since is not found again by its number.
    linked = [row for row in known["transfers"] if row["linked_by"] is not None]
    _insert(to, transfers, linked)
    touched = [row for row in known["parts"] if row["booked"] or row["at_dock"]]
    missing = {row["transfer_id"] for row in touched} - {row["transfer_id"] for row in linked}
    _insert(to, transfers, [row for row in known["transfers"] if row["transfer_id"] in missing])
    _insert(to, transfer_parts, touched)
    _number_on(to)
    return _kept(live, shop_id)


def say_of_orders(live: Connection, to: Connection, shop_id: int) -> None:
    """Beside orders that were read anew, put how each leaves, what our metafield on it is known to say, and since when it may be served.

    That is told once (rules.payment): by a rule, perhaps, that is no longer the shop's.
    """
    for row in _rows(live, orders, orders.c.shop_id == shop_id):
        _put(to, orders, row, ("shop_id", "order_id"), ("way", "annotated", "ready_at"))


def forget_new_promises(live: Connection, to: Connection, shop_id: int) -> None:
    """Forget what was promised since the carrying: it was worked out before everything was read."""
    known = {(row["line_id"], row["version"]) for row in _rows(live, promises, promises.c.shop_id == shop_id)}
    for row in _rows(to, promises, promises.c.shop_id == shop_id):
        if (row["line_id"], row["version"]) not in known:
            same = (promises.c.line_id == row["line_id"], promises.c.version == row["version"])
            to.execute(promises.delete().where(promises.c.shop_id == shop_id, *same))


def _kept(live: Connection, shop_id: int) -> dict[int, dict[tuple[int, int], int]]:
    of_the_claim = (
        (claims.c.shop_id == allocations.c.shop_id)
        & (claims.c.line_id == allocations.c.line_id)
        & (claims.c.location_id == allocations.c.location_id)
    )
    found: dict[int, dict[tuple[int, int], int]] = {}
    for row in live.execute(
        select(claims.c.item_id, allocations.c.line_id, allocations.c.location_id, allocations.c.kept)
        .join(claims, of_the_claim)
        .where(allocations.c.shop_id == shop_id, allocations.c.kept > 0)
    ):
        found.setdefault(row.item_id, {})[row.line_id, row.location_id] = row.kept
    return found


def _rows(tx: Connection, table: Table, *which: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(select(table).where(*which).order_by(*table.primary_key)).mappings()]


def _fit(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    if table is variants and row["gone_at"] is None:
        return row | _UNREAD
    if table is outbox and row["effect"] == Effect.MAIL.value:
        return row | {"payload": {"versions": row["payload"].get("versions", [])}}
    return row


def _insert(to: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        to.execute(table.insert(), rows[start : start + AT_ONCE])


def _put(to: Connection, table: Table, row: Mapping[str, Any], key: tuple[str, ...], names: tuple[str, ...]) -> None:
    same = [table.c[name] == row[name] for name in key]
    to.execute(table.update().where(*same).values({name: row[name] for name in names}))


def _number_on(to: Connection) -> None:
    """PostgreSQL numbers rows from a counter of its own, which rows that brought their number have not moved."""
    if to.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c and table.c.id.primary_key:
            to.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), greatest(1, max(id))) "  # noqa: S608 - names of ours
                    f"FROM {table.name}"
                )
            )
