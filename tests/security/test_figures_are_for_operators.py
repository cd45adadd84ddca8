"""The figures of the books are for whoever carries the token; without a token, for this machine alone."""

from dataclasses import replace

import pytest

import plugin.health
from backorder.config import SettingsError, read_settings
from plugin.app import create_app
from plugin.operators import MARKS_OF_A_PROXY
from tests.plugin.cast import ALICE, bearer
from tests.plugin.conftest import settings

TOKEN = "a-token-for-the-scraper"
FIGURE = "promised_installed_shops"


@pytest.fixture
def guarded(house, tmp_path):
    """The app of an operator who set a token."""
    return create_app(replace(house, settings=settings(tmp_path, metrics_token=TOKEN))).test_client()


def asked(client, *, peer: str = "127.0.0.1", **headers: str):
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": peer}, headers=headers)
    assert (FIGURE in answer.text) == (answer.status_code == 200)
    return answer.status_code


def test_whoever_carries_the_token_reads_them_from_anywhere(guarded):
    assert asked(guarded, peer="203.0.113.7", Authorization=f"Bearer {TOKEN}") == 200


@pytest.mark.parametrize(
    "said",
    ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", "Bearer ", "Bearer \u00e9" + TOKEN],
)
def test_nothing_else_is_the_token_not_even_on_this_machine(guarded, said):
    assert asked(guarded, Authorization=said) == 401


def test_a_session_token_of_a_shop_is_not_the_operators(guarded):
    assert asked(guarded, **bearer(ALICE)) == 401


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1"])
def test_without_a_token_this_machine_reads_them(client, peer):
    assert asked(client, peer=peer) == 200


@pytest.mark.parametrize("peer", ["203.0.113.7", "10.0.0.7", "192.168.1.7", "fe80::1", "", "unix:"])
def test_without_a_token_no_other_machine_does(client, peer):
    assert asked(client, peer=peer) == 401
    assert asked(client, peer=peer, Authorization="Bearer None") == 401


@pytest.mark.parametrize("mark", MARKS_OF_A_PROXY)
def test_a_proxy_on_this_machine_does_not_make_the_world_this_machine(client, mark):
    assert asked(client, **{mark: "127.0.0.1"}) == 401


def test_nor_does_one_that_leaves_no_mark_but_names_the_address_outside(client):
    assert asked(client, Host="promised.test") == 401
    assert asked(client, Host="PROMISED.test:443") == 401


def test_beside_a_development_store_the_address_is_this_machines_own(house, tmp_path):
    client = create_app(replace(house, settings=settings(tmp_path, app_url="http://localhost:5000"))).test_client()
    assert asked(client, Host="localhost:5000") == 200


def test_a_refusal_says_how(client):
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert answer.json["type"] == "urn:promised:problem:operators-only"
    assert "METRICS_TOKEN" in answer.json["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_the_guard_anybody_reads_them(client, monkeypatch):
    """The damage."""
    monkeypatch.setattr(plugin.health, "admit_operator", lambda _settings: None)
    assert asked(client, peer="203.0.113.7") == 200


def test_a_token_that_could_be_guessed_stops_the_start(tmp_path, monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "short")
    with pytest.raises(SettingsError, match="METRICS_TOKEN"):
        read_settings(tmp_path / "none")
