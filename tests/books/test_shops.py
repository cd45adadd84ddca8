"""Shops: who installed us, how often, and how far their changes were swept."""

from datetime import timedelta

import pytest

from backorder.db import shops
from tests.books.cast import ALICE, BOB, NOON, SECOND, shop_seen

DAY = timedelta(days=1)


def test_an_installation_makes_a_shop(tx):
    shop = shops.install(tx, ALICE, NOON)
    assert (shop.domain, shop.installed_at, shop.generation, shop.is_installed) == (ALICE, NOON, 1, True)
    assert shop.name == ALICE, "until the store tells its name"
    assert shops.by_domain(tx, ALICE) == shops.one(tx, shop.shop_id) == shop
    assert shops.installed(tx) == (shop,)


def test_installing_again_while_installed_changes_nothing(tx):
    first = shops.install(tx, ALICE, NOON)
    assert shops.install(tx, ALICE, NOON + DAY) == first


def test_a_return_is_the_same_shop_in_a_new_generation(tx):
    first = shops.install(tx, ALICE, NOON)
    shops.set_terms(tx, first.shop_id, {"cutoff": "14:00"})
    shops.sweep_reached(tx, first.shop_id, NOON)
    shops.leave(tx, first.shop_id, NOON + DAY)
    assert not shops.one(tx, first.shop_id).is_installed
    assert shops.installed(tx) == ()
    back = shops.install(tx, ALICE, NOON + 2 * DAY)
    assert (back.shop_id, back.generation, back.installed_at) == (first.shop_id, 2, NOON + 2 * DAY)
    assert back.is_installed
    assert back.swept_until is None, "what changed while it was away was not swept"
    assert back.terms == {"cutoff": "14:00"}, "the merchant need not say it again"


def test_a_domain_is_one_shop(tx):
    assert shops.install(tx, ALICE, NOON).shop_id != shops.install(tx, BOB, NOON).shop_id
    assert len(shops.installed(tx)) == 2


def test_a_shop_nobody_knows_is_not_there(tx):
    assert shops.by_domain(tx, ALICE) is None
    with pytest.raises(LookupError, match="no shop 404"):
        shops.one(tx, 404)


def test_what_the_store_says_of_itself_is_kept(tx, alice):
    shops.describe(tx, alice, shop_seen())
    shop = shops.one(tx, alice)
    assert (shop.name, shop.timezone, shop.currency) == ("Lamplight", "America/New_York", "USD")
    assert (shop.domain, shop.email) == (ALICE, "alice@lamplight.example")


def test_the_sweep_mark_never_goes_back(tx, alice):
    for until in (NOON, NOON + 2 * SECOND, NOON + SECOND):
        shops.sweep_reached(tx, alice, until)
    assert shops.one(tx, alice).swept_until == NOON + 2 * SECOND
