"""The book of goods: variants and the inventory items behind them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    bindparam,
    false,
    func,
    select,
    text,
    update,
)

from backorder.db.ahead import AHEAD
from backorder.db.arrays import among, insert_rows
from backorder.db.columns import SHOP, Instant, Money, StoreId, Words, metadata
from backorder.db.searching import says
from backorder.db.suppliers import suppliers
from backorder.db.upsert import upsert
from backorder.rules.eligibility import Managing, Traits
from backorder.rules.seen import Policy, VariantSeen
from backorder.rules.selling import Lifecycle

items = Table(
    "items",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("item_id", StoreId, primary_key=True, autoincrement=False),
    Column("tracked", Boolean, nullable=False, default=True),
)

# Few variants have a last day, and all shops' are asked for at once, often.
_ENDS = text("sell_until IS NOT NULL")
# Few are sent by suppliers, and each order that comes is asked about.
_SENT = text("drop_shipped")

variants = Table(
    "variants",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("variant_id", StoreId, primary_key=True, autoincrement=False),
    Column("item_id", StoreId, nullable=False),
    Column("product_id", StoreId, nullable=False),
    Column("title", Words(255), nullable=False),
    Column("product_title", Words(255), nullable=False),
    Column("product_handle", Words(255), nullable=False, default=""),
    Column("product_status", String(32), nullable=False),
    Column("sku", Words(255)),
    Column("price", Money, nullable=False),
    Column("policy", String(16), nullable=False),
    Column("requires_shipping", Boolean, nullable=False, default=True),
    Column("managed", Boolean, nullable=False, default=False),
    Column("lead_time_days", Integer),
    Column("max_backorders", Integer),
    # The last day on which it is sold on backorder, what is meant to become of it, how many one order may have, and one customer.
    Column("sell_until", Date),
    Column("lifecycle", String(16), nullable=False, default="regular", server_default="regular"),
    Column("max_per_order", Integer),
    Column("max_per_customer", Integer),
    # Variants that the merchant offers to whom the wait is too long, by their numbers.
    Column("substitutes", JSON, nullable=False, default=list, server_default="[]"),
    # Who says whether it is managed (rules.eligibility), and what the merchant's rules look at.
    Column("managing", String(8), nullable=False, default="by_rule", server_default="by_rule"),
    Column("vendor", Words(255), nullable=False, default="", server_default=""),
    Column("product_type", Words(255), nullable=False, default="", server_default=""),
    Column("tags", JSON, nullable=False, default=list, server_default="[]"),
    Column("unit_cost", Money),
    # Who delivers it: of its last purchase order, or chosen by the merchant.
    Column("supplier_id", StoreId),
    Column("supplier_chosen", Boolean, nullable=False, default=False, server_default=false()),
    Column("made_to_order", Boolean, nullable=False, default=False, server_default=false()),
    # Whoever delivers it sends it to the buyer directly.
    Column("drop_shipped", Boolean, nullable=False, default=False, server_default=false()),
    # What a scanner reads on it, by the store; and where it lies in the warehouse, by the merchant.
    Column("barcode", Words(255)),
    Column("bin", Words(64)),
    Column("updated_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Index("ix_variants_shop_id_item_id", "shop_id", "item_id"),
    Index("ix_variants_drop_shipped", "shop_id", "item_id", sqlite_where=_SENT, postgresql_where=_SENT),
    Index("ix_variants_sell_until", "sell_until", sqlite_where=_ENDS, postgresql_where=_ENDS),
)


@dataclass(frozen=True)
class Variant:
    """A variant as our books know it. ``managed``: the merchant lets the app sell it on backorder.

    ``lead_time_days`` is its own; ``supplier_days`` is that of who delivers it. ``made_to_order``: no shipment to come serves it.
    ``drop_shipped``: who delivers it sends it to the buyer directly.
    """

    variant_id: int
    item_id: int
    product_id: int
    title: str
    product_title: str
    product_handle: str
    product_status: str
    sku: str | None
    price: Decimal
    policy: Policy
    requires_shipping: bool
    managed: bool
    lead_time_days: int | None
    max_backorders: int | None
    sell_until: date | None
    lifecycle: Lifecycle
    max_per_order: int | None
    managing: Managing
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    updated_at: datetime
    gone: bool
    supplier_id: int | None = None
    supplier_chosen: bool = False
    supplier: str | None = None
    supplier_days: int | None = None
    made_to_order: bool = False
    barcode: str | None = None
    bin: str | None = None
    max_per_customer: int | None = None
    unit_cost: Decimal | None = None
    substitutes: tuple[int, ...] = ()
    drop_shipped: bool = False

    @property
    def sender(self) -> int | None:
        """The supplier who sends it to its buyer directly; None: it is sent from here."""
        return self.supplier_id if self.drop_shipped and self.managed and not self.gone else None

    @property
    def days(self) -> int | None:
        """The lead time that is known of it: its own goes before its supplier's."""
        return self.lead_time_days if self.lead_time_days is not None else self.supplier_days

    def traits(self, *, inbound: bool, collections: frozenset[str] = frozenset()) -> Traits:
        """What the merchant's rules look at; ``inbound``: units of it are to come; ``collections``: their titles, of those named."""
        words = (frozenset(self.tags), self.vendor, self.product_type)
        return Traits(*words, self.price, inbound, collections, self.unit_cost)

    @property
    def full_title(self) -> str:
        """Product and variant in one line; a product's only variant is not named twice."""
        return self.product_title if self.title in {"", "Default Title"} else f"{self.product_title} – {self.title}"


_LOCK = (
    select(items.c.item_id)
    .where(items.c.shop_id == SHOP, among(items.c.item_id, "items"))
    .order_by(items.c.item_id)
    .with_for_update()
)
_UNTRACKED = select(items.c.item_id).where(
    items.c.shop_id == SHOP, among(items.c.item_id, "items"), items.c.tracked.is_(False)
)
_OF_A_VARIANT = select(
    variants, suppliers.c.name.label("supplier"), suppliers.c.lead_time_days.label("supplier_days")
).outerjoin(suppliers, (suppliers.c.id == variants.c.supplier_id) & (suppliers.c.shop_id == variants.c.shop_id))
_VARIANTS = _OF_A_VARIANT.where(variants.c.shop_id == SHOP).order_by(variants.c.variant_id)
# Put in order here: asked for in the order of its key, SQLite would walk all variants of the shop instead of these.
_OF_ITEMS = _VARIANTS.where(among(variants.c.item_id, "items")).order_by(None)
_BY_IDS = _VARIANTS.where(among(variants.c.variant_id, "variants"))
_BY_SKUS = _VARIANTS.where(among(variants.c.sku, "skus"), variants.c.gone_at.is_(None))
_OF_PRODUCT = _VARIANTS.where(variants.c.product_id == bindparam("product"))


def lock_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> None:
    """The one lock of the house: inventory-item rows, sorted by id, over all locations. Unknown items are made known."""
    wanted = sorted(set(item_ids))
    asked = {"shop": shop_id, "items": wanted}
    unknown = set(wanted).difference(tx.scalars(_LOCK, asked)) if wanted else ()
    if unknown:
        rows = [(item_id,) for item_id in sorted(unknown)]
        insert_rows(tx, items, {"shop_id": shop_id, "tracked": True}, ("item_id",), rows, "ignore")
        tx.scalars(_LOCK, asked).all()


_TRACKING = (
    update(items)
    .where(items.c.shop_id == SHOP, among(items.c.item_id, "items"), items.c.tracked != bindparam("other"))
    .execution_options(**{AHEAD: True})
)


def set_tracked(tx: Connection, shop_id: int, item_ids: Collection[int], *, tracked: bool) -> None:
    """Keep whether the store counts these items."""
    if item_ids:
        tx.execute(_TRACKING, {"shop": shop_id, "items": item_ids, "tracked": tracked, "other": tracked})


def untracked(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> frozenset[int]:
    """Which of these items the store does not count; they are never short."""
    return frozenset(tx.scalars(_UNTRACKED, {"shop": shop_id, "items": item_ids}))


def save_variants(tx: Connection, shop_id: int, seen: Iterable[VariantSeen]) -> None:
    """Keep what the store says of variants; the merchant's choices (managed, lead time, cap) stay."""
    fresh = tuple(seen)
    rows = [
        {
            "shop_id": shop_id,
            "variant_id": v.variant_id,
            "item_id": v.item_id,
            "product_id": v.product_id,
            "title": v.title,
            "product_title": v.product_title,
            "product_handle": v.product_handle,
            "product_status": v.product_status,
            "sku": v.sku,
            "price": v.price,
            "policy": v.policy.value,
            "requires_shipping": v.requires_shipping,
            "vendor": v.vendor,
            "product_type": v.product_type,
            "tags": list(v.tags),
            "barcode": v.barcode[:255] if v.barcode else None,
            "unit_cost": v.unit_cost,
            "updated_at": v.updated_at,
            "gone_at": None,
        }
        for v in fresh
    ]
    sold = sorted({v.item_id for v in fresh})
    insert_rows(tx, items, {"shop_id": shop_id, "tracked": True}, ("item_id",), [(i,) for i in sold], "ignore")
    upsert(tx, variants, rows)


def mark_gone(tx: Connection, shop_id: int, variant_ids: Iterable[int], at: datetime) -> None:
    """The store no longer has these variants."""
    tx.execute(
        update(variants)
        .where(variants.c.shop_id == shop_id, variants.c.variant_id.in_(sorted(variant_ids)))
        .values(gone_at=at)
    )


def variants_of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Variant, ...]:
    """The variants that sell these items."""
    rows = tx.execute(_OF_ITEMS, {"shop": shop_id, "items": item_ids}).all()
    return tuple(_variant(row) for row in sorted(rows, key=attrgetter("variant_id")))


def variants_of_product(tx: Connection, shop_id: int, product_id: int) -> tuple[Variant, ...]:
    return tuple(_variant(row) for row in tx.execute(_OF_PRODUCT, {"shop": shop_id, "product": product_id}))


def by_ids(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> tuple[Variant, ...]:
    return tuple(_variant(row) for row in tx.execute(_BY_IDS, {"shop": shop_id, "variants": variant_ids}).all())


def by_skus(tx: Connection, shop_id: int, skus: Iterable[str]) -> tuple[Variant, ...]:
    """The variants that carry one of these SKUs; a store may give one to several."""
    return tuple(_variant(row) for row in tx.execute(_BY_SKUS, {"shop": shop_id, "skus": skus}))


def page(
    tx: Connection,
    shop_id: int,
    *,
    search: str = "",
    managed: bool | None = None,
    after: int = 0,
    limit: int = 50,
) -> tuple[Variant, ...]:
    """Variants in id order, after the one with id ``after``; ``search`` looks in titles and SKU."""
    asked = _OF_A_VARIANT.where(
        variants.c.shop_id == shop_id, variants.c.gone_at.is_(None), variants.c.variant_id > after
    )
    if managed is not None:
        asked = asked.where(variants.c.managed == managed)
    if search:
        asked = asked.where(says(search, variants.c.product_title, variants.c.title, variants.c.sku))
    return tuple(_variant(row) for row in tx.execute(asked.order_by(variants.c.variant_id).limit(limit)))


def choose(tx: Connection, shop_id: int, variant_ids: Iterable[int], values: dict[str, Any]) -> int:
    """Record the merchant's choices for variants, by the names of their columns.

    ``managed`` without ``managing`` is the merchant's word on these variants, whatever the rules say.
    """
    if "managed" in values and "managing" not in values:
        values = {**values, "managing": (Managing.ALWAYS if values["managed"] else Managing.NEVER).value}
    return tx.execute(
        update(variants)
        .where(variants.c.shop_id == shop_id, among(variants.c.variant_id, variant_ids))
        .values(**values)
    ).rowcount


def by_rule(tx: Connection, shop_id: int) -> tuple[Variant, ...]:
    """The variants of which the merchant's rules say whether they are managed."""
    asked = _VARIANTS.where(variants.c.managing == Managing.BY_RULE.value, variants.c.gone_at.is_(None))
    return tuple(_variant(row) for row in tx.execute(asked, {"shop": shop_id}))


def delivered_by(tx: Connection, shop_id: int, supplier_id: int) -> tuple[Variant, ...]:
    """The variants that a supplier delivers."""
    return tuple(
        _variant(row) for row in tx.execute(_VARIANTS.where(variants.c.supplier_id == supplier_id), {"shop": shop_id})
    )


def drop_shipped_of(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[int, int]:
    """The variants of these items that a supplier sends to their buyers directly: the supplier of each."""
    rows = tx.execute(_drop_shipped_of(), {"shop": shop_id, "items": set(item_ids)})
    return {row.variant_id: row.supplier_id for row in rows}


@cache
def _drop_shipped_of() -> Select[Any]:
    return select(variants.c.variant_id, variants.c.supplier_id).where(
        variants.c.shop_id == SHOP,
        among(variants.c.item_id, "items"),
        _SENT,
        variants.c.managed.is_(True),
        variants.c.gone_at.is_(None),
        variants.c.supplier_id.is_not(None),
    )


def come_from(tx: Connection, shop_id: int, by_variant: Mapping[int, int | None]) -> None:
    """Note who delivers each of these variants, where the merchant has not chosen somebody."""
    groups: dict[int | None, list[int]] = defaultdict(list)
    for variant_id, supplier_id in by_variant.items():
        groups[supplier_id].append(variant_id)
    for supplier_id, ids in groups.items():
        tx.execute(
            update(variants)
            .where(
                variants.c.shop_id == shop_id,
                among(variants.c.variant_id, ids),
                variants.c.supplier_chosen.is_(False),
            )
            .values(supplier_id=supplier_id)
        )


def forget_supplier(tx: Connection, shop_id: int, supplier_id: int) -> None:
    """Nobody is known any more to deliver what this supplier delivered, or to send it."""
    tx.execute(
        update(variants)
        .where(variants.c.shop_id == shop_id, variants.c.supplier_id == supplier_id)
        .values(supplier_id=None, supplier_chosen=False, drop_shipped=False)
    )


def count_variants(tx: Connection, shop_id: int) -> tuple[int, int]:
    """How many variants the shop has, and how many of them are managed."""
    row = tx.execute(
        select(
            func.count().label("all"),
            func.count().filter(variants.c.managed.is_(True)).label("managed"),
        ).where(variants.c.shop_id == shop_id, variants.c.gone_at.is_(None))
    ).one()
    return row.all, row.managed


def _variant(row: Row[Any]) -> Variant:
    return Variant(
        variant_id=row.variant_id,
        item_id=row.item_id,
        product_id=row.product_id,
        title=row.title,
        product_title=row.product_title,
        product_handle=row.product_handle,
        product_status=row.product_status,
        sku=row.sku,
        price=row.price,
        policy=Policy(row.policy),
        requires_shipping=row.requires_shipping,
        managed=row.managed,
        lead_time_days=row.lead_time_days,
        max_backorders=row.max_backorders,
        sell_until=row.sell_until,
        lifecycle=Lifecycle(row.lifecycle),
        max_per_order=row.max_per_order,
        managing=Managing(row.managing),
        vendor=row.vendor,
        product_type=row.product_type,
        tags=tuple(row.tags),
        updated_at=row.updated_at,
        gone=row.gone_at is not None,
        supplier_id=row.supplier_id,
        supplier_chosen=row.supplier_chosen,
        supplier=row.supplier,
        supplier_days=row.supplier_days,
        made_to_order=row.made_to_order,
        barcode=row.barcode,
        bin=row.bin,
        max_per_customer=row.max_per_customer,
        unit_cost=row.unit_cost,
        substitutes=tuple(row.substitutes),
        drop_shipped=row.drop_shipped,
    )


def set_policy(tx: Connection, shop_id: int, variant_id: int, policy: Policy, at: datetime) -> None:
    """Our own write of the policy was confirmed by the store at ``at`` (its time)."""
    tx.execute(
        update(variants)
        .where(variants.c.shop_id == shop_id, variants.c.variant_id == variant_id)
        .values(policy=policy.value, updated_at=at)
    )
