"""Only so many can be shipped on a day, over all the goods of a place: whoever comes when a day is full is promised a later one."""

from datetime import timedelta

import pytest

from backorder import manage, purchase
from backorder.allocate import decide
from backorder.db import catalogue, claims, levels, locations, promises, shops
from backorder.db.sealed import Sealer
from backorder.house import House
from backorder.outlook import outlook
from backorder.what_if import OnTerms, what_if
from tests.books.cast import ALICE, CHAIR, CHAIR_VARIANT, DUE, LAMP, LAMP_VARIANT, NOON, level, location, variant
from tests.books.test_what_if import as_it_is, somebody_orders

ITEMS = (LAMP, CHAIR)
FIRST = DUE + timedelta(days=4)  # received and packed after the weekend


@pytest.fixture
def house(db):
    return House(None, db, Sealer("the-key-that-seals-the-books"), None)


@pytest.fixture
def shop(house):
    """Lamps and chairs come on the same day, and the warehouse packs five a day."""
    with house.db.write() as tx:
        shop_id = shops.install(tx, ALICE, NOON).shop_id
        locations.save_locations(tx, shop_id, [location()])
        chair = variant(variant_id=CHAIR_VARIANT, item_id=CHAIR, product_id=32, product_title="Chair")
        catalogue.save_variants(tx, shop_id, [variant(), chair])
        catalogue.choose(tx, shop_id, [LAMP_VARIANT, CHAIR_VARIANT], {"managed": True})
    manage.set_terms(house, shop_id, {"units_a_day": 5}, actor="a test", now=NOON)
    lines = tuple(purchase.DraftLine(v, 30, DUE) for v in (LAMP_VARIANT, CHAIR_VARIANT))
    purchase.place(house, shop_id, purchase.Draft("PO-12", "", None, lines), actor="a test", now=NOON)
    return shop_id


def orders_(house, shop_id, number, item_id, units):
    """Somebody orders, is decided about, and has the letter."""
    with house.db.write() as tx:
        somebody_orders(tx, shop_id, number, [(item_id, units)], NOON + timedelta(minutes=number))
        claimed = sum(one.units for one in claims.of_items(tx, shop_id, [item_id]))
        levels.save(tx, shop_id, [level(item_id=item_id, available=-claimed, committed=claimed, on_hand=0)])
        decide(tx, shop_id, [item_id], NOON, cause="a test")
        tx.execute(promises.promises.update().values(told_at=NOON))
        return promises.latest(tx, shop_id, [number * 10])[number * 10].ship_by


def test_days_fill_up_over_all_goods_of_a_place_in_the_order_in_which_people_come(house, shop):
    assert [
        orders_(house, shop, 101, LAMP, 3),
        orders_(house, shop, 102, CHAIR, 2),
        orders_(house, shop, 103, LAMP, 1),
        orders_(house, shop, 104, CHAIR, 4),
        orders_(house, shop, 105, LAMP, 2),
    ] == [FIRST, FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=1), FIRST + timedelta(days=2)]


def test_whatever_is_decided_again_stays_as_it_was_promised(house, shop):
    for number, item_id, units in ((101, LAMP, 3), (102, CHAIR, 2), (103, LAMP, 1), (104, CHAIR, 4), (105, LAMP, 2)):
        orders_(house, shop, number, item_id, units)
    before = as_it_is(house.db, shop)
    for items in (ITEMS, [LAMP], [CHAIR], ITEMS):
        with house.db.write() as tx:
            decide(tx, shop, items, NOON, cause="a test")
    assert as_it_is(house.db, shop) == before
    with house.db.read() as tx:
        walked = {line_id: one.ship_by for line_id, one in outlook(tx, shop, ITEMS, NOON).items()}
    assert walked == before[0]


def test_the_page_shows_the_first_day_with_room(house, shop):
    orders_(house, shop, 101, CHAIR, 5)
    orders_(house, shop, 102, LAMP, 1)
    _, _, _, shown = as_it_is(house.db, shop)
    assert shown[LAMP_VARIANT] == ("backorder", (FIRST + timedelta(days=1)).isoformat())
    assert orders_(house, shop, 103, LAMP, 1) == FIRST + timedelta(days=1)


def test_fewer_hands_break_no_promise(house, shop):
    orders_(house, shop, 101, LAMP, 3)
    orders_(house, shop, 102, LAMP, 2)
    answer = what_if(house, shop, [OnTerms({"units_a_day": 1})], NOON)
    assert answer.moved == ()
    assert answer.sold[0].would_ship_by > answer.sold[0].ship_by


def test_without_the_setting_everybody_ships_as_the_goods_come(house, shop):
    manage.set_terms(house, shop, {"units_a_day": None}, actor="a test", now=NOON)
    assert {orders_(house, shop, number, LAMP, 4) for number in (101, 102, 103)} == {FIRST}
