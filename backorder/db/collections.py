"""The book of collections: those that the merchant's rules name, and which products are in them.

A collection may be long, so it is read page by page (``cursor``); what a pass over all pages did not see is in it no more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, delete, func, select, update

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import Instant, StoreId, Words, metadata
from backorder.db.upsert import upsert

collections = Table(
    "collections",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("collection_id", StoreId, primary_key=True, autoincrement=False),
    Column("title", Words(255), nullable=False),
    # When the pass that is under way began (transport time), and the page that is next; both None: none is.
    Column("began_at", Instant),
    Column("cursor", String(512)),
)

collected = Table(
    "collected",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("collection_id", StoreId, primary_key=True, autoincrement=False),
    Column("product_id", StoreId, primary_key=True, autoincrement=False),
    Column("seen_at", Instant, nullable=False),
    Index("ix_collected_shop_id_product_id", "shop_id", "product_id"),
)


@dataclass(frozen=True)
class Collection:
    """A collection that a rule names, and how far a pass over its products has come."""

    collection_id: int
    title: str
    began_at: datetime | None
    cursor: str | None


def known(tx: Connection, shop_id: int) -> dict[int, Collection]:
    """The shop's collections that its rules name, by id."""
    rows = tx.execute(select(collections).where(collections.c.shop_id == shop_id))
    return {row.collection_id: Collection(row.collection_id, row.title, row.began_at, row.cursor) for row in rows}


def put(tx: Connection, shop_id: int, titles: Iterable[tuple[int, str]]) -> None:
    """Keep these collections, by id and title; how far a pass has come stays."""
    rows = [{"shop_id": shop_id, "collection_id": number, "title": title[:255]} for number, title in titles]
    upsert(tx, collections, rows)


def forget(tx: Connection, shop_id: int, collection_ids: Iterable[int]) -> None:
    """No rule names these any more, or the store has deleted them."""
    for table in (collected, collections):
        tx.execute(delete(table).where(table.c.shop_id == shop_id, among(table.c.collection_id, collection_ids)))


def add_page(
    tx: Connection, shop_id: int, collection_id: int, product_ids: Iterable[int], began_at: datetime, cursor: str | None
) -> frozenset[int]:
    """Keep a page of a pass that began at that moment, and where it goes on; which products were not known to be in it."""
    seen = sorted(set(product_ids))
    mine = (collected.c.shop_id == shop_id, collected.c.collection_id == collection_id)
    before = set(tx.scalars(select(collected.c.product_id).where(*mine, among(collected.c.product_id, seen))))
    same = {"shop_id": shop_id, "collection_id": collection_id, "seen_at": began_at}
    insert_rows(tx, collected, same, ("product_id",), [(number,) for number in seen], "replace")
    tx.execute(
        update(collections)
        .where(collections.c.shop_id == shop_id, collections.c.collection_id == collection_id)
        .values(began_at=began_at, cursor=cursor)
    )
    return frozenset(set(seen) - before)


def end_pass(tx: Connection, shop_id: int, collection_id: int, began_at: datetime) -> frozenset[int]:
    """Every page was read; which products are in the collection no more."""
    gone = (
        collected.c.shop_id == shop_id,
        collected.c.collection_id == collection_id,
        collected.c.seen_at != began_at,
    )
    left = frozenset(tx.scalars(select(collected.c.product_id).where(*gone)))
    tx.execute(delete(collected).where(*gone))
    tx.execute(
        update(collections)
        .where(collections.c.shop_id == shop_id, collections.c.collection_id == collection_id)
        .values(began_at=None, cursor=None)
    )
    return left


def products_in(tx: Connection, shop_id: int, collection_ids: Iterable[int]) -> frozenset[int]:
    """The products of these collections."""
    asked = select(collected.c.product_id).where(
        collected.c.shop_id == shop_id, among(collected.c.collection_id, collection_ids)
    )
    return frozenset(tx.scalars(asked))


def titles_of(tx: Connection, shop_id: int, product_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The titles of the collections that each of these products is in, of those that rules name."""
    rows = tx.execute(
        select(collected.c.product_id, collections.c.title)
        .join(
            collections,
            (collections.c.shop_id == collected.c.shop_id) & (collections.c.collection_id == collected.c.collection_id),
        )
        .where(collected.c.shop_id == shop_id, among(collected.c.product_id, product_ids))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.product_id].add(row.title)
    return {product_id: frozenset(titles) for product_id, titles in found.items()}


def sizes(tx: Connection, shop_id: int) -> dict[str, int]:
    """How many products are in each collection that a rule names, by title."""
    rows = tx.execute(
        select(collections.c.title, func.count(collected.c.product_id).label("products"))
        .outerjoin(
            collected,
            (collections.c.shop_id == collected.c.shop_id) & (collections.c.collection_id == collected.c.collection_id),
        )
        .where(collections.c.shop_id == shop_id)
        .group_by(collections.c.collection_id, collections.c.title)
        .order_by(collections.c.title, collections.c.collection_id)
    )
    found: dict[str, int] = {}
    for row in rows:
        found[row.title] = found.get(row.title, 0) + row.products
    return found
