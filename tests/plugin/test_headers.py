"""How answers leave: framed by nobody but the shop's own admin, kept by no cache, guessed at by no browser."""

from dataclasses import replace

import pytest

from plugin.app import create_app
from tests.plugin.cast import ALICE, BOB, bearer, session_token
from tests.plugin.conftest import settings


def policy_of(answer) -> dict[str, str]:
    parts = (part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return dict(parts)


def test_a_page_is_framed_only_by_the_admin_of_its_verified_shop(client):
    answer = client.get("/", query_string={"shop": BOB, "id_token": session_token(ALICE)})
    assert policy_of(answer)["frame-ancestors"] == f"https://{ALICE} https://admin.shopify.com"
    assert "X-Frame-Options" not in answer.headers


def test_a_page_runs_no_script_but_ours_and_app_bridge(client):
    answer = client.get("/", query_string={"id_token": session_token(ALICE)})
    assert policy_of(answer)["script-src"] == "'self' https://cdn.shopify.com"
    assert policy_of(answer)["default-src"] == "'none'"
    assert "style=" not in answer.text
    assert " onclick" not in answer.text


def test_app_bridge_is_the_first_script_of_a_page(client):
    text = client.get("/", query_string={"id_token": session_token(ALICE)}).text
    assert '<meta name="shopify-api-key" content="the-api-key">' in text
    assert text.index("<script") == text.index(
        '<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>'
    )


@pytest.mark.parametrize("path", ["/api/home", "/", "/api/nowhere", "/healthz"])
def test_nothing_personal_is_kept_or_guessed_at(client, path):
    answer = client.get(path, headers=bearer(ALICE))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_json_is_framed_by_nobody(alice):
    assert policy_of(alice.get("/api/home"))["frame-ancestors"] == "'none'"


def test_our_own_files_are_kept_for_a_year_under_an_address_that_changes_with_them(client, app):
    with client.get(f"{app.static_url_path}/base.css") as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert len(app.static_url_path.removeprefix("/static/")) == 12


def test_a_development_store_frames_the_app_and_lends_its_app_bridge(house, tmp_path):
    there = settings(tmp_path, shopify_shop_url="http://127.0.0.1:4010/{shop}")
    client = create_app(replace(house, settings=there)).test_client()
    answer = client.get("/", query_string={"id_token": session_token(ALICE)})
    assert policy_of(answer)["frame-ancestors"].endswith(" https://admin.shopify.com http://127.0.0.1:4010")
    assert policy_of(answer)["script-src"] == "'self' http://127.0.0.1:4010"
    assert '<script src="http://127.0.0.1:4010/app-bridge.js"></script>' in answer.text


def test_every_answer_carries_the_id_under_which_it_stands_in_our_logs(client):
    one, other = client.get("/api/nowhere"), client.get("/api/nowhere")
    assert one.headers["X-Request-Id"] == one.json["request_id"]
    assert one.json["request_id"] != other.json["request_id"]
