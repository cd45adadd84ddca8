"""Every webhook that was ever kept is understood once more, and nothing comes of it."""

from typing import Any

import pytest
from sqlalchemy import select

from backorder.db import books, inbox
from backorder.replay import Choice, effects_since, last_effect, replay
from devstore.installation import request_customer_data
from promised import operate
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

pytestmark = pytest.mark.long

# When something was last looked at, and how often it was taken, is no matter of what is true; a seal differs each time.
MOMENTS = {
    "status_url",
    "read_at",
    "processed_at",
    "not_before",
    "attempts",
    "marks",
    "received_at",
    "decided_at",
    "at",
    "since",
    "error",
}
NO_BOOKS_OF_TRUTH = {"inbox", "heard", "dirty", "turns", "answers"}


def what_is_true(town: Town) -> dict[str, list[Any]]:
    """Every row of every book, without the moments of looking."""
    with town.house.db.read() as tx:
        return {
            table.name: [
                {
                    name: _timeless(value)
                    for name, value in row._mapping.items()
                    if name not in MOMENTS and not name.endswith("_sealed")
                }
                for row in tx.execute(select(table).order_by(*table.primary_key))
            ]
            for table in books.metadata.sorted_tables
            if table.name not in NO_BOOKS_OF_TRUTH
        }


def _timeless(value: Any) -> Any:
    """How long the page may go on showing an offer is counted from when it was last thought about."""
    return {k: v for k, v in value.items() if k != "valid_until"} if isinstance(value, dict) else value


def mutations(town: Town) -> int:
    """What the app did to the store, by the store's own journal."""
    return sum(1 for act in town.store.journal if act.by == "app")


def a_full_life(town: Town) -> None:
    """Orders wait, goods come, one is cancelled, staff intervene, the app goes and comes back."""
    line = open_for_backorders(town)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 2))
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    town.cancel(ben)
    town.staff_release(cleo)
    town.book_in(line, 2)
    town.count_in(town.lamp, 2)
    for part in town.parts(anna):
        town.ship(part)
    town.uninstall()
    town.time.passes(60)
    town.install()
    town.settle()
    town.buy("Dora", (town.lamp, 1))
    town.settle_again()


def test_replaying_everything_after_a_full_life_has_no_effect(town_on_both: Town) -> None:
    town = town_on_both
    a_full_life(town)
    before, done, letters = what_is_true(town), mutations(town), len(town.mailbox.messages)
    last = last_effect(town.house)
    replayed = replay(town.house, Choice())
    assert len(replayed.ids) > 40
    town.settle()
    assert effects_since(town.house, last) == {}
    assert (mutations(town), len(town.mailbox.messages)) == (done, letters)
    for book, rows in what_is_true(town).items():
        assert rows == before[book], book


def test_replaying_what_is_left_after_a_customer_was_erased_brings_nothing_back(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.buy("Ben", (town.lamp, 1))
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert anna.customer is not None
    request_customer_data(town.world, town.store, anna.customer, redact=True)
    town.settle()
    before, letters = what_is_true(town), len(town.mailbox.messages)
    replayed = replay(town.house, Choice())
    assert replayed.forgotten
    town.settle()
    assert what_is_true(town) == before
    assert len(town.mailbox.messages) == letters


def test_an_operator_replays_here_and_now_and_reads_what_came_of_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_full_life(town)
    monkeypatch.setattr(operate, "build", lambda _settings: town.house)
    capsys.readouterr()
    assert operate.replay(town.house.settings, Choice(), now=True) == 0
    with town.house.db.read() as tx:
        assert inbox.waiting(tx) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
    assert said[-1] == "0 new effects."
