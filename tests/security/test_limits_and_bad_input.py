"""Whatever is sent, the answer is the sender's mistake said in one form: never an error of ours, never a busy machine."""

import json
import time
from io import BytesIO
from uuid import uuid4

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import plugin.api
from plugin.api.reading import LARGEST_BODY
from tests.plugin.cast import ALICE, LAMP, bearer
from tests.security.addresses import guarded

TYPES = ("", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded")
DEEP = 60_000
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep field": b'{"number":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a number beyond all": b'{"units": 1' + b"0" * 5000 + b"}",
    "a fraction": b'{"units": 1.5}',
    "an exponent": b'{"units": 1e400}',
    "no number": b'{"units": NaN}',
    "infinity": b'{"handling_days": Infinity}',
    "less than nothing": b'{"units": -1, "handling_days": -9999999999999999999999}',
    "a truth": b'{"units": true}',
    "a list": b"[1]",
    "a text": b'"x"',
    "null": b"null",
    "half a pair": b'{"number": "\\ud800", "supplier": "\\udfff"}',
    "NUL": b'{"number": "a\\u0000b"}',
    "no UTF-8": b'{"number": "\xff\xfe"}',
    "a marked beginning": b'\xef\xbb\xbf{"units": 1}',
    "one name twice": b'{"units": 1, "units": -2}',
    "a name of ours": b'{"__proto__": {"shop_id": 2}, "shop_id": 2, "actor": "somebody"}',
    "very many names": json.dumps({f"a{i}": i for i in range(9000)}).encode(),
    "very many ids": json.dumps({"variant_ids": list(range(1, 30_000))}).encode(),
}
QUERIES = (
    "variant_id=99999999999999999999999999",
    "variant_id=-1",
    "variant_id=NaN",
    "variant_id=%00",
    "variant_id=" + "9" * 5000,
    "units=1e9",
    "after=-1",
    "before=0",
    "offset=99999999999",
    "offset=-5",
    "day=9999-99-99",
    "day=" + "1" * 500,
    "search=%ED%A0%80",
    "search=%00%0A%1b",
    "search=%25%25%5F%5C",
    "search=" + "a" * 20_000,
    "waiting=perhaps",
    "managed=%C3%28",
    "a=1&" * 900,
    "id_token=&id_token=",
)


def is_said_in_one_form(answer) -> bool:
    """A problem document, a page of ours, or (to OPTIONS and HEAD) nothing."""
    if answer.status_code < 400:
        return True
    if answer.mimetype == "application/problem+json":
        return not answer.text or {"type", "title", "status", "detail", "request_id"} <= answer.json.keys()
    return answer.mimetype == "text/html" and (not answer.text or "Request " in answer.text)


WRITES, READS = {"POST", "PATCH"}, {"GET"}


def odd_ones(app, headers, methods, **sent) -> list[str]:
    client, odd = app.test_client(), []
    for address in guarded(app):
        if address.method in methods:
            once = headers | {"Idempotency-Key": uuid4().hex}
            answer = client.open(address.path(), method=address.method, headers=once, **sent)
            if answer.status_code >= 500 or not is_said_in_one_form(answer):
                odd.append(f"{address.name}: {answer.status_code} {answer.text[:80]}")
    return odd


@pytest.mark.long
def test_a_body_that_makes_no_sense_is_the_senders_mistake(app):
    for name, body in BODIES.items():
        started = time.process_time()
        assert odd_ones(app, bearer(ALICE), WRITES, data=body, content_type="application/json") == [], name
        took = (time.process_time() - started) / sum(address.method in WRITES for address in guarded(app))
        assert took < 0.25, f"{name}: a few hundred kilobytes keep the machine busy"


@pytest.mark.long
def test_a_query_that_makes_no_sense_is_the_senders_mistake(app):
    for query in QUERIES:
        assert odd_ones(app, bearer(ALICE), READS, query_string=query) == [], query[:80]


@pytest.mark.parametrize("content_type", TYPES)
def test_a_body_of_another_kind_is_refused_unread(alice, content_type):
    answer = alice._send("PATCH", "/api/settings", data=b'{"handling_days": 9}', content_type=content_type)
    assert (answer.status_code, answer.json["type"]) == (415, "urn:promised:problem:unsupported-media-type")


IDS = (
    "0",
    "-1",
    "9223372036854775808",
    "9" * 400,
    "1.0",
    "1e3",
    "0x1",
    "%00",
    "1%0A",
    "\u0661",
    "..",
    "1;drop",
    "null",
)


def test_an_id_that_is_none_names_nothing(app):
    client = app.test_client()
    paths = ("/orders/{}", "/api/orders/{}", "/api/purchase-orders/{}", "/purchase-orders/{}", "/api/outbox/{}/again")
    for number in IDS:
        for path in paths:
            method = "POST" if "again" in path else "GET"
            answer = client.open(path.format(number), method=method, headers=bearer(ALICE))
            assert answer.status_code in {404, 405}, path.format(number)
            assert is_said_in_one_form(answer)


def too_large(alice, **more):
    body = b'{"number": "' + b"x" * LARGEST_BODY + b'"}'
    return alice._send("POST", "/api/purchase-orders", data=body, content_type="application/json", **more)


def test_a_body_that_is_too_large_is_refused_at_every_address_that_reads_one(app, alice):
    assert too_large(alice, headers={"Idempotency-Key": "large"}).status_code == 413
    client = app.test_client()
    for address in guarded(app):
        if address.is_api and address.method in {"POST", "PATCH", "PUT", "DELETE"}:
            body = b" " * ((app.view_functions[address.endpoint].largest or LARGEST_BODY) + 1)
            headers = bearer(ALICE) | {"Idempotency-Key": "large"}
            answer = client.open(
                address.path(), method=address.method, data=body, headers=headers, content_type="application/json"
            )
            assert (answer.status_code, answer.mimetype) == (413, "application/problem+json"), address.name


def test_a_file_that_is_too_large_is_refused_before_it_is_read(alice):
    # Encoded here: the test client would spool a body of this size to a file that nobody closes.
    boundary, body = encode_multipart({"file": FileStorage(BytesIO(b"x" * 2**22), "orders.csv")})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = alice._send("POST", "/purchase-orders/import", data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_nobody_without_a_token_has_a_body_read(client):
    answer = client.post("/api/purchase-orders", data=b"x" * (LARGEST_BODY * 4), content_type="application/json")
    assert answer.status_code == 401


def test_every_method_that_writes_is_walked(app):
    assert {address.method for address in guarded(app)} == WRITES | READS | {"HEAD", "OPTIONS"}


def test_without_the_limit_it_would_be_read_whole(alice, monkeypatch):
    """The damage."""
    monkeypatch.setattr(plugin.api, "LARGEST_BODY", None)
    assert too_large(alice, headers={"Idempotency-Key": "large"}).status_code == 422


KEYS = ("", " ", "x" * 101, "\u00e9", "a\tb", "a\x7fb")


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_none_is_refused(alice, key):
    body = {"number": "P", "lines": [{"variant_id": LAMP.variant_id, "units": 1, "due_on": "2026-12-18"}]}
    answer = alice.post("/api/purchase-orders", body, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["type"]) == (400, "urn:promised:problem:malformed")


def test_an_error_that_is_not_ours_to_expect_would_be_noticed(app, monkeypatch):
    """The negative control of all of the above: one view that trips over what it is given."""
    monkeypatch.setattr("plugin.api.endpoint.read_query", lambda model: model.model_construct())
    assert odd_ones(app, bearer(ALICE), READS, query_string="variant_id=x") != []
