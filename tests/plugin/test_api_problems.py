"""Every error of the API is a problem document that says what is wrong, where, and nothing of our insides."""

import pytest
from sqlalchemy.exc import OperationalError

from backorder.db.engine import DatabaseBusy
from tests.plugin.cast import ALICE, LAMP, bearer

GOOD = {
    "number": "PO-20",
    "supplier": "Glow & Sons",
    "lines": [{"variant_id": LAMP.variant_id, "units": 3, "due_on": "2026-12-18"}],
}


def fields(answer) -> dict[str, str]:
    return {error["field"]: error["message"] for error in answer.json["errors"]}


def must_be_a_problem(answer, status, kind):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"urn:promised:problem:{kind}"
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def with_line(**changes):
    return GOOD | {"lines": [GOOD["lines"][0] | changes]}


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        (GOOD | {"number": ""}, "number", "Fill this in."),
        (GOOD | {"number": "   "}, "number", "Fill this in."),
        (GOOD | {"number": 12}, "number", "Give a text."),
        (GOOD | {"number": "P" * 65}, "number", "Use at most 64 characters."),
        (GOOD | {"number": "PO\u0000"}, "number", "Use plain text without control characters."),
        (GOOD | {"nummer": "PO-1"}, "nummer", "There is no such field here."),
        ({"lines": GOOD["lines"]}, "number", "Fill this in."),
        (GOOD | {"lines": []}, "lines", "Give at least 1."),
        (GOOD | {"lines": "many"}, "lines", "Give a list."),
        (GOOD | {"lines": [3]}, "lines.0", "Give an object."),
        (with_line(units=0), "lines.0.units", "Give 1 or more."),
        (with_line(units=-4), "lines.0.units", "Give 1 or more."),
        (with_line(units=1_000_001), "lines.0.units", "Give 1000000 or less."),
        (with_line(units=10**40), "lines.0.units", "Give 1000000 or less."),
        (with_line(units=1.5), "lines.0.units", "Give a whole number."),
        (with_line(units="3"), "lines.0.units", "Give a whole number."),
        (with_line(units=True), "lines.0.units", "Give a whole number."),
        (with_line(due_on="soon"), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(due_on="2026-02-30"), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(due_on="2026-12-04T23:30"), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(due_on="2026-12-04T00:00:00"), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(due_on="2026-12-04T00:00:00Z"), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(due_on=1796342400), "lines.0.due_on", "Give a date like 2026-12-07."),
        (with_line(units=10**9), "lines.0.units", "Give 1000000 or less."),
        (with_line(due_on="9999-12-31"), "lines.0.due_on", "Give a day until 2100-12-31."),
        (
            with_line(due_on="2026-10-01"),
            "lines.0.due_on",
            "2026-10-01 has passed: give the day on which the goods are expected.",
        ),
        (with_line(variant_id=10**30), "lines.0.variant_id", "Give 9223372036854775807 or less."),
        (with_line(variant_id=5), "lines.0.variant_id", "The shop has no such variant."),
        (GOOD | {"number": "PO-12"}, "number", "There is already a purchase order PO-12."),
        (GOOD | {"location_id": 77}, "location_id", "The shop has no such active location."),
        ([GOOD], "body", "Give an object."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_it_is_wrong_with(alice, body, field, sentence):
    answer = alice.post("/api/purchase-orders", body)
    must_be_a_problem(answer, 422, "invalid-input")
    assert field in fields(answer)
    assert fields(answer)[field] == sentence
    assert len(alice.get("/api/purchase-orders").json["purchase_orders"]) == 1


def test_all_wrong_fields_are_named_at_once(alice):
    answer = alice.post("/api/purchase-orders", {"lines": [{"variant_id": None, "units": 0, "due_on": None}]})
    assert set(fields(answer)) == {"number", "lines.0.variant_id", "lines.0.units", "lines.0.due_on"}


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"\xff\xfe", b'{"number": "\\ud800"}'])
def test_a_body_that_is_no_json_cannot_be_read(client, body):
    headers = bearer(ALICE) | {"Content-Type": "application/json"}
    must_be_a_problem(client.post("/api/purchase-orders", data=body, headers=headers), 400, "malformed")


def test_a_deep_body_is_refused_and_not_followed_down(client):
    headers = bearer(ALICE) | {"Content-Type": "application/json"}
    answer = client.post("/api/purchase-orders", data=b"[" * 100_000, headers=headers)
    must_be_a_problem(answer, 400, "malformed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_kind_is_refused(client, kind):
    headers = bearer(ALICE) | {"Content-Type": kind}
    answer = client.post("/api/purchase-orders", data=b"number=PO-20", headers=headers)
    must_be_a_problem(answer, 415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_refused(client):
    headers = bearer(ALICE) | {"Content-Type": "application/json"}
    answer = client.post("/api/purchase-orders", data=b" " * 300_000, headers=headers)
    must_be_a_problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("managed=perhaps", "managed"),
        ("after=-1", "after"),
        ("after=9999999999999999999", "after"),
        ("serach=lamp", "serach"),
        ("search=a&search=b", "search"),
        ("search=%00", "search"),
        ("search=" + "x" * 300, "search"),
    ],
)
def test_a_query_that_cannot_be_names_its_parameter(alice, query, field):
    answer = alice.get(f"/api/variants?{query}")
    must_be_a_problem(answer, 422, "invalid-input")
    assert list(fields(answer)) == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/orders/0",
        "/api/orders/-1",
        "/api/orders/99999999999999999999",
        "/api/orders/a",
    ],
)
def test_an_address_that_leads_nowhere_is_a_problem_too(alice, path):
    must_be_a_problem(alice.get(path), 404, "not-found")


def test_a_method_that_is_not_taken_says_which_are(alice):
    answer = alice.post("/api/home")
    must_be_a_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_busy_database_asks_to_come_back(alice, monkeypatch):
    def busy(*_args, **_more):
        raise DatabaseBusy("no writer's turn within 10 s")

    monkeypatch.setattr("backorder.manage.set_terms", busy)
    answer = alice.patch("/api/settings", {"handling_days": 2})
    must_be_a_problem(answer, 503, "busy")
    assert answer.headers["Retry-After"]
    assert "writer" not in answer.text


def test_a_fault_of_ours_says_nothing_of_our_insides(alice, monkeypatch):
    def broken(*_args, **_more):
        raise OperationalError("SELECT secret FROM tokens", {}, Exception("at 10.0.0.7"))

    monkeypatch.setattr("backorder.manage.set_terms", broken)
    answer = alice.patch("/api/settings", {"handling_days": 2})
    must_be_a_problem(answer, 500, "unexpected")
    for inside in ("secret", "SELECT", "10.0.0.7", "Traceback"):
        assert inside not in answer.text


def test_a_page_that_is_not_there_says_so_in_a_sentence(alice):
    answer = alice.get("/purchase-orders/987654")
    assert answer.status_code == 404
    assert "This shop has no such purchase order." in answer.text
    assert answer.mimetype == "text/html"
