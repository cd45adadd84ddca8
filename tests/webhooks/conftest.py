import importlib
import pkgutil
from dataclasses import replace

import pytest
from flask import Flask

import backorder.db
from backorder.db.columns import metadata
from backorder.house import build
from tests.webhooks.cast import ListeningBell, settings
from webhooks import receiver


@pytest.fixture
def bell():
    return ListeningBell()


@pytest.fixture
def house(tmp_path, bell):
    house = build(settings(f"sqlite:///{tmp_path}/books.db"), bell)
    for module in pkgutil.iter_modules(backorder.db.__path__, "backorder.db."):
        importlib.import_module(module.name)
    metadata.create_all(house.db.engine)
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
