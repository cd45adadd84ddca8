"""The backorder opens early, ends on its day, ends for good, and is not opened by every order that is cancelled."""

from datetime import timedelta

import pytest

from backorder.expire import expire
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def test_the_backorder_is_open_before_the_last_unit_is_sold(town: Town) -> None:
    town.install()
    town.set_terms(open_at_units=3)
    town.manage(town.chair)
    assert town.chair.inventory_policy == "DENY"
    town.order_goods("PO-13", town.chair, 40, due_in=12)
    town.buy("Otto", (town.chair, 8))
    assert town.chair.inventory_policy == "DENY"
    town.buy("Anna", (town.chair, 1))
    assert (town.chair.inventory_policy, town.offer(town.chair).state) == ("CONTINUE", "in_stock")
    ben = town.buy("Ben", (town.chair, 5))
    assert town.held(ben) > 0
    assert len(town.mails("Ben")) == 1


def test_it_is_sold_until_its_day_and_not_a_day_longer(town: Town) -> None:
    open_for_backorders(town)
    town.choose(town.lamp, sell_until=town.today() + timedelta(days=3))
    anna = town.buy("Anna", (town.lamp, 1))
    town.days_pass(3)
    town.settle_again()
    assert town.lamp.inventory_policy == "CONTINUE"
    assert expire(town.house, town.now()) == 0
    town.days_pass(1)
    assert expire(town.house, town.now()) == 1
    assert expire(town.house, town.now()) == 0
    town.settle()
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("DENY", "ended")
    assert town.held(anna) == 1


def test_what_is_discontinued_is_not_sold_beyond_its_shelf_whatever_the_merchant_had_before(town: Town) -> None:
    town.set_policy(town.lamp, "CONTINUE", settle=False)
    town.install()
    town.manage(town.lamp)
    town.choose(town.lamp, lifecycle="discontinued")
    assert town.lamp.inventory_policy == "CONTINUE"
    town.buy("Lena", (town.lamp, 1))
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("DENY", "ended")


@pytest.mark.long
def test_a_limited_edition_that_sold_out_never_opens_again(town: Town) -> None:
    open_for_backorders(town, units=3)
    town.choose(town.lamp, lifecycle="limited")
    assert town.lamp.inventory_policy == "CONTINUE"
    anna = town.buy("Anna", (town.lamp, 3))
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("DENY", "ended")
    town.order_goods("PO-14", town.lamp, 40, due_in=20)
    town.cancel(anna)
    town.days_pass(2)
    town.settle_again()
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("DENY", "ended")
    town.choose(town.lamp, lifecycle="regular")
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("CONTINUE", "backorder")


@pytest.mark.long
def test_a_cancelled_order_does_not_open_it_again_but_new_goods_or_a_day_do(town: Town) -> None:
    open_for_backorders(town, units=40)
    anna = town.buy("Anna", (town.lamp, 37))
    ben, cleo = town.buy("Ben", (town.lamp, 1)), town.buy("Cleo", (town.lamp, 2))
    assert town.lamp.inventory_policy == "DENY"
    town.cancel(cleo)
    assert (town.lamp.inventory_policy, town.offer(town.lamp).state) == ("DENY", "waitlist")
    assert "2 units left since it sold out" in town.offer(town.lamp).reason
    town.order_goods("PO-14", town.lamp, 5, due_in=20)
    assert town.lamp.inventory_policy == "CONTINUE"
    town.buy("Dora", (town.lamp, 7))
    assert town.lamp.inventory_policy == "DENY"
    town.cancel(anna)
    assert town.lamp.inventory_policy == "DENY"
    town.days_pass(1)
    town.settle_again()
    assert town.lamp.inventory_policy == "CONTINUE"
    assert town.held(ben) == 1
