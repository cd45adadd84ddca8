"""What is passed on to a supplier: by letter or in a file, with whole addresses or not at all, and what has changed since."""

import pytest

from backorder import pass_on, suppliers
from backorder.errors import Refused
from backorder.rules.drop_ship import Tell
from backorder.verify import verify
from tests.stories.glow import GLOW, HOME, desk, letters_to, pass_all_on, sent_by_glow
from tests.stories.town import Town


@pytest.mark.long
def test_what_changes_before_and_after_it_was_passed_on(town: Town) -> None:
    glow = sent_by_glow(town)
    early = town.buy("Early", (town.lamp, 1))
    town.cancel(early)
    assert pass_on.desks(town.house, town.shop_id) == (), "the supplier never hears of it"
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 2))
    pass_all_on(town, glow)
    town.edit(anna, add=2)
    town.cancel(ben)
    more, off = sorted(desk(town).to_pass_on, key=lambda one: one.order_id)
    assert (more.tell, more.was, more.units) == (Tell.CHANGED, 1, 3)
    assert (off.tell, off.was, off.units) == (Tell.CANCELLED, 2, 0)
    assert town.held(anna) == 3
    number = pass_all_on(town, glow)
    said = str(letters_to(town, GLOW)[-1].text)
    assert "3 units instead of 1" in said
    assert "Cancelled: do not send the 2 units" in said
    assert (desk(town).to_pass_on, [one.units for one in desk(town).with_them]) == ((), [3])
    pass_on.send_again(town.house, town.shop_id, number, actor="Mara")
    town.settle()
    assert len(letters_to(town, GLOW)) == 3
    with pytest.raises(Refused, match="still has orders"):
        suppliers.remove(town.house, town.shop_id, glow, actor="Mara", now=town.now())
    assert verify(town.house).holds


def test_the_file_for_a_supplier_holds_the_addresses_and_an_order_without_one_is_named(town: Town) -> None:
    glow = sent_by_glow(town)
    town.buy("Anna", (town.lamp, 1), address=HOME)
    sheet = pass_on.export(town.house, town.shop_id, glow)
    assert "Anna Berg, 12 Elm Street, Apt 4, Springfield IL 62704, United States" in sheet
    ben = town.buy("Ben", (town.lamp, 1))
    ben.shipping_address = None
    with pytest.raises(Refused, match=f"no address for {ben.name}"):
        pass_on.export(town.house, town.shop_id, glow)
    pass_all_on(town, glow)
    assert town.errors() == [pass_on.NO_ADDRESS.format(orders=ben.name)]
    assert letters_to(town, GLOW) == []


@pytest.mark.parametrize(("withheld", "field"), [("name", "name"), ("address", "address1")])
def test_without_approval_for_names_or_addresses_no_supplier_gets_half_an_address(
    town: Town, withheld: str, field: str
) -> None:
    glow = sent_by_glow(town)
    town.store.withheld = frozenset({withheld})
    town.buy("Anna", (town.lamp, 1), address=HOME)
    pass_all_on(town, glow)
    assert town.errors() == [
        f"The shop has not granted customer data: This app is not approved to use the {field} field."
    ]
    assert letters_to(town, GLOW) == []
