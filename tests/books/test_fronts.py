"""What is decided by the front of a queue is what is decided by all of it, whatever happened to the queue before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder import judge, scene
from backorder.db import claims, dirty, shops, whole_orders
from backorder.db.dirty import Kind
from backorder.db.outbox import outbox
from backorder.rules.allowance import Allowance, Chance
from backorder.rules.footing import footing, stands
from backorder.rules.lots import Lot, LotKind
from backorder.rules.projection import Future
from backorder.rules.working_calendar import WorkingCalendar
from backorder.verify import days_stand
from tests.books.cast import DUE, HERE, LAMP, NOON, claim, order
from tests.books.life import Life
from tests.books.test_decided_together import books_after
from tests.dice import first_now, seeds

ALL, NOBODY = 1, 10**9  # from how many claims on a queue is deep
SEEDS = seeds(2)
DAYS = 20


def among_those_who_wait(found):
    """Without the days of those who do not wait: they are left as they were."""
    given = {(row["line_id"], row["location_id"]): row["units"] for row in found["allocations"]}
    for row in found["claims"]:
        if given.get((row["line_id"], row["location_id"])) == row["units"]:
            row["projected_on"] = None
    return found


@pytest.fixture
def deciding(monkeypatch):
    """Decide by the front wherever it is enough, and compare with what all of the queue says; whether it was."""
    judges = judge._judge_front
    enough = []

    def watched(*args):
        found = judges(*args)
        enough.append(found is not None)
        return found

    monkeypatch.setattr(judge, "_judge_front", watched)

    def decide(shop):
        enough.clear()
        monkeypatch.setattr(judge, "DEEP", ALL)
        by_front = books_after(shop.tx, shop.decide)
        found = any(enough)
        if found:
            monkeypatch.setattr(judge, "DEEP", NOBODY)
            by_all = books_after(shop.tx, shop.decide)
            assert among_those_who_wait(by_front) == among_those_who_wait(by_all)
            monkeypatch.setattr(judge, "DEEP", ALL)
        shop.decide()
        return found

    return decide


def play(shop, deciding):
    """Let things happen and compare; how often the front was enough."""
    enough = 0
    for _ in range(DAYS):
        enough += deciding(shop)
        shop.something_happens()
    return enough


@pytest.mark.parametrize("seed", SEEDS)
def test_the_front_says_what_the_whole_queue_says(tx, alice, deciding, seed):
    play(Life(tx, alice, seed), deciding)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_does_so_where_suppliers_are_allowed_to_be_late(tx, alice, deciding, monkeypatch, seed):
    """Of one more than of another, and of two lots that must both be here more than of one."""

    def allowed(tx, shop_id, of_items, terms, earliest):
        return tuple(
            replace(
                lot,
                allowance=Allowance("", 9, 3, 85, lot.due_on, 0, (late, late + 4, late + 6)),
                chance=Chance(max(earliest, lot.due_on), (*(n / (late + 1) for n in range(late)), 1.0), 0.85, 0.15),
            )
            if lot.due_on and (late := 25 * ((lot.purchase_order_line_id or 0) % 3))
            else lot
            for lot in of_items
        )

    monkeypatch.setattr(scene, "allowed", allowed)
    shop = Life(tx, alice, seed)
    play(shop, deciding)
    shop.decide()
    assert days_stand(tx, [shops.one(tx, alice)], shop.now).broken == ()


@pytest.mark.parametrize("what", [{"stated_on": DUE + timedelta(days=1)}, {"days": (4, 6)}, {"percent": 90}])
def test_a_footing_notices_when_a_supplier_is_allowed_other_days(what):
    lot = Lot(1, LAMP, HERE, LotKind.PURCHASE_ORDER, 9, DUE, allowance=Allowance("", 9, 3, 85, DUE, 0, (3, 5)))
    other = replace(lot, allowance=replace(lot.allowance, **what))
    future = Future(lots=(lot,), calendar=WorkingCalendar(), today=NOON.date())
    before = footing(future, {1: 4})
    assert stands(before, future, {1: 4})
    assert not stands(before, replace(future, lots=(other,)), {1: 4})
    assert not stands(before, replace(future, lots=(replace(lot, allowance=None),)), {1: 4})
    assert not stands(before, replace(future, by_week=True), {1: 4})


@pytest.mark.parametrize("seed", first_now([1, 4]))
def test_the_certificate_walks_the_whole_queue(tx, alice, deciding, seed):
    shop = Life(tx, alice, seed)
    for _ in range(8):
        deciding(shop)
        shop.something_happens()
    shops.set_terms(tx, alice, {})  # where promises go before age, nothing rests on a footing
    deciding(shop)
    deciding(shop)
    known = [shops.one(tx, alice)]
    assert days_stand(tx, known, shop.now).broken == ()
    assert days_stand(tx, known, shop.now).counted
    assert days_stand(tx, known, shop.now + timedelta(days=1)).counted == 0, "they were worked out for today"
    tx.execute(claims.claims.update().values(projected_on=DUE + timedelta(days=99)))
    assert "is said to ship on" in days_stand(tx, known, shop.now).broken[0]
    dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    assert days_stand(tx, known, shop.now).counted == 0, "it is to be looked at"


def test_a_delivery_that_was_announced_is_decided_by_the_front(tx, alice, deciding):
    shop = Life(tx, alice, 1)
    deciding(shop)
    for _ in range(6):
        shop.all_is_done()
        shop.goods_come_in(source=min(shop.coming, key=lambda source: (not shop.coming[source][1], source)))
        shop.reread()
        assert deciding(shop)


def test_whoever_the_front_serves_in_a_shop_that_the_app_left_is_let_go(tx, alice, deciding, monkeypatch):
    shop = Life(tx, alice, 1)
    deciding(shop)
    shop.all_is_done()
    deciding(shop)
    shops.set_left(tx, alice, NOON, "alice")
    shop.goods_come_in(source=1)
    shop.reread()
    monkeypatch.setattr(judge, "_judge", None)  # or the whole queue was asked
    shop.decide()
    served = {one.order_id for one in shop.here() if one.given and one.routed}
    due = tx.execute(select(outbox.c.subject).where(outbox.c.state == "due", outbox.c.effect == "release"))
    assert served
    assert served <= set(due.scalars())


def test_where_promises_go_before_age_no_queue_is_decided_by_its_front(tx, alice, deciding):
    shop = Life(tx, alice, 1)
    assert not deciding(shop)
    assert deciding(shop), "nothing changed, so the front is enough"
    shops.set_terms(tx, alice, {"repromise": "promise first"})
    assert not deciding(shop)
    assert not deciding(shop)
    assert {one.run for one in claims.of_items(tx, alice, [LAMP])} == {None}
    shops.set_terms(tx, alice, {})
    assert not deciding(shop), "what it rested on before is long gone"
    assert deciding(shop)


@pytest.fixture
def leftover(tx, alice, deciding):
    """One unit of the first lot is left over, for the next has three; who stands behind them wants one."""
    shop = Life(tx, alice, 1)
    for one in claims.of_items(tx, alice, [LAMP]):
        claims.replace(tx, alice, one.order_id, [])
    shop.coming = {1: [DUE, 3], 2: [DUE + timedelta(days=9), 9]}
    for number, units in ((201, 2), (202, 3), (203, 1)):
        whole_orders.save(tx, alice, order(order_id=number, name=f"#{number}", lines=()), NOON, NOON)
        made = claim(
            number * 10, number, item_id=LAMP, units=units, exposed=units, since=NOON + timedelta(seconds=number)
        )
        claims.replace(tx, alice, number, [made])
    shop.reread()
    deciding(shop)
    shop.all_is_done()
    assert deciding(shop), "nothing changed, so the front is enough"
    return shop


def somebody_left(shop):
    """The one in the middle, so that who is behind takes the unit that was left over."""
    claims.replace(shop.tx, shop.shop_id, 202, [])


def more_turned_up_than_came(shop):
    """Two units of the first lot and three that nobody knows of: the one in the middle is served, and leaves that unit too."""
    shop.coming[1][1] -= 2
    shop.shelf += 5


def the_supplier_is_late(shop):
    shop.coming[1][0] += timedelta(days=20)


def the_carrier_falls_silent(shop):
    shop.silent = True


SPOILT = {
    somebody_left: ("_waiting", lambda *asked: Anything(_waiting(*asked))),
    more_turned_up_than_came: ("only_forward", lambda *asked: True),
    the_supplier_is_late: ("stands", lambda *asked: True),
    the_carrier_falls_silent: ("stands", lambda *asked: True),
}
_waiting = judge._waiting


@pytest.mark.parametrize("happens", SPOILT, ids=lambda happens: happens.__name__)
def test_a_guard_sees_that_somebody_further_back_is_concerned(leftover, deciding, happens):
    happens(leftover)
    leftover.reread()
    assert not deciding(leftover)


@pytest.mark.parametrize("happens", SPOILT, ids=lambda happens: happens.__name__)
def test_without_its_guard_the_front_says_something_else(leftover, deciding, monkeypatch, happens):
    monkeypatch.setattr(judge, *SPOILT[happens])
    happens(leftover)
    leftover.reread()
    with pytest.raises(AssertionError):
        deciding(leftover)


class Anything(dict):
    """Units by run that are whatever they are compared with."""

    def __ne__(self, other):
        return False
