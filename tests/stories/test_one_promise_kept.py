"""The story of the thin path: three lamps arrive early for three buyers who wait for four."""

import pytest

from tests.stories.town import Town


@pytest.mark.parametrize("books_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_three_buyers_wait_two_are_served_first_and_the_shop_is_as_it_was(town_on_both: Town) -> None:
    town = town_on_both
    lamp, chair = town.lamp, town.chair
    town.install()
    town.manage(lamp, chair, town.variant("LIN-N"))
    line = town.order_goods("PO-12", lamp, 40, due_in=12)
    assert lamp.inventory_policy == "DENY"

    last = town.buy("Lena", (lamp, 1))
    assert lamp.inventory_policy == "CONTINUE"
    assert town.mails("Lena") == []
    assert town.shippable(last) == 1

    anna = town.buy("Anna", (lamp, 1))
    ben = town.buy("Ben", (lamp, 2))
    cleo = town.buy("Cleo", (lamp, 1), (chair, 1))
    assert [town.held(o) for o in (anna, ben, cleo)] == [1, 2, 1]
    assert [town.shippable(o) for o in (anna, ben, cleo)] == [0, 0, 1]
    assert [len(town.mails(w)) for w in ("Anna", "Ben", "Cleo")] == [1, 1, 1]

    town.book_in(line, 3)
    assert [town.held(o) for o in (anna, ben, cleo)] == [1, 2, 1]
    town.count_in(lamp, 3)
    assert [town.held(o) for o in (anna, ben, cleo)] == [0, 0, 1]
    assert [len(town.mails(w)) for w in ("Anna", "Ben", "Cleo")] == [2, 2, 1]

    town.count_in(lamp, 37)
    town.book_in(line, 37)
    assert town.held(cleo) == 0
    assert len(town.mails("Cleo")) == 2
    assert lamp.inventory_policy == "DENY"
