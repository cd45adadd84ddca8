"""Supply that lands within the time in which the shop ships anyway: sold without a word, and still in the backlog (C12, C13)."""

from datetime import timedelta

import pytest

from backorder.verify import verify
from tests.stories.town import Town

WINDOW = 10  # working days


def open_silently(town: Town, due_in: int = 7) -> int:
    """The last lamp is sold, and more come within the window; the purchase order line."""
    town.install()
    town.set_terms(ship_window_days=WINDOW)
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=due_in)
    town.buy("Lena", (town.lamp, 1))
    return line


def shown(town: Town) -> dict[str, object]:
    return dict(town.offer(town.lamp).shown or {})


def test_nobody_hears_of_a_backorder_and_the_queue_is_kept_all_the_same(town: Town) -> None:
    line = open_silently(town)
    assert town.lamp.inventory_policy == "CONTINUE"
    assert (town.offer(town.lamp).state, shown(town)["state"], shown(town)["ship_by"]) == ("silent", "silent", None)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 2))
    assert (town.held(anna), town.held(ben)) == (1, 2)
    assert [p.ship_by is not None for p in (*town.promises("Anna"), *town.promises("Ben"))] == [True, True]
    assert "backorder" not in anna.tags
    town.book_in(line, 2)
    town.count_in(town.lamp, 2)
    # Ben is younger: one lamp is Anna's, and one is not enough for him.
    assert (town.held(anna), town.held(ben)) == (0, 2)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(ben) == 0
    assert town.mails("Anna") == town.mails("Ben") == []
    assert verify(town.house).holds


@pytest.mark.long
def test_a_shipment_that_moves_out_of_the_window_ends_the_silence_with_one_letter_each(town: Town) -> None:
    line = open_silently(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.change_due(line, town.today() + timedelta(days=40))
    assert (town.offer(town.lamp).state, shown(town)["state"]) == ("backorder", "backorder")
    assert len(town.mails("Anna")) == 1
    assert "backorder" in anna.tags
    assert "ordinary time" in town.promises("Anna")[-1].reason
    town.change_due(line, town.today() + timedelta(days=7))
    town.buy("Ben", (town.lamp, 1))
    # Whoever was told once is never silent again; who comes now is.
    assert (len(town.mails("Anna")), len(town.mails("Ben"))) == (1, 0)
    assert verify(town.house).holds


@pytest.mark.long
def test_an_overdue_shipment_ends_the_silence_by_itself(town: Town) -> None:
    open_silently(town)
    town.buy("Anna", (town.lamp, 1))
    town.days_pass(6)
    town.settle_again()
    assert (town.offer(town.lamp).state, town.mails("Anna")) == ("silent", [])
    town.days_pass(2)
    town.settle_again()
    assert town.offer(town.lamp).state == "backorder"
    assert "overdue" in town.offer(town.lamp).reason
    assert len(town.mails("Anna")) == 1
    town.days_pass(1)
    town.settle_again()
    assert len(town.mails("Anna")) == 1


@pytest.mark.long
def test_a_letter_about_something_else_says_nothing_of_what_is_silent(town: Town) -> None:
    open_silently(town)
    town.order_goods("PO-13", town.chair, 40, due_in=60)
    town.buy("Otto", (town.chair, 12))
    town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    (letter,) = [m for m in town.mailbox.messages if "cleo@example.com" in m.recipients]
    assert "Oak chair" in letter.text
    told = [p.line_id for p in town.promises("Cleo") if p.told_at]
    assert len(told) == 1
    assert len({p.line_id for p in town.promises("Cleo")}) == 2


@pytest.mark.long
def test_a_buyer_of_more_than_the_window_brings_is_told_a_date(town: Town) -> None:
    open_silently(town)
    town.order_goods("PO-14", town.lamp, 40, due_in=60)
    town.buy("Dora", (town.lamp, 45))
    assert len(town.mails("Dora")) == 1
