"""Proofs about tenants: every row has its shop, and what it points to is the same shop's (I6); who left is left alone (I7)."""

from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from backorder.db.catalogue import variants
from backorder.db.claims import claims
from backorder.db.columns import SHOP, metadata
from backorder.db.differences import differences
from backorder.db.drop_ships import drop_ships
from backorder.db.fulfillment_orders import fulfillment_orders
from backorder.db.lots import OF_TRANSFERS, allocations, lots
from backorder.db.order_lines import order_lines
from backorder.db.orders import orders
from backorder.db.outbox import OPEN_STATES, outbox
from backorder.db.proofs.check import Check
from backorder.db.purchase_order_acts import purchase_order_acts
from backorder.db.purchase_orders import purchase_order_lines, purchase_orders
from backorder.db.receipts import receipts
from backorder.db.reconciliations import reconciliations
from backorder.db.shops import shops
from backorder.db.suppliers import suppliers
from backorder.db.tokens import tokens
from backorder.db.transfers import transfer_parts, transfers

SHOWN = 10
_CARRIED = tuple(kind.value for kind in OF_TRANSFERS)
# What is everybody's has no shop: the rest of the mail relay, the turn to tidy.
NOBODYS, OF_NOBODY = 0, frozenset({"rests", "turns"})
# What points to what: a column, the column it means, and which rows do.
POINTERS: tuple[tuple[Column[int], Column[int], ColumnElement[bool] | None], ...] = (
    (allocations.c.lot_id, lots.c.id, None),
    (lots.c.source_id, purchase_order_lines.c.id, (lots.c.source_id != 0) & lots.c.kind.not_in(_CARRIED)),
    (lots.c.source_id, transfer_parts.c.id, lots.c.kind.in_(_CARRIED)),
    (transfers.c.purchase_order_id, purchase_orders.c.id, transfers.c.purchase_order_id.is_not(None)),
    (purchase_order_lines.c.purchase_order_id, purchase_orders.c.id, None),
    (receipts.c.purchase_order_line_id, purchase_order_lines.c.id, None),
    (purchase_order_acts.c.purchase_order_id, purchase_orders.c.id, None),
    (variants.c.supplier_id, suppliers.c.id, variants.c.supplier_id.is_not(None)),
    (drop_ships.c.supplier_id, suppliers.c.id, drop_ships.c.supplier_id.is_not(None) & drop_ships.c.ended_at.is_(None)),
    (claims.c.order_id, orders.c.order_id, None),
    (order_lines.c.order_id, orders.c.order_id, None),
    (fulfillment_orders.c.order_id, orders.c.order_id, None),
    (differences.c.reconciliation_id, reconciliations.c.id, None),
)


def every_row_has_its_shop(tx: Connection, shop_id: int | None) -> Check:
    """I6: no row is of a shop that is not there. Asked of one shop: of its rows."""
    counted, wrong = 0, []
    for name, asked in _owners(of_one=shop_id is not None).items():
        owners = tx.execute(asked, {"shop": shop_id}).all()
        counted += sum(row.rows for row in owners)
        wrong += [f"{name}: {r.rows} of shop {r.shop_id}, which is not there" for r in owners if r.there is None]
    return Check("every row has its shop", counted, tuple(wrong[:SHOWN]))


@cache
def _owners(*, of_one: bool) -> dict[str, Select[Any]]:
    """By book: whose rows there are, how many, and whether that shop is there."""
    found = {}
    for table in metadata.sorted_tables:
        if "shop_id" not in table.c:
            continue
        of_it = table.c.shop_id == SHOP if of_one else table.c.shop_id.is_not(None)
        if table.name in OF_NOBODY:
            of_it &= table.c.shop_id != NOBODYS
        found[table.name] = (
            select(table.c.shop_id, shops.c.id.label("there"), func.count().label("rows"))
            .select_from(table.outerjoin(shops, shops.c.id == table.c.shop_id))
            .where(of_it)
            .group_by(table.c.shop_id, shops.c.id)
        )
    return found


def nothing_points_to_a_neighbour(tx: Connection, shop_id: int | None) -> Check:
    """I6: what a row means by a number is there, in the same shop."""
    counted, wrong = 0, []
    for (column, _, _), (pointing, lost) in zip(POINTERS, _pointing(of_one=shop_id is not None), strict=True):
        counted += tx.execute(pointing, {"shop": shop_id}).scalar_one()
        wrong += [
            f"{column.table.name}: shop {row.shop_id} means {column.name} {row.number}, which it does not have"
            for row in tx.execute(lost, {"shop": shop_id})
        ]
    return Check("no row points to what its shop does not have", counted, tuple(wrong[:SHOWN]))


@cache
def _pointing(*, of_one: bool) -> list[tuple[Select[Any], Select[Any]]]:
    """For each of POINTERS: how many rows point, and those of them that point to what their shop does not have."""
    found = []
    for column, meant, which in POINTERS:
        table, target = column.table, meant.table.alias("target")
        same = and_(target.c.shop_id == table.c.shop_id, target.c[meant.name] == column)
        chosen = [] if which is None else [which]
        chosen += [table.c.shop_id == SHOP] if of_one else []
        lost = (
            select(table.c.shop_id, column.label("number"))
            .select_from(table.outerjoin(target, same))
            .where(target.c.shop_id.is_(None), *chosen)
            .limit(SHOWN)
        )
        found.append((select(func.count()).select_from(table).where(*chosen), lost))
    return found


def who_left_is_left_alone(tx: Connection, shop_id: int | None) -> Check:
    """I7: of a shop that removed the app there are no tokens, and nothing waits to be told to it."""
    mine = [] if shop_id is None else [shops.c.id == shop_id]
    known = tx.execute(select(func.count()).select_from(shops).where(*mine)).scalar_one()
    left = [shops.c.uninstalled_at.is_not(None), *mine]
    keys = select(shops.c.domain).join(tokens, tokens.c.shop_id == shops.c.id).where(*left)
    rows = (
        select(shops.c.domain, func.count().label("rows"))
        .join(outbox, outbox.c.shop_id == shops.c.id)
        .where(*left, outbox.c.state.in_([state.value for state in OPEN_STATES]))
        .group_by(shops.c.domain)
    )
    wrong = [f"{row.domain} left, and its tokens are still here" for row in tx.execute(keys)]
    wrong += [f"{row.domain} left, and {row.rows} outbox rows are still open" for row in tx.execute(rows)]
    return Check("a shop that left has no tokens and no open rows", known, tuple(wrong[:SHOWN]))
