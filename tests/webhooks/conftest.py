from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask

from backorder import erase, install
from backorder.db import catalogue, collections, shops, whole_orders
from backorder.house import build
from backorder.rules.seen import FulfillmentOrderSeen, OrderSeen, Policy, VariantSeen
from tests.webhooks.cast import LAMPLIGHT, NOW, ListeningBell, settings
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


@pytest.fixture(params=["before Flask", "behind Flask"])
def stands(request):
    """Where the receiver stands: plain webhooks are taken before the framework, all others behind it."""
    return request.param


@pytest.fixture
def door(house, stands):
    """The receiver alone, over the house."""
    return _door(house, stands)


@pytest.fixture
def door_of(stands):
    """The receiver over a house with other settings."""
    return lambda house, **changed: _door(replace(house, settings=house.settings.model_copy(update=changed)), stands)


def _door(house, stands):
    app = Flask("receiver")
    app.extensions["house"] = house
    app.register_blueprint(receiver.blueprint)
    if stands == "before Flask":
        app.wsgi_app = receiver.before(app.wsgi_app, house)
    return app.test_client()


@pytest.fixture
def lamplight(house):
    """Alice's shop, whose books know one lamp, order 4507 with its fulfillment order, and a collection."""
    with house.db.write() as tx:
        shop_id = shops.install(tx, LAMPLIGHT, NOW).shop_id
        catalogue.save_variants(tx, shop_id, [_lamp()])
        whole_orders.save(tx, shop_id, _order(), NOW, NOW)
        shops.set_terms(tx, shop_id, {"eligibility": [{"collection": "Lights"}]})
        collections.put(tx, shop_id, [(88, "Lights")])
    return shop_id


def _lamp():
    return VariantSeen(3907, 6329, 2718, "S", "Lamp", "lamp", "ACTIVE", "A", Decimal(20), Policy.DENY, True, True, NOW)


def _order():
    part = FulfillmentOrderSeen(1, 4507, 2482, "OPEN", "UNSUBMITTED", NOW, False, frozenset(), (), ())
    return OrderSeen(
        4507, "#1001", NOW, NOW, NOW, None, False, False, "PAID", "USD", "CA", "web", frozenset(), None, None, None,
        (), (), (), (part,),
    )  # fmt: skip


@pytest.fixture
def called(monkeypatch):
    """What the verbs outside the inbox were asked to do."""
    calls = []
    for module, verb in (
        (install, "leave"), (erase, "redact_shop"), (erase, "note_request"), (erase, "redact_customer"),
    ):  # fmt: skip
        monkeypatch.setattr(module, verb, lambda _house, *given, verb=verb: calls.append((verb, *given)) or 1)
    return calls
