"""The store breaks, the mail breaks; nothing is done twice and nothing is forgotten."""

from typing import Any

import pytest

from backorder.db import troubles
from backorder.db.outbox import State
from backorder.deliver import holding
from backorder.store.gateway import Gateway
from tests.dice import first_now
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("naming", first_now(["fulfillmentOrderHold(", "metafieldsSet", "tagsAdd"]))
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


@pytest.mark.long
@pytest.mark.parametrize(
    ("naming", "how"),
    [
        ("fulfillmentOrderHold(", {"torn": True}),
        ("fulfillmentOrderHold(", {"beside": "SOMETHING"}),
        ("fulfillmentOrderReleaseHold", {"beside": "INTERNAL_SERVER_ERROR"}),
        ("productVariantsBulkUpdate", {"beside": "SOMETHING"}),
    ],
)
def test_an_answer_that_is_torn_or_has_errors_beside_its_data_is_read_back(
    town: Town, naming: str, how: dict[str, Any]
) -> None:
    """Such an answer counts for nothing; whether the deed was done is asked of the store."""
    town.install()
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.breaks(naming, after_effect=True, **how)
    town.buy("Lena", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(anna) == 1
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert not town.world.api_faults
    assert (town.journal("hold placed", anna), town.journal("hold released", anna)) == (1, 1)
    assert (town.held(anna), town.shippable(anna), len(town.mails("Anna"))) == (0, 1, 2)
    assert town.lamp.inventory_policy == "CONTINUE"
    assert town.errors() == []


@pytest.mark.long
@pytest.mark.parametrize("how", [{"torn": True}, {"status": 429}], ids=str)
def test_broken_answers_in_a_row_to_questions_only_cost_time(town: Town, how: dict[str, Any]) -> None:
    open_for_backorders(town)
    town.breaks("query", after_effect=True, times=12, **how)
    anna = town.buy("Anna", (town.lamp, 1))
    assert not town.world.api_faults
    assert (town.held(anna), len(town.mails("Anna")), town.errors()) == (1, 1, [])


def test_a_hold_that_is_there_already_is_done(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store says that our handle is taken: an attempt whose answer was lost has placed it."""
    open_for_backorders(town)
    monkeypatch.setattr(holding, "_just_read", lambda *_: True)  # it looks before the hold is there, and not again
    place = Gateway.hold

    def placed_already(store: Gateway, *what: Any) -> object:
        place(store, *what)
        return place(store, *what)

    monkeypatch.setattr(Gateway, "hold", placed_already)
    anna = town.buy("Anna", (town.lamp, 1))
    assert (town.held(anna), town.journal("hold placed", anna), town.errors()) == (1, 1, [])


@pytest.mark.parametrize("status", first_now([429, 500, 503]))
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
        (parked,) = troubles.newest(tx, town.shop_id)
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
