"""The store breaks, the mail breaks; nothing is done twice and nothing is forgotten."""

import pytest

from backorder.db import outbox
from backorder.db.outbox import State
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("naming", ["fulfillmentOrderHold(", "metafieldsSet", "tagsAdd"])
def test_the_store_breaks_while_an_order_is_being_held(town: Town, naming: str, after_effect: bool) -> None:
    open_for_backorders(town)
    town.breaks(naming, 502, after_effect=after_effect)
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert town.held(cleo) == 1
    assert town.shippable(cleo) == 1
    assert len(town.mails("Cleo")) == 1
    assert town.journal("hold placed", cleo) == 1
    assert "backorder" in cleo.tags


@pytest.mark.parametrize("after_effect", [False, True])
def test_the_store_breaks_while_a_hold_is_being_released(town: Town, after_effect: bool) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.breaks("fulfillmentOrderReleaseHold", 502, after_effect=after_effect)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(anna) == 0
    assert town.kept(anna) == 1
    assert town.journal("hold released", anna) == 1
    assert len(town.mails("Anna")) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_store_that_cannot_answer_is_asked_again(town: Town, status: int) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    for _ in range(5):
        town.breaks("", status, after_effect=False)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"


def test_a_throttled_store_is_waited_for(town: Town) -> None:
    town.install()
    town.world.throttle.maximum, town.world.throttle.restore_rate = 1000.0, 20.0
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    orders = [town.buy("Anna", (town.chair, 1), settle=False) for _ in range(5)]
    town.settle()
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"
    assert all(town.shippable(order) == 1 for order in orders)


@pytest.mark.parametrize("mode", ["down", "greylist"])
def test_a_mail_server_that_is_away_for_a_while_gets_each_letter_once(town: Town, mode: str) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode(mode)
    town.buy("Anna", (town.lamp, 1))
    if mode == "down":
        assert town.mails("Anna") == []
        town.mailbox.set_mode("ok")
        town.time.passes(900)
        town.settle()
    assert len(town.mails("Anna")) == 1


def test_a_refused_letter_is_parked_with_its_reason_and_stops_nothing_else(town: Town) -> None:
    line = open_for_backorders(town)
    town.mailbox.set_mode("reject")
    anna = town.buy("Anna", (town.lamp, 1))
    with town.house.db.read() as tx:
        (parked,) = outbox.troubled(tx, town.shop_id)
    assert parked.state == State.PARKED.value
    assert "550" in parked.error
    assert "anna@example.com" not in parked.error
    town.mailbox.set_mode("ok")
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(anna) == 0


def test_an_order_the_store_no_longer_shows_ends_its_claims(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.cancel(anna)
    assert town.held(anna) == 0
    assert town.given(anna) == 0
    assert town.left_to_sell() == 40
