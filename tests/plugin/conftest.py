"""A house over SQLite with two shops on it, and the application before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backorder.config import Settings
from backorder.house import House, build
from plugin.app import create_app
from tests.plugin.cast import ALICE, BOB, KEY, OLD_SECRET, SECRET, Stage, StoppedClock, bearer, set_stage

BOOKS = "books.db"


def settings(folder: Path, **changes: object) -> Settings:
    """Settings of an app that is reached at promised.test."""
    known = {
        "app_url": "https://promised.test",
        "shopify_api_key": KEY,
        "shopify_api_secret": SECRET,
        "shopify_api_secret_previous": OLD_SECRET,
        "secret_key": "a secret key for links and state",
        "encryption_key": "a key for what rests encrypted.",
        "database_url": f"sqlite:///{folder / BOOKS}",
    }
    return Settings.model_validate(known | changes)


@contextmanager
def house_at(folder: Path) -> Iterator[House]:
    """A house whose books lie in ``folder``, on a day that stands still."""
    house = replace(build(settings(folder)), clock=StoppedClock())
    try:
        yield house
    finally:
        house.db.close()
        house.http.close()


@pytest.fixture(scope="session")
def staged_books(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stage]:
    """Books with both shops in them, to be copied, and who stands in them."""
    folder = tmp_path_factory.mktemp("staged")
    copyfile(migrated_sqlite, folder / BOOKS)
    with house_at(folder) as house:
        stage = set_stage(house)
    return folder / BOOKS, stage


@pytest.fixture
def empty_house(migrated_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """A house that nobody has moved into."""
    copyfile(migrated_sqlite, tmp_path / BOOKS)
    with house_at(tmp_path) as house:
        yield house


@pytest.fixture
def stage(staged_books: tuple[Path, Stage], tmp_path: Path) -> Iterator[Stage]:
    """Two shops on one house of the test's own."""
    books, stage = staged_books
    copyfile(books, tmp_path / BOOKS)
    with house_at(tmp_path) as house:
        yield replace(stage, house=house)


@pytest.fixture
def house(stage: Stage) -> House:
    return stage.house


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody without a token."""
    return app.test_client()


class Staff:
    """A member of a shop's staff: a client whose every request carries a fresh session token."""

    def __init__(self, app: Flask, shop: str) -> None:
        self._client = app.test_client()
        self._shop = shop

    def get(self, path: str, **more: object):
        return self._send("GET", path, **more)

    def post(self, path: str, json: object = None, **more: object):
        return self._send("POST", path, json=json if json is not None else {}, **more)

    def patch(self, path: str, json: object, **more: object):
        return self._send("PATCH", path, json=json, **more)

    def form(self, path: str, asked: dict[str, str]):
        """A page that is asked with a form, as the pages' own script sends it."""
        return self._send("POST", path, data=asked)

    def _send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: object):
        return self._client.open(path, method=method, headers=bearer(self._shop) | (headers or {}), **more)


@pytest.fixture
def alice(app: Flask) -> Staff:
    return Staff(app, ALICE)


@pytest.fixture
def bob(app: Flask) -> Staff:
    return Staff(app, BOB)
