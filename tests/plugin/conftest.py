"""A house over SQLite with two shops on it, and the application before it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backorder.config import Settings
from backorder.db import migrate
from backorder.house import House, build
from plugin.app import create_app
from tests.plugin.cast import ALICE, BOB, KEY, OLD_SECRET, SECRET, Stage, StoppedClock, bearer, set_stage


def settings(folder: Path, **changes: object) -> Settings:
    """Settings of an app that is reached at promised.test."""
    known = {
        "app_url": "https://promised.test",
        "shopify_api_key": KEY,
        "shopify_api_secret": SECRET,
        "shopify_api_secret_previous": OLD_SECRET,
        "secret_key": "a secret key for links and state",
        "encryption_key": "a key for what rests encrypted.",
        "database_url": f"sqlite:///{folder / 'books.db'}",
    }
    return Settings.model_validate(known | changes)


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    """A house that nobody has moved into."""
    house = replace(build(settings(tmp_path)), clock=StoppedClock())
    migrate.upgrade(house.db)
    yield house
    house.db.close()
    house.http.close()


@pytest.fixture
def stage(empty_house: House) -> Stage:
    return set_stage(empty_house)


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

    def _send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: object):
        return self._client.open(path, method=method, headers=bearer(self._shop) | (headers or {}), **more)


@pytest.fixture
def alice(app: Flask) -> Staff:
    return Staff(app, ALICE)


@pytest.fixture
def bob(app: Flask) -> Staff:
    return Staff(app, BOB)
