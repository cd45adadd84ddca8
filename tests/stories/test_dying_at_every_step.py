"""Whoever does the work dies right after a commit, at each of many points; somebody else goes on, and the end is the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backorder.db.engine import Database
from backorder.verify import verify
from tests.stories.town import Town

# The commits that somebody dies after: one always, as many more where there is time.
NTH = [pytest.param(nth, marks=() if nth == 29 else pytest.mark.long) for nth in range(1, 90, 7)]


class Died(BaseException):
    """The process is gone: nothing of ours catches this."""


class Mortal:
    """Lets the ``nth`` writing transaction commit, and nothing after it happen."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.died = False

    def install(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        write = database.write

        @contextmanager
        def mortal_write(patience: float = 10.0) -> Iterator[object]:
            with write(patience) as tx:
                yield tx
            self.left -= 1
            if self.left == 0:
                self.died = True
                raise Died

        monkeypatch.setattr(database, "write", mortal_write)


def settle_whatever_happens(town: Town) -> None:
    """Go on after a death, and let the leases of the dead run out."""
    try:
        town.settle()
    except Died:
        town.settle()
    town.time.passes(150)
    town.settle()


@pytest.mark.parametrize("nth", NTH)
def test_a_death_after_any_commit_changes_nothing_of_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    mortal = Mortal(nth)
    mortal.install(town.house.db, monkeypatch)

    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    ben = town.buy("Ben", (town.lamp, 2), settle=False)
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1), settle=False)
    settle_whatever_happens(town)
    assert [town.held(order) for order in (anna, ben, cleo)] == [1, 2, 1]
    town.arrive_without_settling(line, 3)
    settle_whatever_happens(town)

    assert mortal.died
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 0, 1]
    assert [town.shippable(order) for order in (anna, ben, cleo)] == [1, 2, 1]
    assert [town.letters_or_unknown(who) for who in ("Anna", "Ben", "Cleo")] == [2, 2, 1]
    assert len({mail.message_id for mail in town.mailbox.messages}) == len(town.mailbox.messages)
    assert verify(town.house).holds
