"""What is decided by the front of a queue is what is decided by all of it, whatever happened to the queue before."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder import allocate, judge, scene
from backorder.db import catalogue, claims, dirty, levels, locations, lots, shops, whole_orders
from backorder.db.dirty import Kind
from backorder.db.outbox import outbox
from backorder.db.promises import promises
from backorder.rules.allowance import Allowance, Chance
from backorder.rules.footing import footing, stands
from backorder.rules.lots import Lot, LotKind
from backorder.rules.projection import Future
from backorder.rules.working_calendar import WorkingCalendar
from backorder.verify import days_stand
from tests.books.cast import DUE, HERE, LAMP, LAMP_VARIANT, NOON, THERE, claim, level, location, order, variant
from tests.books.test_decided_together import books_after
from tests.dice import seeds

ALL, NOBODY = 1, 10**9  # from how many claims on a queue is deep
SEEDS = seeds(2)
DAYS = 20


class Shop:
    """A shop with one kind of lamp, which many wait for, and all that may happen to it."""

    def __init__(self, tx, shop_id, seed):
        self.tx, self.shop_id, self.dice = tx, shop_id, random.Random(seed)
        self.now, self.number = NOON, 100
        locations.save_locations(tx, shop_id, [location(HERE), location(THERE, "Shop")])
        catalogue.save_variants(tx, shop_id, [variant()])
        catalogue.choose(tx, shop_id, [LAMP_VARIANT], {"managed": True})
        self.coming = {1: [DUE, 9], 2: [DUE + timedelta(days=9), 14]}
        self.shelf = 0
        # The second comes on a shipment of which somebody may or may not say when.
        self.silent = False
        self.fronts = 0
        for _ in range(12):
            self.somebody_orders()
        self.reread()

    def here(self):
        return [one for one in claims.of_items(self.tx, self.shop_id, [LAMP]) if one.location_id == HERE]

    def reread(self):
        """The store says what it has; what is to come is what the books know."""
        claimed = sum(one.units for one in self.here())
        read = level(item_id=LAMP, location_id=HERE, available=self.shelf - claimed, committed=claimed)
        levels.save(self.tx, self.shop_id, [read])
        for source in (1, 2, 3):
            due_on, units = self.coming.get(source, (DUE, 0))
            kind, told = (LotKind.SHIPMENT, not self.silent) if source == 2 else (LotKind.PURCHASE_ORDER, True)
            lots.set_supply(
                self.tx, self.shop_id, LAMP, HERE, kind,
                source_id=source, units=units, due_on=due_on if told else None, label=f"PO-{source}",
            )  # fmt: skip

    def somebody_orders(self):
        self.number += 1
        units = self.dice.choice([1, 1, 2, 3])
        whole_orders.save(
            self.tx, self.shop_id, order(order_id=self.number, name=f"#{self.number}", lines=()), NOON, NOON
        )
        since = NOON + timedelta(seconds=self.number if self.dice.random() < 0.9 else 0)
        made = claim(
            self.number * 10, self.number, item_id=LAMP, units=units, exposed=units, since=since,
            ready=self.dice.random() < 0.9, routed=self.dice.random() < 0.9,
        )  # fmt: skip
        claims.replace(self.tx, self.shop_id, self.number, [made])

    def somebody_gives_up(self):
        if queue := self.here():
            claims.replace(self.tx, self.shop_id, self.dice.choice(queue).order_id, [])

    def somebody_changes_their_mind(self):
        if queue := self.here():
            one = self.dice.choice(queue)
            units = self.dice.choice([1, 2, 4])
            changed = claim(
                one.line_id, one.order_id, item_id=LAMP, units=units, exposed=min(one.exposed, units),
                since=one.since, ready=self.dice.random() < 0.9, rank=self.dice.choice([0, 0, 0, 1]),
            )  # fmt: skip
            claims.replace(self.tx, self.shop_id, one.order_id, [changed])

    def goods_come_in(self, source=None):
        sources = [source for source, (_, units) in self.coming.items() if units]
        if sources:
            soonest = min(sources, key=lambda source: self.coming[source][0])
            source = source or (soonest if self.dice.random() < 0.8 else max(sources))
            came = self.dice.randint(1, self.coming[source][1])
            self.coming[source][1] -= came
            self.shelf += came

    def goods_turn_up(self):
        self.shelf += self.dice.randint(1, 3)

    def goods_are_lost(self):
        self.shelf = max(0, self.shelf - self.dice.randint(1, 2))

    def more_is_ordered(self):
        source = self.dice.choice([1, 2, 3])
        due_on, units = self.coming.get(source, (DUE + timedelta(days=self.dice.randint(-20, 20)), 0))
        self.coming[source] = [due_on, units + self.dice.randint(1, 9)]

    def the_supplier_is_late(self):
        for due in self.coming.values():
            due[0] += timedelta(days=self.dice.choice([0, 0, 11]))

    def the_carrier_falls_silent_or_speaks(self):
        self.silent = not self.silent

    def the_warehouse_ships(self):
        for one in [one for one in self.here() if one.given == one.units and one.run is not None][:3]:
            self.shelf -= one.units
            claims.replace(self.tx, self.shop_id, one.order_id, [])

    def somebody_packs(self):
        if queue := self.here():
            one = self.dice.choice(queue)
            works = claim(
                one.line_id, one.order_id, item_id=LAMP, units=one.units, exposed=one.units, since=one.since, in_works=1
            )
            claims.replace(self.tx, self.shop_id, one.order_id, [works])

    def a_day_passes(self):
        self.now += timedelta(days=self.dice.choice([1, 3]))

    def all_is_done(self):
        """Held, told, annotated."""
        self.tx.execute(outbox.update().values(state="done"))
        self.tx.execute(promises.update().values(told_at=NOON))
        self.tx.execute(claims.claims.update().where(claims.claims.c.in_works == 0).values(exposed=0))

    def a_line_is_also_wanted_elsewhere(self):
        """And comes back, if one is."""
        everywhere = claims.of_items(self.tx, self.shop_id, [LAMP])
        elsewhere = [one for one in everywhere if one.location_id != HERE]
        for one in elsewhere or [self.dice.choice(everywhere)]:
            wanted = [
                claim(one.line_id, one.order_id, item_id=LAMP, location_id=at, units=1, exposed=0, since=one.since)
                for at in ((HERE,) if elsewhere else (HERE, THERE))
            ]
            claims.replace(self.tx, self.shop_id, one.order_id, wanted)

    def the_merchant_thinks_again(self):
        changes = [
            {"handling_days": 1},
            {"handling_days": 4},
            {"repromise": "promise first"},
            {"serve_elsewhere": True},
        ]
        shops.set_terms(self.tx, self.shop_id, self.dice.choice(changes))

    def something_happens(self):
        usual = [self.goods_come_in] * 5 + [self.somebody_orders, self.the_warehouse_ships, self.all_is_done] * 2
        rare = [
            self.somebody_gives_up, self.somebody_changes_their_mind, self.goods_turn_up, self.goods_are_lost,
            self.more_is_ordered, self.the_supplier_is_late, self.the_carrier_falls_silent_or_speaks, self.somebody_packs, self.a_day_passes,
            self.a_line_is_also_wanted_elsewhere, self.the_merchant_thinks_again,
        ]  # fmt: skip
        self.dice.choice(usual + rare)()
        self.reread()

    def decide(self):
        allocate.decide(self.tx, self.shop_id, [LAMP], self.now, cause="settled read")


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
    play(Shop(tx, alice, seed), deciding)


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
    shop = Shop(tx, alice, seed)
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


@pytest.mark.parametrize("seed", [1, 4])
def test_the_certificate_walks_the_whole_queue(tx, alice, deciding, seed):
    shop = Shop(tx, alice, seed)
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
    shop = Shop(tx, alice, 1)
    deciding(shop)
    for _ in range(6):
        shop.all_is_done()
        shop.goods_come_in(source=min(shop.coming, key=lambda source: (not shop.coming[source][1], source)))
        shop.reread()
        assert deciding(shop)


def test_whoever_the_front_serves_in_a_shop_that_the_app_left_is_let_go(tx, alice, deciding, monkeypatch):
    shop = Shop(tx, alice, 1)
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
    shop = Shop(tx, alice, 1)
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
    shop = Shop(tx, alice, 1)
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
