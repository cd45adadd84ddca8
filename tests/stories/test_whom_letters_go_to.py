"""Letters go to the address that the order bears now; who no longer waits is not kept, but for what they read."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backorder.db import contacts
from backorder.keys import signing_key
from backorder.reconcile import tidy
from backorder.rules import order_link
from devstore.installation import request_customer_data
from devstore.model.orders import Order
from plugin.app import create_app
from tests.stories.test_the_mail_is_away import row_ids, try_again
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def kept(town: Town) -> int:
    """Of how many orders somebody's address is kept."""
    with town.house.db.read() as tx:
        return tx.execute(select(func.count(contacts.contacts.c.email_sealed))).scalar_one()


def reads(town: Town, order: Order) -> str | None:
    """The language that is kept of who placed an order."""
    with town.house.db.read() as tx:
        return contacts.language(tx, town.shop_id, order.id)


def page(town: Town, order: Order) -> str:
    """What the customer's link shows."""
    token = order_link.issue(signing_key(town.house.settings, order_link.PURPOSE), town.shop_id, order.id)
    return create_app(town.house).test_client().get(f"/choose/{token}").text


def corrected(order: Order, who: str) -> None:
    """The merchant corrects an order's address in the store's admin."""
    order.email = f"{who.lower()}@example.com"


def test_a_letter_that_was_refused_leaves_to_the_address_that_the_merchant_corrected(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("reject")
    order = town.buy("Ana", (town.lamp, 1))
    (parked,) = row_ids(town, "parked")
    town.mailbox.set_mode("ok")
    corrected(order, "Anna")
    try_again(town, parked)
    assert (len(town.mails("Ana")), len(town.mails("Anna"))) == (0, 1)


def test_who_was_written_to_at_a_wrong_address_hears_at_the_right_one_that_their_day_moved(town: Town) -> None:
    line = open_for_backorders(town)
    order = town.buy("Ana", (town.lamp, 1))
    corrected(order, "Anna")
    town.change_due(line, town.today() + timedelta(days=40))
    assert (len(town.mails("Ana")), len(town.mails("Anna"))) == (1, 1)


@pytest.mark.long
def test_who_was_written_to_before_is_written_to_while_the_store_is_away(town: Town) -> None:
    line = open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    town.breaks("customerLocale", after_effect=False, times=99)
    town.change_due(line, town.today() + timedelta(days=40))
    assert len(town.mails("Anna")) == 2
    assert town.errors() == []


def test_who_is_erased_in_the_store_is_not_written_to_any_more(town: Town) -> None:
    line = open_for_backorders(town)
    order = town.buy("Anna", (town.lamp, 1))
    order.email = order.customer = None
    town.change_due(line, town.today() + timedelta(days=40))
    assert len(town.mails("Anna")) == 1
    assert town.errors() == []
    assert (kept(town), reads(town, order)) == (0, None), "nor remembered"


def test_an_address_is_kept_while_its_order_waits_and_no_longer(town: Town) -> None:
    line = open_for_backorders(town)
    anna, ben, cleo = (town.buy(who, (town.lamp, 1)) for who in ("Anna", "Ben", "Cleo"))
    town.cancel(ben)
    tidy(town.house, town.now())
    assert kept(town) == 2
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    (part,) = town.parts(anna)
    town.ship(part)
    tidy(town.house, town.now())
    assert kept(town) == 1, "Cleo's, who waits still"
    assert town.held(cleo) == 1


@pytest.mark.long
def test_an_address_is_kept_while_a_letter_of_its_order_may_still_leave(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.mailbox.set_mode("swallows")
    town.buy("Ben", (town.lamp, 1))
    town.mailbox.set_mode("ok")
    ben = next(order for order in town.store.orders.values() if order.email == "ben@example.com")
    town.cancel(ben)
    town.cancel(anna)
    tidy(town.house, town.now())
    assert row_ids(town, "unknown")
    assert kept(town) == 1, "Ben's letter may be tried again"


def test_the_page_of_an_order_speaks_its_customers_language_when_the_address_is_forgotten(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    anna.locale = "fr-CA"
    town.settle()
    assert '<html lang="fr-CA">' in page(town, anna)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    (part,) = town.parts(anna)
    town.ship(part)
    tidy(town.house, town.now())
    assert kept(town) == 0
    assert "Toute cette commande a été envoyée." in page(town, anna)
    assert anna.customer is not None
    request_customer_data(town.world, town.store, anna.customer, redact=True)
    town.settle()
    assert reads(town, anna) is None
    assert "All of this order has been sent." in page(town, anna)


def test_a_letter_of_an_order_that_waits_anew_leaves_when_the_store_is_back(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    (part,) = town.parts(anna)
    town.ship(part)
    tidy(town.house, town.now())
    assert kept(town) == 0
    town.edit(anna, add=1)
    town.breaks("customerLocale", after_effect=False, times=99)
    town.change_due(line, town.today() + timedelta(days=40))
    assert len(town.mails("Anna")) == 2
    town.world.api_faults.clear()
    town.time.passes(3600)
    town.settle()
    assert town.mails("Anna")[2:] == [f"Please read: order {anna.name} is on backorder"]
    assert "we cannot keep the date" not in str(town.mailbox.messages[-1].text), "nobody gave the added lamp one"
