"""What a supplier sends to the buyer directly: no shelf, no queue, and the supplier's day."""

from datetime import date

import pytest

from backorder import bulk, by_hand, manage, pass_on, sent_directly
from backorder.by_hand import BY_SUPPLIER, FROM_HERE, GIVE, Deed
from backorder.db import claims, drop_ships, queue_acts
from backorder.errors import Refused
from backorder.explain import why
from backorder.quote import quote
from backorder.risk import at_risk
from backorder.rules.drop_ship import Tell
from backorder.sent_directly import Parcel
from backorder.verify import verify
from devstore.fulfilment import release
from devstore.stock import correct
from tests.stories.glow import (
    GLOW,
    HOME,
    desk,
    drop_ship_of,
    everything,
    holds,
    letters_to,
    line_of,
    pass_all_on,
    sent_by_glow,
    shelf,
    text_to,
    with_glow,
)
from tests.stories.test_shown_is_promised import buys, shows
from tests.stories.town import Town


def test_a_line_of_two_goes_to_the_supplier_with_the_address_and_the_other_from_the_shelf(town_on_both: Town) -> None:
    town = town_on_both
    glow = sent_by_glow(town)
    shown = quote(town.house, town.shop_id, town.lamp.id, 1, town.now())
    assert (shown.state.value, shown.ship_by) == ("backorder", date(2026, 11, 30)), (
        "five days from Monday, on a working day"
    )
    before = shelf(town)
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1), address=HOME)
    assert holds(town, anna) == {"AUR-1": {"OTHER"}, "OAK-1": set()}, "the chair may be packed, the lamp may not"
    (told,) = town.promises("Anna")
    assert (told.ship_by, told.source, told.told_at is not None) == (date(2026, 11, 30), "Glow & Sons, directly", True)
    (line,) = desk(town).to_pass_on
    assert (line.tell, line.units, line.order_name, line.ship_by) == (Tell.NEW, 1, anna.name, date(2026, 11, 30))

    pass_all_on(town, glow, note="Please use plain boxes.")
    (letter,) = letters_to(town, GLOW)
    said = letter.text
    for part in (
        anna.name,
        "AUR-1",
        "1 unit",
        "30 November 2026",
        "Anna Berg",
        "12 Elm Street",
        "Apt 4",
        "Springfield IL 62704",
        "United States",
        "plain boxes",
    ):
        assert part in said, part
    assert "OAK-1" not in said
    assert "Elm Street" not in everything(town), "no book keeps the address"
    assert (desk(town).to_pass_on, [one.units for one in desk(town).with_them]) == ((), [1])

    for part in town.parts(anna):
        if not part.holds:
            town.ship(part)
    sent_directly.shipped(town.house, town.shop_id, line.line_id, Parcel("UPS", "1Z999"), actor="Mara", now=town.now())
    town.settle()
    (parcel,) = [one for one in anna.fulfillments if one.tracking_number]
    assert (parcel.tracking_company, parcel.tracking_number) == ("UPS", "1Z999")
    with town.house.db.read() as tx:
        assert claims.of_orders(tx, town.shop_id, [anna.id]) == ()
        assert drop_ships.not_ended(tx, town.shop_id) == {}
    assert (shelf(town), town.level(town.lamp).on_hand) == (before, before - 1), (
        "the store counts one off; the shelf has it"
    )
    assert len(town.mails("Anna")) == 1, "the store tells her that it was shipped; nothing of hers came in"
    assert pass_on.desks(town.house, town.shop_id) == ()
    assert verify(town.house).holds


@pytest.mark.long
def test_nobody_in_the_queue_is_touched_and_the_shelf_keeps_what_the_store_counts_off(town: Town) -> None:
    glow = with_glow(town)
    ben = town.buy("Ben", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 2))
    cleo = town.buy("Cleo", (town.lamp, 1))
    assert (town.given(ben), town.held(anna), town.held(cleo)) == (1, 2, 1)
    lamps = line_of(town, anna, "AUR-1")
    deed = Deed(lamps, BY_SUPPLIER, "Anna is in a hurry")
    moved = by_hand.preview(town.house, town.shop_id, deed, town.now())
    assert moved is not None
    assert not drop_ship_of(town, lamps), "a look changes nothing"
    by_hand.do(town.house, town.shop_id, deed, actor="Mara", now=town.now())
    town.settle()
    pass_all_on(town, glow)
    # The merchant fulfils it in the store's admin, which takes an end to our hold first.
    town.staff_release(anna)
    (part,) = town.parts(anna)
    assert (part.status, town.held(cleo), town.kept(anna)) == ("OPEN", 1, 0), "not held again, and given nothing"
    town.ship(part)
    assert (town.level(town.lamp).on_hand, shelf(town)) == (-1, 1)
    assert (town.given(ben), town.shippable(ben), town.given(cleo), town.held(cleo)) == (1, 1, 0, 1)
    assert town.mails("Anna") == town.mails("Anna")[:1], "she is not told that anything is in"
    correct(town.world, town.store, town.lamp.item_id, town.place, on_hand=1)
    town.settle()
    assert (town.level(town.lamp).on_hand, shelf(town), town.held(cleo)) == (1, 1, 1), "put right, not arrived"
    town.count_in(town.lamp, 2)
    assert town.held(cleo) == 0, "what really comes serves who waited"
    assert verify(town.house).holds


def test_a_choice_that_is_undone_puts_lines_back_into_the_queue_until_the_supplier_was_told(town: Town) -> None:
    glow = with_glow(town)
    ben, anna = town.buy("Ben", (town.lamp, 1)), town.buy("Anna", (town.lamp, 1))
    dora = town.buy("Dora", (town.lamp, 1), financial_status="PENDING")
    before = quote(town.house, town.shop_id, town.lamp.id, 1, town.now())
    seen = bulk.preview(town.house, town.shop_id, [town.lamp.id], now=town.now(), drop_shipped=True)
    (change,) = seen.changes
    assert (change.before.ship_by, change.after.ship_by) == (before.ship_by, date(2026, 11, 30))
    town.choose(town.lamp, drop_shipped=True)
    sent = {line_of(town, order, "AUR-1") for order in (ben, anna, dora)}
    # Whose lamp could leave at once has it yet: it was not let go.
    assert {one.line_id for one in (*desk(town).to_pass_on, *desk(town).not_yet)} == sent
    assert [one.order_id for one in desk(town).not_yet] == [dora.id], "not paid"
    bulk.undo(town.house, town.shop_id, actor="Mara", now=town.now())
    town.settle()
    assert pass_on.desks(town.house, town.shop_id) == ()
    assert (town.given(ben), town.held(anna)) == (1, 1)
    town.choose(town.lamp, drop_shipped=True)
    pass_on.send(
        town.house, town.shop_id, glow, {line_of(town, anna, "AUR-1")}, "", by_mail=False, actor="Mara", now=town.now()
    )
    bulk.undo(town.house, town.shop_id, actor="Mara", now=town.now())
    town.settle()
    assert [one.order_id for one in desk(town).with_them] == [anna.id], "who was told has it"
    with pytest.raises(Refused, match="was told"):
        by_hand.do(
            town.house,
            town.shop_id,
            Deed(line_of(town, anna, "AUR-1"), FROM_HERE, "after all"),
            actor="Mara",
            now=town.now(),
        )
    assert verify(town.house).holds


@pytest.mark.long
def test_a_line_sent_by_hand_can_be_taken_back_and_takes_nothing_meanwhile(town: Town) -> None:
    with_glow(town)
    ben, anna = town.buy("Ben", (town.lamp, 1)), town.buy("Anna", (town.lamp, 1))
    lamp = line_of(town, ben, "AUR-1")
    by_hand.do(town.house, town.shop_id, Deed(lamp, BY_SUPPLIER, "a favour"), actor="Mara", now=town.now())
    town.settle()
    assert (town.given(ben), town.held(ben), town.given(anna), town.held(anna)) == (0, 1, 1, 0)
    assert "sent by Glow & Sons directly" in why(town.house, town.shop_id, lamp, town.now()).sentence
    with pytest.raises(Refused, match="in no queue"):
        by_hand.do(town.house, town.shop_id, Deed(lamp, GIVE, "no"), actor="Mara", now=town.now())
    with town.house.db.read() as tx:
        act = queue_acts.of_order(tx, town.shop_id, ben.id)[0]
    by_hand.undo(town.house, town.shop_id, act.act_id, actor="Mara", now=town.now())
    town.settle()
    assert not drop_ship_of(town, lamp)
    assert (town.given(ben) + town.given(anna), town.held(ben) + town.held(anna)) == (1, 1)
    assert verify(town.house).holds


@pytest.mark.long
def test_who_waited_for_a_shipment_hears_that_the_supplier_sends_it_now_and_not_that_the_shipment_failed(
    town: Town,
) -> None:
    glow = with_glow(town, days=30)
    town.order_goods("PO-12", town.lamp, 40, due_in=11)
    town.buy("Ben", (town.lamp, 1))
    town.buy("Anna", (town.lamp, 1))
    town.choose(town.lamp, supplier_id=glow, drop_shipped=True)
    town.settle()
    assert town.promises("Anna")[-1].reason == "It is sent to you directly by our supplier now, and that takes longer."
    letter = " ".join(town.mailbox.messages[-1].text.split())
    assert "It is sent to you directly by our supplier now, and that takes longer." in letter
    assert "no longer covers" not in letter
    assert verify(town.house).holds


@pytest.mark.long
def test_who_waits_for_the_supplier_alone_is_told_of_the_parcel_and_not_of_new_stock(town: Town) -> None:
    glow = sent_by_glow(town)
    town.set_terms(lead_time_days=20)
    own, parcel = "when your backorder is in", "when our supplier's parcel has been shipped"
    page = shows(town, town.lamp)
    sent = {"_ships_by": str(page["ship_by"]), "_promised": str(page["token"])}
    dora = buys(town, "Dora", town.lamp, 1, sent)
    assert town.mails("Dora") == [f"Order {dora.name} ships directly from our supplier"]
    assert ("new stock" in text_to(town, "Dora"), parcel in text_to(town, "Dora")) == (False, True)
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1), address=HOME)
    assert town.mails("Anna") == [f"Please read: part of order {anna.name} ships later"], "she was shown nothing"
    assert (own in text_to(town, "Anna"), parcel in text_to(town, "Anna")) == (False, True)
    town.buy("Cleo", (town.chair, 11))
    town.buy("Ben", (town.lamp, 1), (town.chair, 1), address=HOME)
    assert (own in text_to(town, "Ben"), parcel in text_to(town, "Ben")) == (True, False), "his chair comes in here"
    pass_all_on(town, glow)
    for _ in range(3):
        town.days_pass(3)
        town.settle_again()
    shipped = "Our supplier sends it to you directly. You will hear from us when the parcel has been shipped."
    assert (len(town.mails("Anna")), shipped in text_to(town, "Anna")) == (2, True), "the supplier is late"
    assert (len(town.mails("Ben")), shipped in text_to(town, "Ben")) == (2, False)
    town.count_in(town.chair, 40)
    last = text_to(town, "Ben")
    assert "Our supplier sends you the rest directly, and you will hear from us when it has been shipped." in last
    assert "when the rest is in" not in last


@pytest.mark.long
def test_beside_somebody_elses_hold_ours_is_placed_once_though_the_lamp_is_managed_no_more(town: Town) -> None:
    glow = with_glow(town)
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1), address=HOME)
    town.hold_by_another_app(anna)
    favour = Deed(line_of(town, anna, "AUR-1"), BY_SUPPLIER, "a favour")
    by_hand.do(town.house, town.shop_id, favour, actor="Mara", now=town.now())
    town.settle()
    both = {"OTHER", "HIGH_RISK_OF_FRAUD"}
    assert holds(town, anna) == {"AUR-1": both, "OAK-1": both}, "what is held cannot be split"
    pass_all_on(town, glow)
    town.choose(town.lamp, managed=False)
    town.settle_again()
    assert [act.by for act in town.store.journal if act.act == "hold placed"] == ["other app", "app"]
    for part in town.parts(anna):
        release(town.world, town.store, part.id, [one.id for one in part.holds if one.app_id == 99], app_id=99)
    town.settle()
    held = holds(town, anna)
    assert (held["AUR-1"], held["OAK-1"]) == ({"OTHER"}, set()), "the chair may leave now, the lamp is Glow's"
    assert verify(town.house).holds


def test_an_order_that_ships_together_does_not_wait_for_what_the_supplier_sends(town: Town) -> None:
    sent_by_glow(town)
    town.set_terms(mixed_orders="together", lead_time_days=20)
    town.buy("Ben", (town.chair, 12))
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1), (town.variant("LIN-N"), 1))
    assert holds(town, anna) == {
        "AUR-1": {"OTHER"}, "OAK-1": {"INVENTORY_OUT_OF_STOCK"}, "LIN-N": {"INVENTORY_OUT_OF_STOCK"}
    }  # fmt: skip
    days = {one.source: one.ship_by for one in town.promises("Anna")}
    assert days["Glow & Sons, directly"] == date(2026, 11, 30)
    together, apart = town.mailbox.messages[-1].text.split("In a parcel of its own, from our supplier")
    assert "in one parcel" in together
    assert ("Aurora lamp" in together, "Oak chair" in together, "Aurora lamp" in apart) == (False, True, True)
    town.count_in(town.chair, 2)
    assert holds(town, anna) == {"AUR-1": {"OTHER"}, "OAK-1": set(), "LIN-N": set()}
    assert verify(town.house).holds


@pytest.mark.long
def test_what_ships_together_leaves_when_its_slow_line_is_handed_to_the_supplier(town: Town) -> None:
    with_glow(town)
    town.set_terms(mixed_orders="together", lead_time_days=20)
    town.buy("Ben", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    assert town.held(anna) == 2
    deed = Deed(line_of(town, anna, "AUR-1"), BY_SUPPLIER, "Anna is in a hurry")
    by_hand.do(town.house, town.shop_id, deed, actor="Mara", now=town.now())
    town.settle()
    assert (bool(holds(town, anna)["AUR-1"]), holds(town, anna)["OAK-1"]) == (True, set())


@pytest.mark.long
def test_what_ships_together_leaves_when_its_slow_variant_is_sent_by_the_supplier(town: Town) -> None:
    with_glow(town)
    town.set_terms(mixed_orders="together", lead_time_days=20)
    town.buy("Ben", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    town.choose(town.lamp, drop_shipped=True)
    assert (bool(holds(town, anna)["AUR-1"]), holds(town, anna)["OAK-1"]) == (True, set())
    asked = town.states()["done"]
    town.settle_again()
    assert town.states()["done"] == asked, "nothing is asked for again"


def test_of_a_supplier_who_is_late_the_buyer_hears_once_and_the_merchant_sees_the_line(town: Town) -> None:
    glow = sent_by_glow(town)
    anna = town.buy("Anna", (town.lamp, 1), address=HOME)
    pass_all_on(town, glow)
    assert at_risk(town.house, town.shop_id, town.now()) == ()
    late = set()
    for _ in range(6):
        town.days_pass(2)
        town.settle_again()
        late |= {(one.source, one.order_id) for one in at_risk(town.house, town.shop_id, town.now())}
    assert late == {("Glow & Sons", anna.id)}
    first, *later = town.promises("Anna")
    assert (len(later), len(town.mails("Anna"))) == (1, 2), "one letter, and not one a day"
    assert later[0].ship_by is not None
    assert first.ship_by is not None
    assert later[0].ship_by > first.ship_by
    assert [one.units for one in desk(town).with_them] == [1]
    assert town.held(anna) == 1


def test_only_what_somebody_delivers_can_be_sent_by_a_supplier(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    with pytest.raises(Refused, match="choose a supplier first"):
        manage.choose(town.house, town.shop_id, [town.lamp.id], actor="Mara", now=town.now(), drop_shipped=True)
