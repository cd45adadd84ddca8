"""A shop full of hostile names: every page shows them as what they are, the API says them, and nothing in them runs."""

import json

import pytest

from backorder.db import catalogue, outbox
from plugin.app import create_app
from tests.plugin.cast import ALICE, LAMP, stops
from tests.plugin.conftest import Staff
from tests.security.hostile import NAMES, Tags, addresses, harm, rename

APIS = (
    "/api/home",
    "/api/variants",
    "/api/backlog?waiting=true",
    "/api/backlog/then?day=2026-11-23",
    "/api/purchase-orders",
    "/api/orders/10010",
    "/api/outbox/troubled",
    "/api/settings",
    f"/api/quote?variant_id={LAMP.variant_id}",
)


@pytest.fixture
def renamed(stage):
    """Everything in Alice's shop is called this from now on."""

    def rename_to(name: str) -> str:
        stops(stage.house, stage.alice, outbox.State.PARKED, f"550 {name[:200]}")
        rename(stage.house, stage.alice, name)
        with stage.house.db.read() as tx:
            (kept, *_) = catalogue.by_ids(tx, stage.alice.shop_id, [LAMP.variant_id])
        return kept.product_title

    return rename_to


def shown(staff) -> dict[str, str]:
    """Every page that shows a name, by its address."""
    found = {}
    for path in addresses(3):
        answer = staff.get(path)
        assert answer.status_code in {200, 404}, path
        found[path] = answer.text
    return found


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_page_and_every_answer_says_the_name_and_runs_nothing_of_it(alice, renamed, name):
    kept = renamed(name)
    met = 0
    for path, page in shown(alice).items():
        assert harm(page) == [], path
        assert "\0" not in page
        met += " ".join(kept.split()) in " ".join(Tags(page).text.split())
    assert met >= 7
    is_said_in_json(alice, kept)
    assert "49" not in Tags(alice.get("/settings").text).text


def is_said_in_json(alice, kept: str) -> None:
    for path in APIS:
        answer = alice.get(path)
        assert answer.mimetype == "application/json", path
        json.loads(answer.data.decode("utf-8"))
    assert any(kept in variant["title"] for variant in alice.get("/api/variants").json["variants"])


def test_pages_that_do_not_escape_would_run_it(stage, renamed):
    """The damage with escaping off: the same names, the same pages."""
    renamed(NAMES["an image that fails"])
    app = create_app(stage.house)
    app.jinja_env.autoescape = False
    harmed = [path for path, page in shown(Staff(app, ALICE)).items() if harm(page)]
    assert len(harmed) >= 7


@pytest.mark.parametrize(
    "name", ["a script", "an image that fails", "a template", "turned around", "a header", "a NUL"]
)
def test_what_is_asked_for_is_not_repeated_as_code(client, alice, name):
    """Reflected: in a search, in a field that does not exist, in an address that leads nowhere."""
    hostile = NAMES[name]
    for answer in (
        alice.get("/variants", query_string={"search": hostile, "managed": hostile, "after": hostile}),
        alice.get("/backlog", query_string={"show": hostile, "day": hostile}),
        client.get("/bounce", query_string={"shopify-reload": hostile, "shop": hostile, "host": hostile}),
        client.get("/nowhere/" + hostile.replace("\0", "").replace("\r\n", "")),
        client.get("/variants", query_string={"search": hostile}),
    ):
        assert harm(answer.text) == []
        assert hostile not in answer.text or "<" not in hostile
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
    said = alice.patch("/api/settings", {hostile: 1, "cut_off": hostile})
    assert (said.status_code, said.mimetype) == (422, "application/problem+json")


def test_figures_hold_no_names(client, renamed):
    kept = renamed(NAMES["a line of a log"])
    text = client.get("/metrics").text
    assert kept[:8] not in text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0 for line in lines)
