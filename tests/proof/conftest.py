"""A stage for each test, and one that all mutants share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.books import EmptySqlite, PostgresqlBooks
from tests.proof.stage import Stage, stage


def folder_in_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proof")


@pytest.fixture
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(EmptySqlite(folder_in_memory(tmp_path_factory))) as one:
        yield one


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Stage]:
    with stage(PostgresqlBooks(postgresql_url)) as one:
        yield one


@pytest.fixture(scope="module")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all tests of a file; each begins it anew."""
    with stage(EmptySqlite(folder_in_memory(tmp_path_factory))) as one:
        yield one
