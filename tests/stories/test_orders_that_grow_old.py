"""Orders that wait for longer than sixty days: the store shows them no more, and lets nobody write on them who does not see them."""

import pytest

from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def test_an_order_that_grew_old_waiting_is_released_and_told_like_any_other(town: Town) -> None:
    line = open_for_backorders(town, due_in=70)
    anna = town.buy("Anna", (town.lamp, 1))
    first = len(town.mails("Anna"))
    assert (town.held(anna), first) == (1, 1)
    town.days_pass(65)
    town.settle_again()
    assert town.held(anna) == 1
    town.count_in(town.lamp, 40)
    town.book_in(line, 40)
    town.settle_again()
    assert town.held(anna) == 0
    assert town.errors() == []
    assert len(town.mails("Anna")) == first + 1


@pytest.mark.long
def test_an_order_that_grew_old_hears_of_a_day_that_moved(town: Town) -> None:
    line = open_for_backorders(town, due_in=70)
    anna = town.buy("Anna", (town.lamp, 1))
    first = len(town.mails("Anna"))
    town.days_pass(65)
    town.change_due(line, town.today().replace(year=town.today().year + 1))
    town.settle_again()
    assert town.held(anna) == 1
    assert town.errors() == []
    assert len(town.mails("Anna")) == first + 1
