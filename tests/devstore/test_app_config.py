"""The app's configuration as the store reads it, and the clock that two processes share."""

import tomllib
from datetime import timedelta

import pytest

from devstore.app import parse_app, read_app
from devstore.clock import Clock

TOML = """
name = "Promised"
handle = "promised"
[access_scopes]
scopes = "write_products, read_inventory"
[app_proxy]
url = "/proxy"
prefix = "apps"
subpath = "promised"
[variant.metafields.app.backorder]
type = "json"
name = "Backorder"
access.storefront = "public_read"
[order.metafields.app.backorder_promise]
type = "json"
access.customer_account = "read"
[webhooks]
api_version = "2026-07"
  [[webhooks.subscriptions]]
  topics = ["inventory_levels/update", "orders/create"]
  uri = "/webhooks"
  [[webhooks.subscriptions]]
  compliance_topics = ["shop/redact"]
  uri = "https://elsewhere.example/w"
  include_fields = ["shop_id"]
"""


def parse(text):
    return parse_app(tomllib.loads(text), client_id="k", secret="s", url="http://localhost:5000/")


def test_everything_declared_is_read():
    app = parse(TOML)
    assert app.scopes == {"write_products", "read_inventory"}
    assert [wish.topic for wish in app.subscriptions] == ["inventory_levels/update", "orders/create", "shop/redact"]
    assert [app.address(wish.uri) for wish in app.subscriptions][1:] == [
        "http://localhost:5000/webhooks",
        "https://elsewhere.example/w",
    ]
    assert [(each.owner, each.key, each.storefront, each.customer_account) for each in app.definitions] == [
        ("PRODUCTVARIANT", "backorder", "PUBLIC_READ", "NONE"),
        ("ORDER", "backorder_promise", "NONE", "READ"),
    ]
    assert app.proxy.url == "http://localhost:5000/proxy"


def test_the_key_that_the_platform_rejects_is_rejected():
    with pytest.raises(ValueError, match="variant"):
        parse('[product_variant.metafields.app.x]\ntype = "json"')


def test_a_subscription_without_a_topic_is_named():
    with pytest.raises(ValueError, match="needs topics"):
        parse('[[webhooks.subscriptions]]\nuri = "/w"')


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_app(tmp_path / "none.toml", client_id="k", secret="s", url="http://x")


def test_the_apps_namespace_is_resolved():
    app = parse(TOML)
    assert app.namespace(None) == app.namespace("$app") == f"app--{app.app_id}"
    assert app.namespace("$app:eta") == f"app--{app.app_id}--eta"
    assert app.namespace("custom") == "custom"


def test_two_clocks_over_one_file_agree(tmp_path, machine):
    one, two = Clock(tmp_path / "var" / "clock", machine), Clock(tmp_path / "var" / "clock", machine)
    assert two.now() == machine.time
    one.advance(3600)
    assert two.now() == machine.time + timedelta(hours=1)
    assert two.transport() == machine.time
