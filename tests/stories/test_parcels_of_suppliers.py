"""What suppliers have shipped is said in the store: once, of no more than they were told, and what comes back is no cancellation."""

import pytest

from backorder import erase, pass_on, sent_directly
from backorder.db import drop_ships, supplier_letters
from backorder.errors import Refused
from backorder.rules.drop_ship import Tell
from backorder.sent_directly import Parcel
from backorder.verify import verify
from devstore.fulfilment import cancel_fulfilment, release, ship
from devstore.holding import hold
from devstore.model import Order
from devstore.returning import open_return
from tests.stories.glow import (
    GLOW,
    HOME,
    desk,
    everything,
    holds,
    letters_to,
    line_of,
    pass_all_on,
    sent_by_glow,
    shelf,
)
from tests.stories.town import Town


def says_shipped(town: Town, order: Order) -> None:
    """The merchant says that the supplier shipped an order's lamps."""
    lamp = line_of(town, order, "AUR-1")
    sent_directly.shipped(town.house, town.shop_id, lamp, Parcel("UPS", "1Z999"), actor="Mara", now=town.now())
    town.settle()


def said_to_be_shipped(order: Order) -> int:
    """Units that the store tells an order's buyer were shipped."""
    return sum(line.quantity for parcel in order.fulfillments for line in parcel.lines)


def held_by_another_app(town: Town, order: Order) -> None:
    """Another app holds whatever of an order is not shipped."""
    for part in town.parts(order):
        if part.remaining:
            hold(town.world, town.store, part.id, reason="HIGH_RISK_OF_FRAUD", handle="fraud", app_id=99)
    town.settle()


def their_holds_end(town: Town, order: Order) -> None:
    """The other app lets an order go."""
    for part in town.parts(order):
        theirs = [one.id for one in part.holds if one.app_id == 99]
        if theirs:
            release(town.world, town.store, part.id, theirs, app_id=99)
    town.settle()


def test_a_parcel_is_said_once_though_the_answer_is_lost_and_a_letter_that_may_have_left_is_shown(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1), address=HOME)
    town.mailbox.set_mode("swallows")
    pass_all_on(town, glow)
    town.mailbox.set_mode("ok")
    assert town.states().get("unknown") == 1
    with town.house.db.read() as tx:
        letters = supplier_letters.latest(tx, town.shop_id)
        assert pass_on.states(tx, town.shop_id, letters) == {letters[0].letter_id: "unknown"}
    town.breaks("Fulfill", after_effect=True)
    lamp = line_of(town, anna, "AUR-1")
    parcel = Parcel("UPS", "1Z999", "https://ups.example/1Z999")
    sent_directly.shipped(town.house, town.shop_id, lamp, parcel, actor="Mara", now=town.now())
    town.settle()
    assert len(anna.fulfillments) == 1
    (told,) = erase.data_request(town.house, town.store.domain, [anna.id])["orders"]
    assert told["parcels"] == [{"carrier": "UPS", "tracking": "1Z999", "url": "https://ups.example/1Z999"}]
    erase.redact_customer(town.house, town.store.domain, [anna.id])
    assert "1Z999" not in everything(town)
    # It did not leave after all: the supplier still has it to send.
    cancel_fulfilment(town.world, town.store, anna.fulfillments[0].id)
    town.settle()
    assert [one.units for one in desk(town).with_them] == [1]
    assert (shelf(town), town.held(anna)) == (1, 1)
    (letter,) = letters
    pass_on.send_again(town.house, town.shop_id, letter.letter_id, actor="Mara")
    town.settle()
    assert town.states().get("unknown") is None, "what nobody knew of is not to be tried again beside it"
    assert verify(town.house).holds


@pytest.mark.long
def test_a_parcel_of_an_order_that_somebody_else_holds_is_said_when_that_hold_ends(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    pass_all_on(town, glow)
    town.hold_by_another_app(anna)
    says_shipped(town, anna)
    asked = town.knocks()
    town.settle()
    assert (anna.fulfillments, town.knocks()) == ([], asked), "nobody asks again and again"
    assert town.states().keys() <= {"done", "void"}, "nothing waits in its lane, and nobody has to press a button"
    assert desk(town).not_told == {line_of(town, anna, "AUR-1"): "somebody else holds it, and that hold must end first"}
    assert holds(town, anna)["AUR-1"] == {"OTHER", "HIGH_RISK_OF_FRAUD"}, "and ours stays until then"
    their_holds_end(town, anna)
    assert [one.tracking_number for one in anna.fulfillments] == ["1Z999"]
    assert holds(town, anna) == {"OAK-1": set()}
    assert verify(town.house).holds


@pytest.mark.long
def test_what_is_added_after_the_supplier_shipped_is_not_said_to_be_shipped(town_on_both: Town) -> None:
    town = town_on_both
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1))
    pass_all_on(town, glow)
    town.hold_by_another_app(anna)
    says_shipped(town, anna)
    town.edit(anna, add=2)
    their_holds_end(town, anna)
    assert said_to_be_shipped(anna) == 1
    assert [(one.tell, one.units) for one in desk(town).to_pass_on] == [(Tell.NEW, 2)]
    assert town.held(anna) == 2
    pass_all_on(town, glow)
    assert "2 units" in letters_to(town, GLOW)[-1].text
    says_shipped(town, anna)
    assert (said_to_be_shipped(anna), pass_on.desks(town.house, town.shop_id)) == (3, ())
    assert verify(town.house).holds


@pytest.mark.long
def test_from_a_page_that_is_late_no_more_is_shipped_than_the_supplier_was_told(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1))
    pass_all_on(town, glow)
    town.edit(anna, add=2)  # and the merchant still looks at one lamp with Glow
    says_shipped(town, anna)
    assert (said_to_be_shipped(anna), town.held(anna)) == (1, 2)
    assert [(one.tell, one.units) for one in desk(town).to_pass_on] == [(Tell.NEW, 2)]
    with pytest.raises(Refused, match="pass it on first"):
        says_shipped(town, anna)
    assert verify(town.house).holds


@pytest.mark.long
def test_a_lamp_that_comes_back_before_the_store_hears_of_the_next_is_not_told_twice(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1))
    pass_all_on(town, glow)
    says_shipped(town, anna)
    town.edit(anna, add=2)
    pass_all_on(town, glow)
    held_by_another_app(town, anna)
    says_shipped(town, anna)
    open_return(town.world, town.store, anna.id, [(line_of(town, anna, "AUR-1"), 1)])
    town.settle()
    town.edit(anna, add=1)
    their_holds_end(town, anna)
    assert (said_to_be_shipped(anna), town.held(anna)) == (3, 1), "two more, whatever came back meanwhile"
    assert [one.units for one in desk(town).to_pass_on] == [1]
    assert verify(town.house).holds


@pytest.mark.long
def test_a_parcel_that_was_said_before_units_were_counted_is_all_that_is_open(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 2))
    pass_all_on(town, glow)
    town.hold_by_another_app(anna)
    says_shipped(town, anna)
    with town.house.db.write() as tx:
        tx.execute(drop_ships.drop_ships.update().values(shipped_up_to=None))  # as migration 0025 leaves it
    their_holds_end(town, anna)
    assert (said_to_be_shipped(anna), pass_on.desks(town.house, town.shop_id)) == (2, ())


@pytest.mark.long
def test_what_a_buyer_sends_back_is_no_cancellation_for_the_supplier(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 2))
    pass_all_on(town, glow)
    says_shipped(town, anna)
    open_return(town.world, town.store, anna.id, [(line_of(town, anna, "AUR-1"), 1)])
    town.settle()
    assert pass_on.desks(town.house, town.shop_id) == ()


@pytest.mark.long
def test_a_return_of_one_changes_nothing_of_what_the_supplier_still_sends(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 3))
    pass_all_on(town, glow)
    town.staff_release(anna)
    (part,) = town.parts(anna)
    ship(town.world, town.store, part.id, [(part.lines[0].id, 2)])
    town.settle()
    assert desk(town).to_pass_on == ()
    open_return(town.world, town.store, anna.id, [(line_of(town, anna, "AUR-1"), 1)])
    town.settle()
    assert desk(town).to_pass_on == (), "one was to come, and one is"
