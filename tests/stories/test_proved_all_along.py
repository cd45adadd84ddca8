"""The invariants are proved in the middle of a busy town, at commits all over it: what moves is no broken word."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backorder.db.engine import Connection
from backorder.verify import verify
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

STRIDE = 11  # with 1 it looks after every single commit, for minutes


class Auditor:
    """Looks at the books right after commits, as an operator might at any moment."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commits = self.looks = 0
        self.broken: list[str] = []
        write = town.house.db.write

        @contextmanager
        def audited(patience: float = 10.0) -> Iterator[Connection]:
            with write(patience) as tx:
                yield tx
            self.commits += 1
            if self.commits % STRIDE:
                return
            self.looks += 1
            self.broken += [f"{c.name}: {sentence}" for c in verify(town.house).checks for sentence in c.broken]

        monkeypatch.setattr(town.house.db, "write", audited)


@pytest.mark.long
def test_no_proof_fails_at_any_moment_of_a_busy_day(town_on_both: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town = town_on_both
    line = open_for_backorders(town)
    auditor = Auditor(town, monkeypatch)
    anna, ben = town.buy("Anna", (town.lamp, 1), settle=False), town.buy("Ben", (town.lamp, 2))
    town.book_in(line, 2)
    town.count_in(town.lamp, 2)
    town.staff_release(ben)
    town.cancel(anna)
    town.choose(town.lamp, managed=False)
    town.uninstall()
    assert auditor.looks > 10
    assert auditor.broken == []
