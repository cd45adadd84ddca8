"""What the store is asked for one order that waits: each step once, and the echoes of all our own acts together."""

from tests.stories.town import Town


def test_a_hold_needs_one_reading_of_an_order_that_is_routed_and_none_after_it(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    before = town.knocks("Order", "Orders")
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    while not town.held(anna):
        if not town.step():
            town.time.passes(0.1)
    assert town.knocks("Order", "Orders") - before == 1
    held = town.knocks("Order", "Orders")
    town.settle()
    assert len(town.mails("Anna")) == 1
    # Hold, metafield and tag ring five times; the order is read for all of them, and once more for a second's sake.
    assert town.knocks("Order", "Orders") - held <= 2
    assert town.knocks("Hold") == 1
