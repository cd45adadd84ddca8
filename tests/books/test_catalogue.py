"""The catalogue: what the store says of its goods, and what the merchant chose, side by side."""

from dataclasses import replace
from decimal import Decimal

import pytest

from backorder.db import catalogue, locations, managing
from backorder.rules.seen import Policy
from tests.books.cast import (
    CHAIR,
    CHAIR_VARIANT,
    HERE,
    LAMP,
    LAMP_VARIANT,
    LAMPS,
    NOON,
    SECOND,
    THERE,
    location,
    variant,
)

CHAIR_SEEN = variant(
    variant_id=CHAIR_VARIANT,
    product_id=32,
    item_id=CHAIR,
    title="Default Title",
    product_title="100% Oak_Chair",
    sku="C\\1",
)


def names(found):
    return [v.product_title for v in found]


@pytest.fixture
def shelf(tx, alice):
    """A lamp and a chair."""
    catalogue.save_variants(tx, alice, [variant(), CHAIR_SEEN])
    return alice


def test_a_variant_is_kept_as_the_store_tells_it(tx, shelf):
    (lamp,) = catalogue.by_ids(tx, shelf, [LAMP_VARIANT])
    assert (lamp.item_id, lamp.product_id, lamp.sku, lamp.price) == (LAMP, LAMPS, "LAMP-1", Decimal("49.90"))
    assert (lamp.policy, lamp.managed, lamp.gone, lamp.updated_at) == (Policy.DENY, False, False, NOON)
    assert catalogue.variants_of_items(tx, shelf, [LAMP]) == catalogue.variants_of_product(tx, shelf, LAMPS) == (lamp,)


def test_a_products_only_variant_is_not_named_twice(tx, shelf):
    assert [v.full_title for v in catalogue.by_ids(tx, shelf, [LAMP_VARIANT, CHAIR_VARIANT])] == [
        "Lamp – Brass",
        "100% Oak_Chair",
    ]


def test_the_merchants_choices_outlive_what_the_store_says(tx, shelf):
    chosen = {"managed": True, "lead_time_days": 14, "max_backorders": 40}
    assert catalogue.choose(tx, shelf, [LAMP_VARIANT], chosen) == 1
    catalogue.save_variants(tx, shelf, [variant(title="Gold", policy=Policy.CONTINUE)])
    (lamp,) = catalogue.by_ids(tx, shelf, [LAMP_VARIANT])
    assert (lamp.title, lamp.policy) == ("Gold", Policy.CONTINUE)
    assert (lamp.managed, lamp.lead_time_days, lamp.max_backorders) == (True, 14, 40)
    assert managing.managed_items(tx, shelf) == (LAMP,)
    assert catalogue.count_variants(tx, shelf) == (2, 1)


def test_a_variant_that_is_gone_is_counted_no_more_and_may_come_back(tx, shelf):
    catalogue.choose(tx, shelf, [LAMP_VARIANT], {"managed": True})
    catalogue.mark_gone(tx, shelf, [LAMP_VARIANT], NOON + SECOND)
    assert catalogue.by_ids(tx, shelf, [LAMP_VARIANT])[0].gone
    assert managing.managed_items(tx, shelf) == ()
    assert catalogue.count_variants(tx, shelf) == (1, 0)
    assert names(catalogue.page(tx, shelf)) == ["100% Oak_Chair"]
    catalogue.save_variants(tx, shelf, [variant()])
    assert managing.managed_items(tx, shelf) == (LAMP,)


def test_variants_are_paged_and_chosen_by_what_is_managed(tx, shelf):
    catalogue.choose(tx, shelf, [CHAIR_VARIANT], {"managed": True})
    assert names(catalogue.page(tx, shelf, limit=1)) == ["Lamp"]
    assert names(catalogue.page(tx, shelf, after=LAMP_VARIANT)) == ["100% Oak_Chair"]
    assert names(catalogue.page(tx, shelf, managed=True)) == ["100% Oak_Chair"]
    assert names(catalogue.page(tx, shelf, managed=False)) == ["Lamp"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("LAMP", ["Lamp"]),
        ("brass", ["Lamp"]),
        ("lamp-1", ["Lamp"]),
        ("oak_chair", ["100% Oak_Chair"]),
        ("oak%chair", []),
        ("100%", ["100% Oak_Chair"]),
        ("_", ["100% Oak_Chair"]),
        ("c\\1", ["100% Oak_Chair"]),
        ("'; DROP TABLE variants; --", []),
    ],
)
def test_a_search_takes_what_was_typed_literally(tx, shelf, search, found):
    assert names(catalogue.page(tx, shelf, search=search)) == found


@pytest.mark.parametrize("search", ["Étagère", "étagère", "ÉTAGÈRE", "tagèr"])
def test_a_search_finds_letters_with_accents_in_capitals_or_not(tx, shelf, search):
    catalogue.save_variants(tx, shelf, [variant(product_title="Étagère en chêne")])
    assert [found.variant_id for found in catalogue.page(tx, shelf, search=search)] == [LAMP_VARIANT]


def test_locking_makes_unknown_items_known_and_may_be_repeated(tx, alice):
    for _ in range(2):
        catalogue.lock_items(tx, alice, [CHAIR, LAMP, LAMP])
    assert [row.item_id for row in tx.execute(catalogue.items.select())] == [LAMP, CHAIR]
    assert catalogue.untracked(tx, alice, [LAMP, CHAIR]) == frozenset()


def test_items_that_are_not_counted_are_known(tx, shelf):
    catalogue.set_tracked(tx, shelf, [LAMP], tracked=False)
    catalogue.save_variants(tx, shelf, [variant()])
    assert catalogue.untracked(tx, shelf, [LAMP, CHAIR]) == {LAMP}


def test_a_location_that_the_store_has_no_more_is_closed_and_keeps_its_name(tx, alice):
    locations.save_locations(tx, alice, [location(THERE, "Shop"), location()])
    locations.close_others(tx, alice, {HERE})
    gone = replace(location(THERE, "Shop"), active=False, fulfills_online=False)
    assert locations.all_locations(tx, alice) == (location(HERE), gone)


def test_locations_are_kept_as_the_store_tells_them(tx, alice):
    locations.save_locations(tx, alice, [location(THERE, "Shop"), location()])
    locations.save_locations(tx, alice, [location(THERE, "Outlet")])
    assert locations.all_locations(tx, alice) == (location(HERE), location(THERE, "Outlet"))
