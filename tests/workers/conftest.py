import pytest

from backorder.db import migrate
from backorder.house import build
from tests.webhooks.cast import ListeningBell, settings


@pytest.fixture
def bell():
    return ListeningBell()


@pytest.fixture
def house(tmp_path, bell):
    house = build(settings(f"sqlite:///{tmp_path}/books.db"), bell)
    migrate.upgrade(house.db)
    yield house
    house.http.close()
    house.db.close()
