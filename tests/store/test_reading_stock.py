"""The shop, its locations, its variants and what of them is where."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from backorder.rules.seen import LevelSeen, LocationSeen, Policy, ShopSeen, VariantSeen
from backorder.store.errors import GoneFromStore
from tests.store.answers import connection, in_the_shop
from tests.store.cast import LAMPLIGHT, lamplight
from tests.store.shelf import gid, item, level, variant

THEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LAMP = VariantSeen(
    variant_id=101,
    product_id=9,
    item_id=201,
    title="Brass",
    product_title="Aurora lamp",
    product_handle="aurora-lamp",
    product_status="ACTIVE",
    sku="LAMP-BRASS",
    price=Decimal("120.00"),
    policy=Policy.CONTINUE,
    tracked=True,
    requires_shipping=True,
    updated_at=THEN,
    promise={"state": "backorder"},
    promise_digest="d1",
    vendor="Glow & Sons",
    product_type="Lamps",
    tags=("brass",),
    unit_cost=Decimal("48.00"),
)
LEVEL = LevelSeen(201, 1, available=-3, committed=5, on_hand=2, incoming=40, updated_at=THEN)


def test_the_shop_tells_its_zone_its_currency_and_what_it_has_granted():
    in_the_shop(
        shop={
            "id": gid("Shop", 77),
            "name": "Lamplight",
            "email": "owner@lamplight.example",
            "myshopifyDomain": LAMPLIGHT,
            "ianaTimezone": "America/New_York",
            "currencyCode": "USD",
        },
        currentAppInstallation={"accessScopes": [{"handle": "write_products"}, {"handle": "read_locations"}]},
    )
    granted = frozenset({"write_products", "read_locations"})
    assert lamplight().shop() == ShopSeen(
        77, LAMPLIGHT, "Lamplight", "America/New_York", "USD", "owner@lamplight.example", granted
    )


def test_locations_come_a_page_at_a_time():
    rows = [
        {
            "id": gid("Location", 1 + number),
            "name": "Brooklyn warehouse",
            "isActive": True,
            "fulfillsOnlineOrders": True,
            "isFulfillmentService": False,
            "address": {"countryCode": "US"},
        }
        for number in range(60)
    ]
    in_the_shop(locations=connection(rows))
    first, cursor = lamplight().locations()
    rest, end = lamplight().locations(cursor)
    assert (len(first), len(rest), end) == (50, 10, None)
    assert first[0] == LocationSeen(1, "Brooklyn warehouse", True, True, False, "US")
    assert rest[-1].location_id == 60


def test_a_variant_is_read_with_its_levels():
    asked = in_the_shop(productVariants=connection([variant()]))
    rows, cursor = lamplight().variants(query="product_status:active")
    assert rows == ((LAMP, (LEVEL,)),)
    assert cursor is None
    assert asked[0] == {"after": None, "query": "product_status:active"}


def test_what_can_ship_is_available_and_committed():
    assert LEVEL.shippable == 2


def test_the_catalogue_comes_a_page_at_a_time():
    in_the_shop(productVariants=connection([variant(1 + number) for number in range(30)]))
    first, cursor = lamplight().variants()
    rest, end = lamplight().variants(cursor)
    assert [seen.variant_id for seen, _ in first + rest] == list(range(1, 31))
    assert end is None


def test_a_variant_at_many_locations_is_read_with_all_of_them():
    wide = item(201, levels=130)
    in_the_shop(productVariants=connection([variant(inventoryItem=wide)]), inventoryItem=wide)
    ((_, levels),), _cursor = lamplight().variants()
    assert [each.location_id for each in levels] == list(range(1, 131))


def test_a_variant_without_sku_or_promise_has_none():
    in_the_shop(productVariants=connection([variant(sku="", metafield=None)]))
    ((seen, _),), _cursor = lamplight().variants()
    assert (seen.sku, seen.promise, seen.promise_digest) == (None, None, None)


def test_an_item_is_read_with_every_level_and_everything_that_sells_it():
    many = {
        "tracked": False,
        "variants": connection([variant(1 + number) for number in range(130)]),
        "inventoryLevels": connection([level(1 + number) for number in range(60)]),
    }
    in_the_shop(inventoryItem=many)
    seen = lamplight().item(201)
    assert seen is not None
    assert (seen.item_id, seen.tracked) == (201, False)
    assert [each.location_id for each in seen.levels] == list(range(1, 61))
    assert [each.variant_id for each in seen.variants] == list(range(1, 131))


def test_an_item_may_come_without_a_word_of_what_sells_it():
    in_the_shop(inventoryItem={"tracked": True, "variants": None, "inventoryLevels": connection([level(1)])})
    seen = lamplight().item(201)
    assert seen is not None
    assert ([each.location_id for each in seen.levels], seen.variants) == ([1], ())


def test_an_item_that_is_gone_is_none():
    in_the_shop(inventoryItem=None)
    assert lamplight().item(201) is None


def test_an_item_that_goes_away_while_it_is_read_is_not_half_an_item():
    answers = iter([{"tracked": True, "variants": connection([]), "inventoryLevels": connection([level(1)] * 60)}])
    in_the_shop(inventoryItem=lambda _info, **_named: next(answers, None))
    with pytest.raises(GoneFromStore):
        lamplight().item(201)


def test_variants_are_fetched_by_id_and_those_that_are_gone_are_missing():
    there = {gid("ProductVariant", number): variant(number) for number in range(1, 150) if number != 5}
    asked = in_the_shop(nodes=lambda _info, ids: [there.get(each) for each in ids])
    seen = lamplight().variants_by_ids([*range(149, 0, -1), 7])
    assert [each.variant_id for each in seen] == [number for number in range(1, 150) if number != 5]
    assert [len(each["ids"]) for each in asked] == [100, 49]


def test_fetching_no_variants_asks_nothing():
    assert lamplight().variants_by_ids([]) == ()
