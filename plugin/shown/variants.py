"""Variants as shown: what the merchant chose, how each is sold now, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from backorder.db import catalogue, claims, collections, last_choices, levels, lots, offers
from backorder.db.last_choices import LastChoice
from backorder.db.offers import Offer
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.eligibility import Rule, judge
from backorder.rules.lease import Lease
from backorder.rules.lots import LotKind
from backorder.rules.terms import Terms
from plugin.shown.model import Money, Shown

PAGE = 50


class VariantShown(Shown):
    """A variant. ``state``, ``reason`` and ``ship_by`` (for the next buyer) are decided only for managed ones.

    Units: ``on_shelf`` can ship now, ``aside`` are there and serve nobody because nothing explains them, ``waiting`` are ordered and covered by no stock, ``to_come`` are on purchase orders
    or at the dock. ``managing`` says who says whether it is managed: the rules (*by_rule*), or the word *always* or *never* on it;
    ``managed_because`` is the reason. ``lead_time_days`` is its own and goes before ``supplier_days``; ``made_to_order``: no shipment
    to come serves it; ``drop_shipped``: the supplier sends it to its buyer directly. ``substitutes`` are shown to whom the wait is too long. ``lease`` says whose the selling policy is: *held* by us, *yielded* to somebody who changed it, *returned*.
    """

    variant_id: int
    title: str
    sku: str | None
    price: Money
    policy: str
    managed: bool
    managing: str
    managed_because: str
    lead_time_days: int | None
    supplier: str | None
    supplier_days: int | None
    made_to_order: bool
    drop_shipped: bool
    barcode: str | None
    bin: str | None
    max_backorders: int | None
    max_per_order: int | None
    max_per_customer: int | None
    substitutes: tuple[int, ...]
    sell_until: date | None
    lifecycle: str
    state: str | None
    reason: str | None
    ship_by: date | None
    lease: str | None
    on_shelf: int
    aside: int
    waiting: int
    to_come: int


class LastChange(Shown):
    """The last choice, which can be taken back: of how many variants, or of the ``rules`` for them, when, by whom."""

    variants: int
    rules: bool
    made_at: datetime
    actor: str


class VariantPage(Shown):
    """Some variants in the order of their ids; ``next_after`` asks for the following ones."""

    variants: tuple[VariantShown, ...]
    next_after: int | None
    all_variants: int
    managed_variants: int
    last_change: LastChange | None


@dataclass(frozen=True)
class _Units:
    """Units by inventory item."""

    on_shelf: Mapping[int, int]
    aside: Mapping[int, int]
    waiting: Mapping[int, int]
    to_come: Mapping[int, int]


def page(house: House, shop: Shop, *, search: str = "", managed: bool | None = None, after: int = 0) -> VariantPage:
    """A page of the shop's variants."""
    with house.db.read() as tx:
        found = catalogue.page(tx, shop.shop_id, search=search, managed=managed, after=after, limit=PAGE + 1)
        everything, chosen = catalogue.count_variants(tx, shop.shop_id)
        last = last_choices.get(tx, shop.shop_id)
    shown = found[:PAGE]
    return VariantPage(
        variants=of(house, shop, shown),
        next_after=shown[-1].variant_id if len(found) > PAGE else None,
        all_variants=everything,
        managed_variants=chosen,
        last_change=last_change(last),
    )


def last_change(last: LastChoice | None) -> LastChange | None:
    """The last choice as shown."""
    if last is None:
        return None
    return LastChange(variants=len(last.after), rules=last.rules is not None, made_at=last.made_at, actor=last.actor)


def of(house: House, shop: Shop, variants: Iterable[catalogue.Variant]) -> tuple[VariantShown, ...]:
    """These variants with how they are sold now."""
    asked = tuple(variants)
    with house.db.read() as tx:
        ids = [variant.variant_id for variant in asked]
        decided, leases = offers.get(tx, shop.shop_id, ids), offers.leases(tx, shop.shop_id, ids)
        titles = collections.titles_of(tx, shop.shop_id, {variant.product_id for variant in asked})
    units = _units(house, shop.shop_id, {variant.item_id for variant in asked})
    rules = Terms.from_json(shop.terms).eligibility
    return tuple(
        _shown(
            variant,
            shop.currency,
            rules,
            decided.get(variant.variant_id),
            leases.get(variant.variant_id),
            units,
            titles.get(variant.product_id, frozenset()),
        )
        for variant in asked
    )


def _shown(
    variant: catalogue.Variant,
    currency: str,
    rules: tuple[Rule, ...],
    offer: Offer | None,
    lease: Lease | None,
    units: _Units,
    collected: frozenset[str],
) -> VariantShown:
    known = offer if variant.managed else None
    traits = variant.traits(inbound=units.to_come.get(variant.item_id, 0) > 0, collections=collected)
    waits = units.waiting.get(variant.item_id, 0) > 0
    return VariantShown(
        variant_id=variant.variant_id,
        title=variant.full_title,
        sku=variant.sku,
        price=Money(amount=variant.price, currency=currency),
        policy=variant.policy.value,
        managed=variant.managed,
        managing=variant.managing.value,
        managed_because=judge(variant.managing, rules, traits, managed=variant.managed, waits=waits).reason,
        lead_time_days=variant.lead_time_days,
        supplier=variant.supplier,
        supplier_days=variant.supplier_days,
        made_to_order=variant.made_to_order,
        drop_shipped=variant.drop_shipped,
        barcode=variant.barcode,
        bin=variant.bin,
        max_backorders=variant.max_backorders,
        max_per_order=variant.max_per_order,
        max_per_customer=variant.max_per_customer,
        substitutes=variant.substitutes,
        sell_until=variant.sell_until,
        lifecycle=variant.lifecycle.value,
        state=known.state if known else None,
        reason=known.reason if known else None,
        ship_by=known.wanted.get("ship_by") if known else None,
        lease=lease.state.value if lease else None,
        on_shelf=units.on_shelf.get(variant.item_id, 0),
        aside=units.aside.get(variant.item_id, 0),
        waiting=units.waiting.get(variant.item_id, 0),
        to_come=units.to_come.get(variant.item_id, 0),
    )


def _units(house: House, shop_id: int, items: set[int]) -> _Units:
    shelf: Counter[int] = Counter()
    aside: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    coming: Counter[int] = Counter()
    with house.db.read() as tx:
        for level in levels.of_items(tx, shop_id, items):
            shelf[level.item_id] += level.on_shelf - level.aside.units
            aside[level.item_id] += level.aside.units
        for claim in claims.of_items(tx, shop_id, items):
            waiting[claim.item_id] += claim.backordered
        for lot in lots.of_items(tx, shop_id, items):
            coming[lot.item_id] += 0 if lot.kind is LotKind.ON_HAND else lot.units
    return _Units(shelf, aside, waiting, coming)
