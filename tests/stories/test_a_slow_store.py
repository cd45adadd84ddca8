"""A store is slow, silent or throttled: its own shop waits, nobody else does, and afterwards everything is done once."""

from datetime import timedelta

import pytest

from backorder import access
from backorder.db import next_row, outbox, rests, taking
from backorder.db.outbox import Effect
from devstore.model import Order
from tests.stories.crew import Crew
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

pytestmark = pytest.mark.long

MINUTE = 60.0
ORDERS = 8


def everything_done(town: Town) -> bool:
    states = town.states()
    return not set(states) & {"due", "doing"}


def test_a_minute_without_query_points_costs_a_minute_and_no_storm(town: Town) -> None:
    open_for_backorders(town)
    town.world.throttle.stay_empty(town.store.domain, MINUTE)
    before, began = town.knocks(), town.time()
    orders = [town.buy("Anna", (town.lamp, 1), settle=False) for _ in range(10)]
    owe_holds(town, orders)
    crew = Crew(town)
    crew.work(lambda: town.time() >= began + timedelta(seconds=MINUTE), MINUTE + 1)
    during = town.knocks() - before
    after = crew.work(lambda: all(town.held(order) == 1 for order in orders) and everything_done(town), 120)

    assert during <= 40, f"{during} requests in a minute in which nothing could be had"
    assert after <= 60
    assert set(town.states()) <= {"done", "void"}
    assert town.errors() == []
    assert sum(town.journal("hold placed", order) for order in orders) == 10
    assert len(town.mails("Anna")) == 10


def test_counted_as_refusals_a_throttled_minute_parks_what_waits(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage without the guards: every attempt counts, and the store does not rest."""
    no_rest_nor_patience(monkeypatch)
    open_for_backorders(town)
    town.world.throttle.stay_empty(town.store.domain, 3 * MINUTE)
    owed = [town.buy("Anna", (town.lamp, 1), settle=False) for _ in range(4)]
    owe_holds(town, owed)
    before, began = town.knocks(), town.time()
    crew = Crew(town)
    crew.work(lambda: town.time() >= began + timedelta(seconds=MINUTE), MINUTE + 1)
    assert town.knocks() - before > 100
    crew.work(lambda: town.states().get("parked", 0) > 0, 2 * MINUTE)


def owe_holds(town: Town, orders: list[Order]) -> None:
    """They were seen while the store was still well; all that is left is to hold them."""
    with town.house.db.write() as tx:
        for order in orders:
            outbox.want(tx, town.shop_id, Effect.HOLD, outbox.order_lane(order.id), order.id, town.time())


def no_rest_nor_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    retry = taking.retry
    monkeypatch.setattr(taking, "retry", lambda *args, passing=False: retry(*args, passing=False))
    monkeypatch.setattr(access.rests, "begin", lambda _tx, _shop, at, *_: at)


class Street:
    """One shop whose store takes twelve seconds for an answer, with many orders; and five quick shops beside it."""

    def __init__(self, town: Town) -> None:
        self.slow = town
        self.quick = [town.beside(f"quick-{number}.myshopify.com") for number in range(5)]
        for shop in (*self.quick, town):
            open_for_backorders(shop)
        self.slow.world.slow[self.slow.store.domain] = 12.0
        self.of_slow = [self.slow.buy("Sara", (town.lamp, 1), settle=False) for _ in range(ORDERS)]
        owe_holds(self.slow, self.of_slow)
        self.of_quick: list[Order] = []

    def every_hand_had_time_to_be_caught(self, crew: Crew) -> None:
        until = self.slow.time() + timedelta(seconds=20)
        crew.work(lambda: self.slow.time() >= until, 30)

    def quick_ones_buy(self) -> None:
        self.of_quick = [shop.buy("Quinn", (shop.lamp, 1), settle=False) for shop in self.quick]

    def quick_ones_are_held(self) -> bool:
        return all(shop.held(order) == 1 for shop, order in zip(self.quick, self.of_quick, strict=True))

    @property
    def held_of_slow(self) -> int:
        return sum(self.slow.held(order) for order in self.of_slow)


def test_quick_shops_are_served_while_a_slow_one_waits(town_on_both: Town) -> None:
    street = Street(town_on_both)
    crew = Crew(street.slow)
    street.every_hand_had_time_to_be_caught(crew)
    street.quick_ones_buy()
    took = crew.work(street.quick_ones_are_held, 120)
    assert took <= 3.0
    assert street.held_of_slow == 0

    # Its store is well again: nothing was lost, nothing parked, nothing done twice.
    street.slow.world.slow.clear()
    crew.work(lambda: street.held_of_slow == ORDERS and everything_done(street.slow), 120)
    assert street.slow.errors() == []
    assert all(street.slow.journal("hold placed", order) == 1 for order in street.of_slow)
    assert len(street.slow.mails("Sara")) == ORDERS


def test_without_shares_and_rests_the_slow_one_takes_all_hands(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage without the guards."""
    no_rest_nor_patience(monkeypatch)
    choose = next_row.choose
    monkeypatch.setattr(next_row, "choose", lambda tx, table, at, shop, _at_once: choose(tx, table, at, shop, 1000))
    street = Street(town)
    crew = Crew(street.slow)
    street.every_hand_had_time_to_be_caught(crew)
    street.quick_ones_buy()
    took = crew.work(street.quick_ones_are_held, 600)
    assert took > 8.0


@pytest.mark.parametrize("naming", ["mutation Hold", "mutation Release"])
@pytest.mark.parametrize("after_effect", [False, True])
def test_silence_before_or_after_the_deed_leaves_it_done_once(town: Town, naming: str, *, after_effect: bool) -> None:
    line = open_for_backorders(town)
    town.breaks(naming, after_effect=after_effect, silence=12.0)
    anna = town.buy("Anna", (town.lamp, 1))
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert not town.world.api_faults
    assert (town.held(anna), town.shippable(anna)) == (0, 1)
    assert (town.journal("hold placed", anna), town.journal("hold released", anna)) == (1, 1)
    assert len(town.mails("Anna")) == 2


def test_a_store_that_was_silent_is_left_alone_for_a_while(town: Town) -> None:
    open_for_backorders(town)
    town.breaks("", after_effect=False, silence=12.0)
    town.buy("Anna", (town.lamp, 1), settle=False)
    town.look_for(13)
    with town.house.db.read() as tx:
        rest = rests.get(tx, town.shop_id)
    assert rest is not None
    assert rest.why == "The store did not answer (ReadTimeout)."
    assert rest.until - rest.since >= timedelta(seconds=5)
    asked = town.knocks()
    town.look_for(1)
    assert town.knocks() == asked
    town.settle()
    with town.house.db.read() as tx:
        assert rests.get(tx, town.shop_id) is None
