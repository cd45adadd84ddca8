"""The whole gateway against the development store: the same documents, the same wire, a store that answers back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import responses

from backorder.rules.seen import Policy
from backorder.store.credentials import session_token
from backorder.store.errors import AccessLost, AlreadyHeld, ChangedMeanwhile, MissingScope, Throttled, TokenRefused
from backorder.store.gateway import Gateway
from backorder.store.http import open_http
from backorder.store.origin import origin
from backorder.store.tokens import exchange, refresh
from backorder.store.written import OfferChange
from devstore import seed
from devstore.app import read_app
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.handing import register
from devstore.installation import open_app, uninstall
from devstore.model import Customer, Shop, Variant
from devstore.world import World
from tests.store.cast import KEY, LAMPLIGHT, SECRET, moment

CONFIGURATION = Path(__file__).parents[2] / "shopify.app.toml"
ANNA = Customer(0, "anna@example.com", "Anna", "Berg")


@dataclass
class Walk:
    """Lamplight on the development store, and our way into it."""

    world: World
    shop: Shop
    template: str

    def visit(self) -> Gateway:
        tokens = exchange(open_http(), self.origin, KEY, SECRET, open_app(self.world, self.shop))
        return self.gateway(tokens.access)

    def gateway(self, token: str) -> Gateway:
        return Gateway(LAMPLIGHT, token, open_http(), template=self.template, sleep=lambda _seconds: None)

    @property
    def origin(self) -> str:
        return origin(self.template, LAMPLIGHT)

    def variant(self, sku: str) -> Variant:
        return next(variant for variant in self.shop.variants.values() if variant.sku == sku)

    def buy(self, *lines: tuple[str, int]) -> int:
        wishes = [(self.variant(sku).id, units, {"_ships_by": "2026-12-07"}) for sku, units in lines]
        placed = place_order(self.world, self.shop, wishes, ANNA)
        self.world.background.run_due()
        return placed.id


@pytest.fixture
def walk(only_what_was_said):
    only_what_was_said.assert_all_requests_are_fired = False
    world = World(read_app(CONFIGURATION, client_id=KEY, secret=SECRET, url="https://app.example"), Clock())
    shop = seed.lamplight(world)
    register(responses.mock, world)
    yield Walk(world, shop, world.base + "/{shop}")
    assert world.misses == []
    assert world.deprecations == []


def test_the_frames_session_token_is_believed_and_exchanged(walk):
    raw = open_app(walk.world, walk.shop)
    assert session_token(raw, KEY, [SECRET], moment()).shop == LAMPLIGHT
    first = exchange(open_http(), walk.origin, KEY, SECRET, raw)
    second = refresh(open_http(), walk.origin, KEY, SECRET, first.refresh)
    assert second.access != first.access
    assert walk.gateway(second.access).shop().domain == LAMPLIGHT


def test_a_shop_that_removed_the_app_is_lost(walk):
    gateway = walk.visit()
    tokens = exchange(open_http(), walk.origin, KEY, SECRET, open_app(walk.world, walk.shop))
    uninstall(walk.world, walk.shop)
    with pytest.raises(TokenRefused):
        gateway.shop()
    with pytest.raises(AccessLost):
        refresh(open_http(), walk.origin, KEY, SECRET, tokens.refresh)


def test_the_shop_is_read_with_all_it_has(walk):
    gateway = walk.visit()
    seen = gateway.shop()
    assert (seen.name, seen.timezone, seen.currency) == (walk.shop.name, walk.shop.timezone, walk.shop.currency)
    assert "write_products" in seen.scopes
    (brooklyn,), _ = gateway.locations()
    assert brooklyn.fulfills_online
    rows, _ = gateway.variants()
    assert {variant.sku: levels[0].available for variant, levels in rows} == {
        "AUR-1": 1,
        "OAK-1": 12,
        "LIN-N": 8,
        "LIN-B": 5,
    }
    assert gateway.variants_by_ids([rows[0][0].variant_id]) == (rows[0][0],)
    assert gateway.subscriptions() == ()


def test_definitions_that_the_configuration_declares_are_not_made_twice(walk):
    assert walk.visit().ensure_definitions() == ()


def test_a_variant_is_offered_and_the_offer_is_taken_back(walk):
    gateway, lamp = walk.visit(), walk.variant("AUR-1")
    promise = {"state": "backorder", "ships": "2026-12-07"}
    outcome = gateway.offer(lamp.product_id, [OfferChange(lamp.id, Policy.CONTINUE, promise)])
    assert not outcome.refused
    (seen,) = gateway.variants_by_ids([lamp.id])
    assert (seen.policy, seen.promise) == (Policy.CONTINUE, promise)
    assert seen.promise_digest == outcome.written[lamp.id].promise_digest
    gateway.offer(lamp.product_id, [OfferChange(lamp.id, Policy.DENY, None)])
    gateway.clear_promise([lamp.id])
    (seen,) = gateway.variants_by_ids([lamp.id])
    assert (seen.policy, seen.promise, seen.promise_digest) == (Policy.DENY, None, None)


def test_a_variant_that_is_gone_is_refused_by_its_own_name(walk):
    lamp = walk.variant("AUR-1")
    changes = [OfferChange(lamp.id, Policy.CONTINUE, None), OfferChange(404, Policy.CONTINUE, None)]
    outcome = walk.visit().offer(lamp.product_id, changes)
    assert (set(outcome.written), set(outcome.refused)) == ({lamp.id}, {404})


def test_the_waiting_part_of_an_order_is_held_and_released(walk):
    gateway, lamp = walk.visit(), walk.variant("AUR-1")
    before = moment() - timedelta(minutes=1)
    gateway.offer(lamp.product_id, [OfferChange(lamp.id, Policy.CONTINUE, {"state": "backorder"})])
    order_id = walk.buy(("AUR-1", 3), ("OAK-1", 1))
    order = gateway.order(order_id)
    (whole,) = order.fulfillment_orders
    waiting = next(part for part in whole.parts if part.item_id == lamp.item_id)

    held = gateway.hold(whole.fulfillment_order_id, "promised-1", {waiting.part_id: 2}, "2 lamps wait")
    with pytest.raises(AlreadyHeld):
        gateway.hold(held.held.fulfillment_order_id, "promised-1", None, "2 lamps wait")
    parts = {each.fulfillment_order_id: each for each in gateway.order(order_id).fulfillment_orders}
    assert [(hold.hold_id, hold.ours) for hold in parts[held.held.fulfillment_order_id].holds] == [(held.hold_id, True)]
    assert sum(part.remaining for part in parts[held.held.fulfillment_order_id].parts) == 2
    assert sum(part.remaining for part in parts[held.rest.fulfillment_order_id].parts) == 2

    assert gateway.release(held.held.fulfillment_order_id, [held.hold_id]).status == "OPEN"
    assert gateway.fulfillment_order(held.held.fulfillment_order_id).holds == ()
    swept, _ = gateway.sweep(before)
    assert {row.fulfillment_order_id for row in swept} == set(parts)
    assert gateway.open_orders()[0] == (order_id,)


def test_an_order_tells_its_age_its_tranches_and_what_the_buyer_was_shown(walk):
    gateway = walk.visit()
    seen = gateway.order(walk.buy(("OAK-1", 2)))
    (line,) = seen.lines
    assert (line.quantity, line.unfulfilled, line.shown) == (2, 2, "2026-12-07")
    assert [(each.line_id, each.units) for each in seen.agreements] == [(line.line_id, 2)]
    assert [each.status for each in seen.transactions] == ["SUCCESS"]
    assert seen.created_at.tzinfo is UTC
    level = next(level for level in gateway.item(line.item_id).levels)
    assert (level.available, level.committed, level.shippable) == (10, 2, 12)


def test_an_order_is_annotated_once_and_tagged(walk):
    gateway = walk.visit()
    order_id = walk.buy(("OAK-1", 1))
    digest = gateway.annotate(order_id, {"lines": {}}, None)
    with pytest.raises(ChangedMeanwhile):
        gateway.annotate(order_id, {"lines": {"1": "late"}}, None)
    gateway.annotate(order_id, {"lines": {"1": "2026-12-07"}}, digest)
    gateway.tags_add(order_id, ["backorder", "waits"])
    gateway.tags_remove(order_id, ["waits"])
    seen = gateway.order(order_id)
    assert (seen.promise, seen.tags) == ({"lines": {"1": "2026-12-07"}}, {"backorder"})


def test_the_buyer_is_known_when_a_message_is_owed(walk):
    contact = walk.visit().contact(walk.buy(("OAK-1", 1)))
    assert (contact.email, contact.first_name) == ("anna@example.com", "Anna")


def test_what_never_was_is_none(walk):
    gateway = walk.visit()
    assert gateway.order(404) is None
    assert gateway.contact(404) is None
    assert gateway.item(404) is None
    assert gateway.fulfillment_order(404) is None
    assert gateway.sweep(datetime(2036, 1, 1, tzinfo=UTC)) == ((), None)


def test_a_busy_shop_says_when_to_come_back(walk):
    gateway = walk.visit()
    walk.world.throttle.maximum = 0.0
    walk.world.throttle.drain(LAMPLIGHT)
    with pytest.raises(Throttled) as busy:
        gateway.locations()
    assert busy.value.retry_after > 0


def test_a_grant_that_is_missing_is_named(walk):
    raw = open_app(walk.world, walk.shop)
    walk.shop.granted -= {"write_orders"}
    gateway = walk.gateway(exchange(open_http(), walk.origin, KEY, SECRET, raw).access)
    with pytest.raises(MissingScope) as missing:
        gateway.order(1)
    assert "read_orders" in missing.value.scope
