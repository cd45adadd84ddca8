"""The policy is borrowed, not owned."""

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
