"""The merchant's own policy, in the books: who is served, what the certificate says of it, and that a dry run tells the truth."""

from datetime import timedelta

import pytest

from backorder import erase, manage, unserved
from backorder.allocate import decide
from backorder.db import backlog, catalogue, claims, dirty, levels, locations, lots, orders, promises, shops
from backorder.db.proofs.shelves import lots_add_up, nothing_is_left_while_somebody_waits
from backorder.db.proofs.turns import nobody_is_overtaken, nobody_is_passed_over_for_ever
from backorder.db.sealed import Sealer
from backorder.house import House
from backorder.outlook import outlook
from backorder.verify import given_by_policy
from backorder.what_if import OnTerms, what_if
from tests.books.cast import ALICE, CHAIR, CHAIR_VARIANT, HERE, LAMP, LAMP_VARIANT, NOON, level, location, variant
from tests.books.life import Life
from tests.books.test_what_if import somebody_orders
from tests.dice import first_now, seeds

ANNA, BEN, CLEO = 101, 102, 103
VIP = {"repromise": "chosen first", "chosen_tags": ["VIP"], "chosen_percent": 50}
COMPLETE = {"repromise": "complete orders first"}
POLICIES = [
    VIP | {"passed_over_days": 2},
    COMPLETE,
    {"whole": "line", "passed_over_days": 1},
    {"whole": "order", "customer_units": 2},
    {"customer_units": 1, "units_a_day": 4},
]


@pytest.fixture
def house(db):
    return House(None, db, Sealer("the-key-that-seals-the-books"), None)


@pytest.fixture
def shop(house):
    return an_empty_queue(house)


def an_empty_queue(house):
    """Anna came first, then Ben, then Cleo; all want lamps, none is there."""
    with house.db.write() as tx:
        shop_id = shops.install(tx, ALICE, NOON).shop_id
        locations.save_locations(tx, shop_id, [location()])
        chair = variant(variant_id=CHAIR_VARIANT, item_id=CHAIR, title="Oak", product_title="Chair")
        catalogue.save_variants(tx, shop_id, [variant(), chair])
        catalogue.choose(tx, shop_id, [LAMP_VARIANT, CHAIR_VARIANT], {"managed": True})
    return shop_id


def orders_lamps(tx, shop_id, who, *wanted, tags=(), customer=None):
    somebody_orders(tx, shop_id, who, list(wanted), NOON + timedelta(minutes=who))
    written = orders.orders
    tx.execute(written.update().where(written.c.order_id == who).values(tags=list(tags), customer_id=customer))


def shelf(tx, shop_id, on_hand, item_id=LAMP):
    claimed = sum(one.units for one in claims.of_items(tx, shop_id, [item_id]))
    read = level(item_id=item_id, available=on_hand - claimed, committed=claimed, on_hand=on_hand)
    levels.save(tx, shop_id, [read])


def given(tx, shop_id, item_id=LAMP):
    return {one.order_id: one.given for one in claims.of_items(tx, shop_id, [item_id])}


def decided(tx, shop_id, *items, now=NOON):
    decide(tx, shop_id, items or [LAMP], now, cause="a test")


def test_chosen_ones_have_half_of_a_day_and_no_more_also_after_some_were_let_go(house, shop):
    manage.set_terms(house, shop, VIP, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 4))
        orders_lamps(tx, shop, BEN, (LAMP, 4), tags=["vip"])
        shelf(tx, shop, 4)
        decided(tx, shop)
        assert given(tx, shop) == {ANNA: 2, BEN: 2}
        ben = next(one for one in claims.of_items(tx, shop, [LAMP]) if one.order_id == BEN)
        lots.keep(tx, shop, ben, 2, cause="release", actor="a test", at=NOON)
        shelf(tx, shop, 5)
        decided(tx, shop)
        assert given(tx, shop) == {ANNA: 3, BEN: 2}, "half of five is two, and Ben had them"
        shelf(tx, shop, 6)
        decided(tx, shop, now=NOON + timedelta(days=1))
        assert given(tx, shop) == {ANNA: 2, BEN: 4}, (
            "another day, of whose four units that are not let go half are for Ben"
        )


def test_an_order_that_waits_for_a_chair_besides_lets_a_younger_one_be_completed_and_is_completed_when_the_chair_is_there(
    house, shop
):
    manage.set_terms(house, shop, COMPLETE, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 1), (CHAIR, 1))
        orders_lamps(tx, shop, BEN, (LAMP, 1))
        shelf(tx, shop, 1)
        shelf(tx, shop, 0, CHAIR)
        decided(tx, shop, LAMP, CHAIR)
        assert given(tx, shop) == {ANNA: 0, BEN: 1}
        dirty_before = dirty.count(tx, shop)
        shelf(tx, shop, 1, CHAIR)
        decided(tx, shop, CHAIR)
        assert dirty.count(tx, shop) == dirty_before + 1, "her lamp is looked at again"
        decided(tx, shop, LAMP)
        assert given(tx, shop) == {ANNA: 1, BEN: 0}


def test_an_order_goes_whole_once_both_of_its_goods_are_there(house, shop):
    manage.set_terms(house, shop, {"whole": "order"}, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 1), (CHAIR, 1))
        shelf(tx, shop, 1)
        shelf(tx, shop, 0, CHAIR)
        decided(tx, shop, LAMP, CHAIR)
        assert given(tx, shop) == {ANNA: 0}
        (said,) = unserved.unserved(tx, shop, LAMP, NOON)
        assert [each.why for each in said.reasons] == ["too few"]
        shelf(tx, shop, 1, CHAIR)
        decided(tx, shop, CHAIR)
        decided(tx, shop, LAMP)
        assert (given(tx, shop), given(tx, shop, CHAIR)) == ({ANNA: 1}, {ANNA: 1})


def test_a_customer_who_orders_twice_waits_with_the_second_order(house, shop):
    manage.set_terms(house, shop, {"customer_units": 1}, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 1), customer=7)
        orders_lamps(tx, shop, BEN, (LAMP, 1), customer=7)
        orders_lamps(tx, shop, CLEO, (LAMP, 1), customer=8)
        shelf(tx, shop, 2)
        decided(tx, shop)
        assert given(tx, shop) == {ANNA: 1, BEN: 0, CLEO: 1}


def test_the_dry_run_of_a_policy_is_the_real_run(house, shop):
    with house.db.write() as tx:
        for who in range(ANNA, ANNA + 6):
            orders_lamps(tx, shop, who, (LAMP, 2), tags=["VIP"] if who % 2 else [])
        shelf(tx, shop, 5)
        lots.set_supply(tx, shop, LAMP, HERE, lots.LotKind.PURCHASE_ORDER, source_id=1, units=4,
                        due_on=NOON.date() + timedelta(days=9), label="PO-1")  # fmt: skip
        decided(tx, shop)
    changes = VIP | {"whole": "line"}
    tried = what_if(house, shop, [OnTerms(changes)], NOON)
    with house.db.read() as tx:
        before = outlook(tx, shop, [LAMP], NOON)
    manage.set_terms(house, shop, changes, actor="a test", now=NOON)
    with house.db.read() as tx:
        after = outlook(tx, shop, [LAMP], NOON)
    moved = {one.line_id: (one.would_wait, one.would_be) for one in tried.moved}
    assert moved
    for line_id in before.keys() | after.keys():
        was, now = before.get(line_id), after.get(line_id)
        shown = moved.get(line_id, (was.units if was else 0, was.ship_by if was else None))
        assert shown == ((now.units, now.ship_by) if now else (0, None))


def test_the_certificate_sees_a_unit_that_the_policy_would_not_give(house, shop):
    """And by age alone it would have been right: the certificate knows the policy."""
    manage.set_terms(house, shop, VIP | {"chosen_percent": 90}, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 9))
        orders_lamps(tx, shop, BEN, (LAMP, 9), tags=["VIP"])
        shelf(tx, shop, 10)
        decided(tx, shop)
        assert given(tx, shop) == {ANNA: 1, BEN: 9}
        known = (shops.one(tx, shop),)
        assert given_by_policy(tx, known, NOON).broken == ()
        assert given_by_policy(tx, known, NOON + timedelta(days=20)).broken == (), (
            "on the day of the decision it was right"
        )
        assert nobody_is_overtaken(tx, shop).broken == ()
        anna, ben = sorted(claims.of_items(tx, shop, [LAMP]), key=lambda one: one.order_id)
        (on_hand,) = lots.of_items(tx, shop, [LAMP])
        swapped = [
            lots.Change(anna.line_id, HERE, LAMP, 9, 0, 1, 0),
            lots.Change(ben.line_id, HERE, LAMP, 1, 0, 9, 0),
        ]
        lots.apply(tx, shop, on_hand.lot_id, swapped, cause="a test", actor="a test", at=NOON)
        assert len(given_by_policy(tx, known, NOON).broken) == 1


def test_the_certificate_sees_somebody_who_is_passed_over_for_longer_than_the_policy_says(house, shop):
    """On the last day of her patience it was right; the next day a younger one may be given nothing before her."""
    manage.set_terms(house, shop, VIP | {"chosen_percent": 90, "passed_over_days": 3}, actor="a test", now=NOON)
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 9))
        orders_lamps(tx, shop, BEN, (LAMP, 9), tags=["VIP"])
        shelf(tx, shop, 10)
        decided(tx, shop, now=NOON + timedelta(days=2))
        assert given(tx, shop) == {ANNA: 1, BEN: 9}
        checked = nobody_is_passed_over_for_ever(tx, shop)
        assert (checked.counted, checked.broken) == (2, ())
        tx.execute(lots.allocation_ledger.update().values(at=NOON + timedelta(days=3)))
        anna, ben = sorted(claims.of_items(tx, shop, [LAMP]), key=lambda one: one.order_id)
        assert nobody_is_passed_over_for_ever(tx, shop).broken == (
            f"line {ben.line_id}: given 9 while line {anna.line_id} has waited its longest",
        )
        decided(tx, shop, now=NOON + timedelta(days=3))
        assert given(tx, shop) == {ANNA: 9, BEN: 1}
        assert nobody_is_passed_over_for_ever(tx, shop).broken == ()


@pytest.mark.parametrize("terms", first_now(POLICIES), ids=str)
@pytest.mark.parametrize("seed", seeds(1))
def test_whatever_happens_what_is_given_is_what_the_policy_gives_and_deciding_twice_says_the_same(
    tx, alice, terms, seed
):
    life = Life(tx, alice, seed)
    written = orders.orders
    for _ in range(10):
        shops.set_terms(tx, alice, terms)
        chosen = written.c.order_id % 3 == 0
        tx.execute(written.update().where(chosen).values(tags=["VIP"], customer_id=7))
        life.decide()
        assert lots_add_up(tx, alice).broken == ()
        if terms.get("whole", "off") == "off":
            waiting = [one for one in claims.of_items(tx, alice, [LAMP]) if one.backordered]
            assert nothing_is_left_while_somebody_waits(tx, alice).broken == () or not waiting
        check = given_by_policy(tx, (shops.one(tx, alice),), life.now)
        assert check.broken == ()
        assert nobody_is_passed_over_for_ever(tx, alice).broken == ()
        before = claims.of_items(tx, alice, [LAMP]), promises.numbers(tx, alice, range(3000))
        life.decide()
        assert (claims.of_items(tx, alice, [LAMP]), promises.numbers(tx, alice, range(3000))) == before
        for said in unserved.unserved(tx, alice, LAMP, life.now):
            assert bool(said.reasons) is bool(said.waiting)
        life.something_happens()


def test_the_totals_of_the_backlog_are_added_up_by_the_database(house, shop):
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 2), (CHAIR, 1))
        orders_lamps(tx, shop, BEN, (LAMP, 3))
        shelf(tx, shop, 3)
        shelf(tx, shop, 0, CHAIR)
        decided(tx, shop, LAMP, CHAIR)
        waiting, whole = backlog.sums(tx, shop)
        rows = backlog.page(tx, shop)
    assert (waiting.units, waiting.orders) == (sum(row.claim.backordered for row in rows), 2)
    assert (whole.units, whole.orders) == (6, 2)
    assert whole.amounts == {"USD": sum(row.unit_price * row.claim.units for row in rows)}
    assert waiting.amounts == {"USD": sum(row.unit_price * row.claim.backordered for row in rows)}


def test_whose_an_order_is_is_forgotten_with_the_customer(house, shop):
    with house.db.write() as tx:
        orders_lamps(tx, shop, ANNA, (LAMP, 1), customer=7)
        tx.execute(orders.orders.update().values(status_url=None))  # in clear, as no book of ours would hold it
    assert erase.data_request(house, ALICE, [ANNA])["orders"][0]["customer_id"] == 7
    erase.redact_customer(house, ALICE, [ANNA])
    assert erase.data_request(house, ALICE, [ANNA])["orders"][0]["customer_id"] is None
