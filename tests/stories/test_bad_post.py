"""The post is doubled, shuffled, lost; the books end equal, because a webhook is only a bell."""

import random

import pytest

from backorder.reconcile import reconcile
from backorder.verify import verify
from tests.stories.town import Town, doubled_and_shuffled


def three_lamps_for_three_buyers(town: Town) -> dict[str, object]:
    """The story of the thin path; what everybody ends with."""
    town.install()
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    lena = town.buy("Lena", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    ben = town.buy("Ben", (town.lamp, 2), settle=False)
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    town.book_in(line, 3)
    town.count_in(town.lamp, 3)
    return {
        "held": [town.held(order) for order in (lena, anna, ben, cleo)],
        "shippable": [town.shippable(order) for order in (lena, anna, ben, cleo)],
        "letters": [len(town.mails(who)) for who in ("Lena", "Anna", "Ben", "Cleo")],
        "policy": town.lamp.inventory_policy,
    }


TRUE = {"held": [0, 0, 0, 1], "shippable": [1, 1, 2, 1], "letters": [0, 2, 2, 1], "policy": "CONTINUE"}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_every_webhook_twice_and_in_no_order_changes_nothing(town: Town, seed: int) -> None:
    town.post = doubled_and_shuffled(random.Random(seed))
    assert three_lamps_for_three_buyers(town) == TRUE
    assert verify(town.house).holds


def test_the_same_on_postgresql(town_on_both: Town) -> None:
    town_on_both.post = doubled_and_shuffled(random.Random(7))
    assert three_lamps_for_three_buyers(town_on_both) == TRUE
    assert verify(town_on_both.house).holds


def test_without_any_webhook_reconciliation_finds_everything(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.world.post.faults.lost = 1.0
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "DENY"

    drift = reconcile(town.house, town.shop_id, town.now()).drift
    town.settle()

    assert drift.orders_unknown == 1
    assert drift.levels_changed == 1
    assert town.lamp.inventory_policy == "CONTINUE"
    again = reconcile(town.house, town.shop_id, town.now()).drift
    assert (again.orders_unknown, again.orders_changed, again.levels_changed) == (0, 0, 0)
