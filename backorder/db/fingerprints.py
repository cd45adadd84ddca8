"""Fingerprints: what the books of a shop say, table by table and row by row, without the moments of looking and numbers of our own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, select

from backorder.db.catalogue import items, variants
from backorder.db.claims import claims
from backorder.db.fulfillment_orders import fulfillment_orders
from backorder.db.levels import levels
from backorder.db.locations import locations
from backorder.db.lots import OF_TRANSFERS, allocations, lots
from backorder.db.offers import offers, policy_leases
from backorder.db.order_lines import order_lines
from backorder.db.orders import orders
from backorder.db.promises import promises
from backorder.db.transfers import transfer_parts, transfers
from backorder.rules.lots import LotKind

Row = tuple[object, ...]
# By table: each row by what names it, with what it says.
Fingerprint = Mapping[str, Mapping[Row, Row]]

_OF_TRANSFERS = tuple(kind.value for kind in OF_TRANSFERS)


def _managed(table: Table) -> ColumnElement[bool]:
    """Of goods that the app manages; what lies on the shelves of others is read now and then, and nothing rests on it."""
    return exists().where(
        variants.c.shop_id == table.c.shop_id,
        variants.c.item_id == table.c.item_id,
        variants.c.managed.is_(True),
        variants.c.gone_at.is_(None),
    )


# What names a row; what it says that follows from the store; and which rows, where not all are followed.
TABLES: tuple[tuple[Table, tuple[str, ...], tuple[str, ...], ColumnElement[bool] | None], ...] = (
    (locations, ("location_id",), ("name", "active", "fulfills_online", "is_service", "country"), None),
    (items, ("item_id",), ("tracked",), None),
    (
        variants,
        ("variant_id",),
        ("item_id", "product_id", "title", "product_title", "sku", "policy", "price", "managed", "updated_at"),
        variants.c.gone_at.is_(None),
    ),
    (
        orders,
        ("order_id",),
        (
            *("name", "created_at", "updated_at", "cancelled_at", "closed", "test", "financial_status", "ready_at"),
            *("currency", "country", "source", "customer_id", "tags", "promise_digest", "annotated", "way"),
        ),
        None,
    ),
    (
        order_lines,
        ("line_id",),
        (
            *("order_id", "variant_id", "item_id", "title", "quantity", "current_quantity", "unfulfilled"),
            *("requires_shipping", "unit_price", "shown", "evidence", "shown_by", "shown_rule", "shown_from"),
        ),
        None,
    ),
    (
        fulfillment_orders,
        ("fulfillment_order_id",),
        ("order_id", "location_id", "status", "request_status", "is_service", "holds", "parts", "fulfill_by"),
        None,
    ),
    (
        claims,
        ("line_id", "location_id"),
        ("order_id", "item_id", "units", "since", "ready", "rank", "exposed", "in_works", "routed", "later"),
        None,
    ),
    (
        levels,
        ("item_id", "location_id"),
        ("available", "committed", "on_hand", "unseen", "aside", "kept_aside"),
        _managed(levels),
    ),
    (allocations, ("line_id", "location_id"), ("units", "kept"), None),
    (transfers, ("transfer_id",), ("name", "status", "location_id", "purchase_order_id"), None),
    (
        transfer_parts,
        ("transfer_id", "shipment_id", "item_id"),
        ("location_id", "units", "accepted", "to_come", "at_dock", "booked", "arrives_at"),
        None,
    ),
    (offers, ("variant_id",), ("state", "policy"), None),
    (policy_leases, ("variant_id",), ("original", "confirmed", "in_flight", "state"), None),
    (promises, ("line_id", "version"), ("ship_by", "ship_from", "told_at"), None),
)


def fingerprint(tx: Connection, shop_id: int) -> Fingerprint:
    """What the books say of a shop."""
    found: dict[str, Mapping[Row, Row]] = {
        table.name: _rows(tx, shop_id, table, key, says, which) for table, key, says, which in TABLES
    }
    found["lots"] = _lots(tx, shop_id)
    return found


def _rows(
    tx: Connection,
    shop_id: int,
    table: Table,
    key: tuple[str, ...],
    says: tuple[str, ...],
    which: ColumnElement[bool] | None,
) -> dict[Row, Row]:
    asked = select(*(table.c[name] for name in (*key, *says))).where(table.c.shop_id == shop_id)
    rows = tx.execute(asked if which is None else asked.where(which))
    width = len(key)
    return {tuple(row[:width]): tuple(map(_plain, row[width:])) for row in rows}


def _lots(tx: Connection, shop_id: int) -> dict[Row, Row]:
    """Lots that hold or are to bring anything. Of a transfer's the number is our own, so they are named by what they bring and when."""
    rows = tx.execute(
        select(lots).where(
            lots.c.shop_id == shop_id,
            (lots.c.units > 0) | (lots.c.allocated > 0),
            (lots.c.kind != LotKind.ON_HAND.value) | _managed(lots),
        )
    )
    found: dict[Row, Row] = {}
    for row in rows:
        source = (row.label, row.due_on) if row.kind in _OF_TRANSFERS else (row.source_id,)
        name = (row.item_id, row.location_id, row.kind, *source)
        before = found.get(name, (0, 0, 0))
        found[name] = tuple(_sum(a, b) for a, b in zip(before, (row.units, row.allocated, row.short), strict=True))
    return found


def _sum(one: object, other: int) -> int:
    return int(str(one)) + other


_PLAIN: Mapping[type, Callable[[Any], object]] = {list: lambda value: tuple(map(_plain, value)), datetime: str}


def _plain(value: Any) -> object:
    """A value that can be compared and shown."""
    made = _PLAIN.get(type(value))
    return value if made is None else made(value)
