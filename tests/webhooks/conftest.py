from dataclasses import replace

import pytest
from flask import Flask

from backorder.house import build
from tests.webhooks.cast import ListeningBell, settings
from webhooks import receiver


@pytest.fixture
def bell():
    return ListeningBell()


@pytest.fixture
def house(sqlite_url, bell):
    yield from _at(sqlite_url, bell)


@pytest.fixture
def house_on_both(books_url, bell):
    """The same house, once on SQLite and once on PostgreSQL."""
    yield from _at(books_url, bell)


def _at(url, bell):
    house = build(settings(url), bell)
    yield house
    house.http.close()
    house.db.close()


@pytest.fixture
def door(house):
    """The receiver alone, over the house."""
    return _door(house)


@pytest.fixture
def door_of():
    """The receiver over a house with other settings."""
    return lambda house, **changed: _door(replace(house, settings=house.settings.model_copy(update=changed)))


def _door(house):
    app = Flask("receiver")
    app.extensions["house"] = house
    app.register_blueprint(receiver.blueprint)
    return app.test_client()
