"""A town for each story, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from tests.machine_time import MachineTime, take_over
from tests.stories.moved_in import MovedIn
from tests.stories.town import MONDAY, Town, found


@pytest.fixture
def time() -> MachineTime:
    return MachineTime(MONDAY)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])])
def books_url(request: pytest.FixtureRequest) -> str:
    """Migrated, empty books of a kind. That a story ends alike on PostgreSQL is tried where there is time."""
    fixture = "sqlite_url" if request.param == "sqlite" else "fresh_postgresql_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def town(sqlite_url: str, time: MachineTime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite, nothing installed yet."""
    yield from _town(sqlite_url, time, monkeypatch, tmp_path)


@pytest.fixture
def town_on_both(books_url: str, time: MachineTime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Town]:
    """The same town, once on SQLite and once on PostgreSQL: for what locks, waits or asks otherwise there.

    That each book answers the same on both is proved in its own room (tests/books), statement by statement.
    """
    yield from _town(books_url, time, monkeypatch, tmp_path)


def _town(url: str, time: MachineTime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Town]:
    take_over(monkeypatch, time)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        town = found(url, time, mock, tmp_path)
        town.moved_in = MovedIn(lambda: len(monkeypatch._setattr))
        yield town
        town.mailbox.close()
        town.house.db.close()
        assert town.world.misses == []
        assert town.world.deprecations == []
