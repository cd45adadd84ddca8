"""Who goes first by the merchant's own policy: chosen ones with their part and no more, and lines or orders whole or not at all."""

from typing import Any

import pytest

from backorder.unserved import unserved
from backorder.verify import verify
from devstore.fulfilment import hold
from devstore.model import Order, Variant
from devstore.stock import receive
from devstore.tags import add_tags
from tests.stories.test_orders_in_all_their_lives import quiet
from tests.stories.town import Town

CHOSEN = {"repromise": "chosen first", "chosen_tags": ["VIP"]}


def opened(town: Town, **policy: Any) -> None:
    """A shop with this policy whose last lamp is Lena's, for good by now; forty more are due in five days."""
    town.install()
    town.set_terms(**policy)
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    lena_has_hers(town)


def lena_has_hers(town: Town) -> None:
    """Lena buys the last lamp, and a quarter of an hour goes by, after which it is taken for nobody else."""
    town.buy("Lena", (town.lamp, 1))
    town.days_pass(15 / 1440)


def wants(town: Town, who: str, units: int, *tags: str) -> Order:
    """Somebody orders lamps, and staff's own rules in the store tag the order before anybody looks at it."""
    order = town.buy(who, (town.lamp, units), settle=False)
    add_tags(town.world, town.store, order, list(tags))
    town.settle()
    return order


def comes(town: Town, variant: Variant, units: int) -> None:
    """The warehouse counts goods in, and Mara believes it whatever it looks like."""
    receive(town.world, town.store, variant.item_id, town.place, units)
    quiet(town)


def held(town: Town, *orders: Order) -> list[int]:
    return [town.held(order) for order in orders]


def reasons(town: Town) -> list[str]:
    """Why nobody who waits for lamps is served, as the queue says it."""
    with town.house.db.read() as tx:
        (queue,) = unserved(tx, town.shop_id, town.lamp.item_id, town.now())
    return [reason.why.value for reason in queue.reasons]


def test_chosen_ones_go_first_with_half_of_a_day_and_the_rest_goes_by_age(town_on_both: Town) -> None:
    town = town_on_both
    opened(town, **CHOSEN, chosen_percent=50)
    anna, ben = wants(town, "Anna", 2), wants(town, "Ben", 2)
    vera = wants(town, "Vera", 3, "vip")
    comes(town, town.lamp, 4)
    assert held(town, anna, ben, vera) == [0, 2, 3], "two of four lie there for Vera, who wants three"
    assert (town.given(vera), town.given(ben)) == (2, 0)
    town.days_pass(1)
    comes(town, town.lamp, 2)
    assert held(town, anna, ben, vera) == [0, 0, 3], "of the four that nobody was let go with, two are hers again"
    assert "with the rest" in reasons(town)
    comes(town, town.lamp, 1)
    assert town.held(vera) == 0
    assert verify(town.house).holds


@pytest.mark.long
def test_staff_choose_a_customer_by_number_and_an_order_by_a_tag_also_while_it_waits(town: Town) -> None:
    opened(town, **CHOSEN, chosen_percent=None, chosen_units_a_day=5)
    anna, cora, dora = wants(town, "Anna", 2), wants(town, "Cora", 1), wants(town, "Dora", 2)
    comes(town, town.lamp, 1)
    assert [town.given(order) for order in (anna, cora, dora)] == [1, 0, 0]
    add_tags(town.world, town.store, dora, ["VIP"])
    town.settle()
    assert [town.given(order) for order in (anna, cora, dora)] == [0, 0, 1], "nobody was let go, so it is decided anew"
    assert cora.customer is not None
    town.set_terms(chosen_customers=[cora.customer.id])
    comes(town, town.lamp, 1)
    assert held(town, anna, cora, dora) == [2, 0, 2], "of those who are chosen the older goes first"
    assert verify(town.house).holds


def test_an_ordinary_buyer_is_served_after_the_days_that_the_merchant_set_however_many_are_chosen(town: Town) -> None:
    opened(town, **CHOSEN, chosen_percent=None, chosen_units_a_day=10, passed_over_days=3)
    anna = wants(town, "Anna", 1)
    served = []
    for day in range(5):
        vera = wants(town, f"Vera{day}", 2, "VIP")
        comes(town, town.lamp, 1)
        served.append(town.held(anna) == 0)
        assert town.held(vera) == 2
        town.days_pass(1)
    assert served == [False, False, False, True, True], "three days she is passed over, and no longer"
    assert verify(town.house).holds


def test_a_line_that_goes_whole_lets_others_by_until_it_has_waited_long_enough(town: Town) -> None:
    opened(town, whole="line", passed_over_days=2)
    anna, ben = wants(town, "Anna", 2), wants(town, "Ben", 1)
    comes(town, town.lamp, 1)
    assert held(town, anna, ben) == [2, 0], "one lamp is of no use to Anna"
    town.days_pass(2)
    cleo = wants(town, "Cleo", 1)
    comes(town, town.lamp, 1)
    assert held(town, anna, cleo) == [2, 1], "now it is set aside for her"
    assert "set aside" in reasons(town)
    comes(town, town.lamp, 1)
    assert held(town, anna, cleo) == [0, 1]
    assert verify(town.house).holds


@pytest.mark.long
def test_what_somebody_else_holds_of_an_order_is_not_said_of_the_rest_of_it(town: Town) -> None:
    """Anna's chair is being checked by another app, and her lamp may be packed: the one is no reason for the other."""
    opened(town)
    town.set_terms(lead_time_days=20)
    town.buy("Carl", (town.chair, town.level(town.chair).available))
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    comes(town, town.lamp, 1)
    wants(town, "Ben", 1)
    (chair,) = (part for part in town.parts(anna) if part.holds)
    hold(town.world, town.store, chair.id, reason="HIGH_RISK_OF_FRAUD", handle="fraud", app_id=99)
    quiet(town)
    assert town.shippable(anna) == 1
    assert reasons(town) == ["can ship"]
    (lamp,) = (part for part in town.parts(anna) if not part.holds)
    hold(town.world, town.store, lamp.id, reason="HIGH_RISK_OF_FRAUD", handle="fraud", app_id=99)
    quiet(town)
    assert "held by others" in reasons(town), "now it is her lamp that they check"


def test_an_order_that_goes_whole_holds_its_chair_for_its_lamp_and_others_are_served_meanwhile(town: Town) -> None:
    opened(town, whole="order", passed_over_days=5)
    town.correct_count(town.chair, 1)
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert town.held(cleo) == 2, "the chair is there, and goes with the lamp or not at all"
    carl = town.buy("Carl", (town.chair, 1), ignore_policy=True)
    assert held(town, cleo, carl) == [2, 0], "Carl's order is served whole by the chair that Cleo cannot use yet"
    comes(town, town.lamp, 1)
    assert town.held(cleo) == 2, "nor is the lamp of use to her without a chair"
    comes(town, town.chair, 1)
    assert town.held(cleo) == 0
    assert verify(town.house).holds


def parts_held(town: Town, order: Order) -> list[int]:
    """The units of each fulfillment order of an order that is held."""
    return sorted(sum(line.remaining for line in part.lines) for part in town.parts(order) if part.holds)


@pytest.mark.long
def test_holds_are_cut_by_the_arrivals_that_serve_an_order_under_the_policy_and_not_by_its_age(town: Town) -> None:
    town.install()
    town.set_terms(**CHOSEN, chosen_percent=None, chosen_units_a_day=2)
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 3, due_in=5)
    town.order_goods("PO-13", town.lamp, 40, due_in=25)
    lena_has_hers(town)
    wants(town, "Anna", 3)
    vera = wants(town, "Vera", 3, "VIP")
    assert parts_held(town, vera) == [1, 2], "two of the first three are hers, though Anna came before"
    comes(town, town.lamp, 3)
    assert town.shippable(vera) == 2
    assert verify(town.house).holds


@pytest.mark.long
def test_the_day_by_which_holds_are_cut_is_the_shops_own(town: Town) -> None:
    """Late in the evening in New York it is the next day in London already, and what is due today has not missed its day there."""
    town.install()
    town.manage(town.lamp)
    town.days_pass(0.75)  # three in the morning in London
    assert town.now().hour == 3
    town.order_goods("PO-12", town.lamp, 1, due_in=-1)
    town.order_goods("PO-13", town.lamp, 40, due_in=0)
    town.buy("Lena", (town.lamp, 1))
    assert parts_held(town, town.buy("Cleo", (town.lamp, 2))) == [1, 1], "they are due on two days"
