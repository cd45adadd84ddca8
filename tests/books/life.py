"""A shop with one kind of lamp, and a life that is played by dice."""

import random
from datetime import timedelta

from backorder import allocate
from backorder.db import catalogue, claims, levels, locations, lots, shops, whole_orders
from backorder.db.outbox import outbox
from backorder.db.promises import promises
from backorder.rules.lots import LotKind
from tests.books.cast import DUE, HERE, LAMP, LAMP_VARIANT, NOON, THERE, claim, level, location, order, variant


class Life:
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
