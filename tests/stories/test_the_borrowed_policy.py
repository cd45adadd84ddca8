"""The policy is borrowed, not owned."""

import pytest

from backorder.db import catalogue
from backorder.db.outbox import outbox as rows
from backorder.reconcile import tidy
from backorder.restore import GivenBack, restore
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def test_a_merchant_who_sets_the_policy_by_hand_is_respected_until_she_re_arms(town: Town) -> None:
    open_for_backorders(town)
    assert town.lamp.inventory_policy == "CONTINUE"
    town.set_policy(town.lamp, "DENY")
    assert town.lamp.inventory_policy == "DENY"
    assert town.offer(town.lamp).state == "waitlist"
    assert "by hand" in town.offer(town.lamp).reason
    town.buy_chairs_and_look_again()
    assert town.lamp.inventory_policy == "DENY"
    town.rearm(town.lamp)
    assert town.lamp.inventory_policy == "CONTINUE"


@pytest.mark.long
def test_re_arming_what_nobody_changed_forgets_nothing_that_is_owed(town: Town) -> None:
    open_for_backorders(town)
    town.rearm(town.lamp)
    town.choose(town.lamp, managed=False)
    assert town.lamp.inventory_policy == "DENY"


def test_switching_the_app_off_for_a_variant_gives_its_policy_back_and_lets_go(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(anna) == 1
    town.choose(town.lamp, managed=False)
    assert town.lamp.inventory_policy == "DENY"
    assert town.held(anna) == 0


def test_a_merchant_who_always_sold_beyond_stock_keeps_continue(town: Town) -> None:
    town.set_policy(town.lamp, "CONTINUE", settle=False)
    line = open_for_backorders(town)
    town.book_in(line, 40)
    town.count_in(town.lamp, 40)
    assert town.lamp.inventory_policy == "CONTINUE"


def test_the_answer_to_a_policy_write_is_lost_and_it_is_not_taken_for_a_strangers(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.breaks("productVariantsBulkUpdate", 502, after_effect=True)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"
    assert town.lease(town.lamp).state == "held"


@pytest.mark.long
def test_selling_is_switched_off_everything_is_given_back_and_on_again_it_goes_on(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.set_terms(selling=False)
    assert town.lamp.inventory_policy == "DENY"
    assert town.lease(town.lamp).state == "returned"
    assert "switched off" in town.offer(town.lamp).reason
    assert town.held(anna) == 1
    town.set_terms(selling=True)
    assert town.lamp.inventory_policy == "CONTINUE"
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(anna) == 0


def test_the_operator_gives_everything_back_while_no_worker_runs(town: Town) -> None:
    open_for_backorders(town)
    town.order_goods("PO-13", town.chair, 40, due_in=12)
    town.buy("Otto", (town.chair, 12))
    assert (town.lamp.inventory_policy, town.chair.inventory_policy) == ("CONTINUE", "CONTINUE")
    assert restore(town.house, town.shop_id, actor="operator", now=town.now()) == GivenBack(returned=2, owed=0)
    assert (town.lamp.inventory_policy, town.chair.inventory_policy) == ("DENY", "DENY")
    town.settle_again()
    assert (town.lamp.inventory_policy, town.chair.inventory_policy) == ("DENY", "DENY")


@pytest.mark.long
def test_what_somebody_set_by_hand_is_not_taken_back_by_the_operator(town: Town) -> None:
    open_for_backorders(town)
    town.set_policy(town.lamp, "DENY")
    town.set_policy(town.lamp, "CONTINUE")
    assert restore(town.house, town.shop_id, actor="operator", now=town.now()) == GivenBack(returned=0, owed=0)
    assert town.lamp.inventory_policy == "CONTINUE"


@pytest.mark.long
def test_a_store_that_cannot_be_reached_is_owed_its_policy_still(town: Town) -> None:
    open_for_backorders(town)
    town.breaks("productVariantsBulkUpdate", 502, after_effect=False)
    assert restore(town.house, town.shop_id, actor="operator", now=town.now()) == GivenBack(returned=0, owed=1)
    town.settle()
    assert (town.lamp.inventory_policy, town.lease(town.lamp).state) == ("DENY", "returned")


def test_the_janitor_gives_back_what_was_forgotten(town: Town) -> None:
    open_for_backorders(town)
    with town.house.db.write() as tx:  # the choice was made, and what would have followed from it was lost
        catalogue.choose(tx, town.shop_id, [town.lamp.id], {"managed": False})
        tx.execute(rows.delete())
    town.settle()
    assert town.lamp.inventory_policy == "CONTINUE"
    tidy(town.house, town.now())
    town.settle()
    assert (town.lamp.inventory_policy, town.lease(town.lamp).state) == ("DENY", "returned")


@pytest.mark.long
def test_policy_and_promise_change_in_one_call(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    before = town.knocks("Offer")
    town.buy("Lena", (town.lamp, 1))
    assert town.knocks("Offer") == before + 1
    assert (town.lamp.inventory_policy, town.offer(town.lamp).shown["state"]) == ("CONTINUE", "backorder")
