"""Shopify's own security checks of an app, by their names: each is proven here, or here is where.

The list is that of ``shopify app security check``.
"""

import importlib
import os
import re
import tomllib
from pathlib import Path

import pytest

from backorder.store.errors import StoreRefused
from devstore.app import read_app
from tests.house.repository import ROOT
from tests.plugin.cast import ALICE, BOB, session_token
from tests.stories.town import Town
from webhooks.topics import HANDLERS

TOML = ROOT / "shopify.app.toml"
# Where each check is proven, damage and all. What is proven in this file is named here as well.
PROOFS = {
    "COMMITTED_SECRET": ("tests.security.test_platform_checks", "test_no_secret_is_committed"),
    "MISSING_TENANT_ISOLATION": (
        "tests.security.test_whose_is_it",
        "test_bobs_things_look_like_nothing_to_alice_wherever_she_asks",
    ),
    "REQUEST_DERIVED_SHOP_SCOPE": (
        "tests.security.test_tokens_over_every_route",
        "test_the_shop_comes_from_the_token_whatever_else_names_another",
    ),
    "APP_PROXY_UNVERIFIED_SIGNATURE": (
        "tests.security.test_proxied_requests",
        "test_every_proxied_address_of_the_map_asks_for_proof",
    ),
    "MISSING_COMPLIANCE_WEBHOOKS": (
        "tests.security.test_platform_checks",
        "test_the_three_topics_of_the_law_are_answered",
    ),
    "INSECURE_WEBHOOK_URL": ("tests.security.test_platform_checks", "test_webhooks_come_to_the_app_over_https"),
    "EXPIRING_OFFLINE_TOKEN": ("tests.security.test_platform_checks", "test_offline_tokens_end_and_are_renewed"),
}
# What a key looks like: the store's tokens and secrets, private keys, or a setting with a value of some length.
SECRET = re.compile(
    r"shp(?:at|ca|pa|ss|rt|ua)_[0-9a-fA-F]{32}|-----BEGIN (?:RSA |EC )?PRIVATE KEY-----"
    r"|^(?:SHOPIFY_API_SECRET\w*|SECRET_KEY|ENCRYPTION_KEY|METRICS_TOKEN)=\S{8,}",
    re.MULTILINE,
)
COMPLIANCE = {"customers/data_request", "customers/redact", "shop/redact"}


@pytest.mark.parametrize(("module", "name"), PROOFS.values(), ids=PROOFS)
def test_every_check_has_its_proof(module, name):
    assert callable(getattr(importlib.import_module(module), name))


def committed() -> dict[str, str]:
    """Every file that belongs to the repository: all but what ``.gitignore`` names."""
    left_out = {name.strip("/") for name in (ROOT / ".gitignore").read_text().split()} | {".git"}
    found = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in left_out and not each.endswith(".egg-info")]
        for name in names:
            if name not in left_out and not name.endswith(".pyc"):
                file = Path(folder) / name
                found[str(file.relative_to(ROOT))] = file.read_bytes().decode("utf-8", "replace")
    return found


def test_no_secret_is_committed():
    found = committed()
    assert len(found) > 400
    assert [name for name, text in found.items() if SECRET.search(text)] == []
    assert {name for name in found if name.startswith(".env")} == {".env.example"}
    assert ".env" in (ROOT / ".gitignore").read_text().split()


@pytest.mark.parametrize(
    "leak",
    [
        "token = 'shp" + "at_" + "0123456789abcdef" * 2 + "'",
        "-----BEGIN " + "PRIVATE KEY-----",
        "X=1\nSHOPIFY_API_" + "SECRET=0123456789abcdef",
    ],
)
def test_a_secret_that_is_committed_would_be_found(leak):
    assert SECRET.search(leak)


def test_the_three_topics_of_the_law_are_answered():
    """What answers them is tested in tests/webhooks/test_errands.py; 401 for a bad signature in test_receiver.py."""
    subscribed = {topic for each in subscriptions() for topic in each.get("compliance_topics", ())}
    assert subscribed == COMPLIANCE
    assert set(HANDLERS) >= COMPLIANCE


@pytest.mark.parametrize("topic", sorted(COMPLIANCE))
def test_a_body_that_is_not_signed_is_refused_at_every_compliance_topic(client, topic):
    answer = client.post("/webhooks", data=b"{}", headers={"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": "no"})
    assert answer.status_code == 401
    assert client.post("/webhooks", data=b"{}", headers={"X-Shopify-Topic": topic}).status_code == 401


def subscriptions() -> list[dict[str, object]]:
    return tomllib.loads(TOML.read_text())["webhooks"]["subscriptions"]


def insecure(addresses: list[str], url: str) -> list[str]:
    """Addresses that are neither a path of the app's own https address nor https themselves."""
    return [
        at for at in addresses if not ((at.startswith("/") and url.startswith("https://")) or at.startswith("https://"))
    ]


def test_webhooks_come_to_the_app_over_https():
    url = tomllib.loads(TOML.read_text())["application_url"]
    addresses = [str(each["uri"]) for each in subscriptions()]
    assert addresses
    assert insecure(addresses, url) == []
    assert insecure(["http://app.example/webhooks"], url) != []
    assert insecure(["/webhooks"], "http://app.example") != []
    assert set(addresses) == {"/webhooks"}
    assert read_app(TOML, client_id="key", secret="secret", url=url).url == url


def test_offline_tokens_end_and_are_renewed(town: Town, monkeypatch: pytest.MonkeyPatch):
    """Every exchange asks for a token that expires; the store gives it an hour, and a refresh token beside it."""
    asked = []
    post = town.house.http.post

    def watched(url, **more):
        if url.endswith("/admin/oauth/access_token"):
            asked.append(more["json"])
        return post(url, **more)

    monkeypatch.setattr(town.house.http, "post", watched)
    town.install()
    pair = town.token()
    assert asked[0]["expiring"] == "1"
    assert 0 < (pair.access_until - town.time()).total_seconds() <= 3600
    assert pair.refresh


def test_a_token_that_never_ends_is_not_kept(town: Town, monkeypatch: pytest.MonkeyPatch):
    """A store that answers with a token for ever: the app does not take it."""
    monkeypatch.setattr("devstore.tokens._told", lambda _world, token: {"access_token": token.access, "scope": ""})
    with pytest.raises(StoreRefused, match="no expiring token"):
        town.install()


def test_a_shop_in_the_address_scopes_nothing(client):
    """REQUEST_DERIVED_SHOP_SCOPE once more, in the words of the check: ``request.args["shop"]`` chooses no data."""
    answer = client.get("/purchase-orders", query_string={"shop": BOB, "id_token": session_token(ALICE)})
    assert "PO-12" in answer.text
    assert "BIKES-7" not in answer.text
