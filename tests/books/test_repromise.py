"""Less comes than was promised: who is served, by the policy that the merchant chose, in the books and on the shelf."""

from datetime import timedelta

import pytest

from backorder import manage, purchase
from backorder.allocate import decide
from backorder.db import catalogue, claims, levels, locations, lots, promises, purchase_orders, shops
from backorder.db.proofs.shelves import lots_add_up, nothing_is_left_while_somebody_waits
from backorder.db.proofs.turns import nobody_is_overtaken
from backorder.db.sealed import Sealer
from backorder.house import House
from tests.books.cast import ALICE, HERE, LAMP, LAMP_VARIANT, NOON, level, location, variant
from tests.books.life import Life
from tests.books.test_what_if import somebody_orders
from tests.dice import first_now, seeds

ANNA, BEN = 101, 102
LATE, SOON = 20, 8


def day(ahead):
    return NOON.date() + timedelta(days=ahead)


@pytest.fixture
def house(db):
    return House(None, db, Sealer("the-key-that-seals-the-books"), None)


@pytest.fixture
def shop(house):
    """Domain §6: Anna was told a late day; then two lamps were found for an early one, and Ben, younger, was told that."""
    with house.db.write() as tx:
        shop_id = shops.install(tx, ALICE, NOON).shop_id
        locations.save_locations(tx, shop_id, [location()])
        catalogue.save_variants(tx, shop_id, [variant()])
        catalogue.choose(tx, shop_id, [LAMP_VARIANT], {"managed": True})
        somebody_orders(tx, shop_id, ANNA, [(LAMP, 1)], NOON)
        somebody_orders(tx, shop_id, BEN, [(LAMP, 1)], NOON)
        levels.save(tx, shop_id, [level(available=-2, committed=2, on_hand=0)])
    ordered(house, shop_id, "PO-12", 5, LATE)
    with house.db.write() as tx:
        told(tx, shop_id, ANNA)
    ordered(house, shop_id, "AIR-1", 2, SOON)
    with house.db.write() as tx:
        told(tx, shop_id, BEN)
    return shop_id


def ordered(house, shop_id, number, units, ahead):
    lines = (purchase.DraftLine(LAMP_VARIANT, units, day(ahead)),)
    purchase.place(house, shop_id, purchase.Draft(number, "", None, lines), actor="a test", now=NOON)


def told(tx, shop_id, who):
    """Somebody has had the letter; who has not is told what is true then."""
    tx.execute(promises.promises.update().where(promises.promises.c.order_id == who).values(told_at=NOON))


def only_one_lamp_comes_by_air(house, shop_id):
    with house.db.write() as tx:
        (air,) = [one for one in purchase_orders.lines_of_items(tx, shop_id, [LAMP]) if one.number == "AIR-1"]
        purchase_orders.change_line(tx, shop_id, air.line_id, cancelled=1)
        purchase.decide_anew(tx, shop_id, [LAMP], NOON, "a test", "a test")


def the_lamp_is_counted_in(house, shop_id):
    with house.db.write() as tx:
        for one in purchase_orders.lines_of_items(tx, shop_id, [LAMP]):
            if one.number == "AIR-1":
                purchase_orders.change_line(tx, shop_id, one.line_id, received=1)
        levels.save(tx, shop_id, [level(available=-1, committed=2, on_hand=1)])
        purchase.decide_anew(tx, shop_id, [LAMP], NOON, "a test", "a test")


def books(house, shop_id):
    with house.db.read() as tx:
        found = {one.order_id: one for one in claims.of_items(tx, shop_id, [LAMP])}
        versions = promises.history(tx, shop_id, [one.line_id for one in found.values()])
        return found, {order_id: [v.ship_by for v in versions if v.order_id == order_id] for order_id in found}


def test_first_come_moves_the_older_one_forward_in_silence_and_breaks_the_younger_ones_promise(house, shop):
    _, before = books(house, shop)
    only_one_lamp_comes_by_air(house, shop)
    found, days = books(house, shop)
    assert found[ANNA].projected_on < found[BEN].projected_on
    assert days[ANNA] == before[ANNA]
    assert days[BEN][:-1] == before[BEN]
    assert days[BEN][-1] > before[BEN][-1]


def test_promise_first_keeps_both_and_writes_to_nobody(house, shop):
    _, before = books(house, shop)
    manage.set_terms(house, shop, {"repromise": "promise first"}, actor="a test", now=NOON)
    only_one_lamp_comes_by_air(house, shop)
    found, days = books(house, shop)
    assert days == before
    assert found[ANNA].projected_on == days[ANNA][-1]
    assert found[BEN].projected_on == days[BEN][-1] < found[ANNA].projected_on


def test_when_the_lamp_lands_it_goes_to_whom_it_was_promised(house, shop):
    manage.set_terms(house, shop, {"repromise": "promise first"}, actor="a test", now=NOON)
    only_one_lamp_comes_by_air(house, shop)
    the_lamp_is_counted_in(house, shop)
    found, days = books(house, shop)
    assert (found[ANNA].given, found[BEN].given) == (0, 1)
    assert found[ANNA].projected_on == days[ANNA][-1]
    with house.db.read() as tx:
        check = nobody_is_overtaken(tx, shop)
    assert (check.counted, check.broken) == (2, ())


def test_by_first_come_it_goes_to_who_came_first(house, shop):
    only_one_lamp_comes_by_air(house, shop)
    the_lamp_is_counted_in(house, shop)
    found, _ = books(house, shop)
    assert (found[ANNA].given, found[BEN].given) == (1, 0)


@pytest.mark.parametrize(("terms", "promised", "caught"), [({}, True, 1), ({"repromise": "promise first"}, True, 0),
                                                           ({"repromise": "promise first"}, False, 1)])  # fmt: skip
def test_the_certificate_lets_only_promises_go_before_age_and_only_where_the_merchant_says_so(
    house, shop, terms, promised, caught
):
    only_one_lamp_comes_by_air(house, shop)
    the_lamp_is_counted_in(house, shop)
    with house.db.write() as tx:
        anna, ben = sorted(claims.of_items(tx, shop, [LAMP]), key=lambda one: one.order_id)
        (shelf,) = [lot for lot in lots.of_items(tx, shop, [LAMP]) if lot.kind == "on_hand"]
        swapped = [lots.Change(anna.line_id, HERE, LAMP, 0, 0, 1, 0), lots.Change(ben.line_id, HERE, LAMP, 1, 0, 0, 0)]
        lots.apply(tx, shop, shelf.lot_id, swapped, cause="a test", actor="a test", at=NOON)
        shops.set_terms(tx, shop, terms)
        if not promised:
            tx.execute(promises.promises.delete().where(promises.promises.c.order_id == BEN))
        assert len(nobody_is_overtaken(tx, shop).broken) == caught


def test_another_decision_changes_nothing(house, shop):
    manage.set_terms(house, shop, {"repromise": "promise first"}, actor="a test", now=NOON)
    only_one_lamp_comes_by_air(house, shop)
    before = books(house, shop)
    with house.db.write() as tx:
        decide(tx, shop, [LAMP], NOON, cause="a test")
    assert books(house, shop) == before


@pytest.mark.parametrize("terms", first_now([{"repromise": "promise first", "units_a_day": 4}, {"repromise": "promise first"}, {"units_a_day": 4}]),
                         ids=["both", "promise first", "four a day"])  # fmt: skip
@pytest.mark.parametrize("seed", seeds(2))
def test_whatever_happens_nothing_lies_idle_nobody_is_overtaken_but_by_promise_and_deciding_twice_says_the_same(
    tx, alice, terms, seed
):
    life = Life(tx, alice, seed)
    for _ in range(12):
        shops.set_terms(tx, alice, terms)
        life.decide()
        assert nobody_is_overtaken(tx, alice).broken == ()
        assert nothing_is_left_while_somebody_waits(tx, alice).broken == ()
        assert lots_add_up(tx, alice).broken == ()
        before = claims.of_items(tx, alice, [LAMP]), promises.numbers(tx, alice, range(3000))
        life.decide()
        assert (claims.of_items(tx, alice, [LAMP]), promises.numbers(tx, alice, range(3000))) == before
        life.something_happens()
