import pytest

from backorder.house import build
from tests.webhooks.cast import ListeningBell, settings


@pytest.fixture
def bell():
    return ListeningBell()


@pytest.fixture
def house(sqlite_url, bell):
    house = build(settings(sqlite_url), bell)
    yield house
    house.http.close()
    house.db.close()
