"""All books in one place, so that the metadata is complete wherever it is asked for."""

from sqlalchemy import Connection, delete

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
    inbox,
    last_choices,
    lateness,
    levels,
    locations,
    lots,
    offers,
    order_lines,
    orders,
    outbox,
    overwriting,
    promises,
    purchase_order_acts,
    purchase_orders,
    queue_acts,
    receipts,
    reconciliations,
    rests,
    shops,
    standings,
    supplier_letters,
    suppliers,
    tokens,
    transfers,
    turns,
    ways,
)
from backorder.db.columns import metadata

BOOKS = (
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
    inbox,
    lateness,
    last_choices,
    levels,
    locations,
    lots,
    offers,
    order_lines,
    orders,
    outbox,
    overwriting,
    promises,
    purchase_order_acts,
    purchase_orders,
    queue_acts,
    receipts,
    reconciliations,
    rests,
    shops,
    standings,
    supplier_letters,
    suppliers,
    tokens,
    transfers,
    turns,
    ways,
)


def forget_work(tx: Connection, shop_id: int) -> None:
    """Drop what was still to be looked at for a shop, the turns taken for it and its store's rest."""
    for table in (dirty.dirty, rests.rests, turns.turns):
        tx.execute(delete(table).where(table.c.shop_id == shop_id))


def forget_shop(tx: Connection, shop_id: int) -> None:
    """Delete every row of a shop from every book, the shop's own last."""
    for table in metadata.sorted_tables:
        if "shop_id" in table.c:
            tx.execute(delete(table).where(table.c.shop_id == shop_id))
    tx.execute(delete(shops.shops).where(shops.shops.c.id == shop_id))


__all__ = ["BOOKS", "forget_shop", "forget_work", "metadata"]
