"""The description of the API is complete, valid, and true."""

import re
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_rs import Draft202012Validator, meta

from plugin.api.openapi import description
from tests.dice import DICE
from tests.plugin.cast import ALICE, bearer


@pytest.fixture
def told(app):
    with app.app_context():
        return description(app)


def test_every_address_under_api_is_described_and_nothing_else(app, told):
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
    }
    assert {(path, method) for path, methods in told["paths"].items() for method in methods} == there


def test_the_description_is_open_to_everybody_and_holds_nothing_of_anybody(client, told):
    answer = client.get("/api/openapi.json")
    assert answer.json == told
    assert answer.json["openapi"] == "3.1.0"
    assert "Lamplight" not in answer.text


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere(told):
    for schema in told["components"]["schemas"].values():
        meta.validate({**schema, "components": told["components"]})
    for reference in set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(told))):
        assert reference in told["components"]["schemas"]


def test_a_list_in_an_address_is_described_as_it_is_read(told):
    """Each parameter is given once, and the parts of a list stand in it by commas."""
    export = told["paths"]["/api/drop-ship/suppliers/{supplier_id}/export"]["get"]
    (lines,) = [one for one in export["parameters"] if one["name"] == "line_ids"]
    (listed, _) = lines["schema"]["anyOf"]
    assert (listed["type"], listed["items"]["type"], lines["explode"]) == ("array", "integer", False)


def test_every_operation_has_a_name_of_its_own(told):
    names = [operation["operationId"] for methods in told["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_what_is_answered_is_what_was_described(alice, told):
    paths = {
        "/api/home": "HomeShown",
        "/api/import": "ImportShown",
        "/api/settings": "SettingsShown",
        "/api/variants": "VariantPage",
        "/api/purchase-orders": "PurchaseOrderPage",
        "/api/purchase-orders/1": "PurchaseOrderShown",
        "/api/backlog": "BacklogPage",
        "/api/orders/10030": "OrderShown",
        "/api/outbox/troubled": "Troubles",
        "/api/orders/1": "Problem",
        "/api/variants?after=x": "Problem",
    }
    for path, name in paths.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
        Draft202012Validator(schema).validate(alice.get(path).json)


def test_a_description_that_is_wrong_would_be_noticed(alice, told):
    """The negative control of the one above."""
    schema = {"$ref": "#/components/schemas/BacklogPage", "components": told["components"]}
    assert not Draft202012Validator(schema).is_valid(alice.get("/api/home").json)


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "expected"),
    [pytest.param("POSITIVE", 200, id="as described"), pytest.param("NEGATIVE", 422, id="not as described")],
)
def test_no_generated_request_makes_the_app_fail(app, how, expected):
    # To load it takes a second, and every process of the suite would.
    import schemathesis
    from schemathesis.checks import not_a_server_error

    mode, answered = schemathesis.GenerationMode[how], Counter()
    for found in schemathesis.openapi.from_wsgi("/api/openapi.json", app).get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=5 * DICE, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case):
            answer = case.call(headers=bearer(ALICE))
            answered[answer.status_code] += 1
            case.validate_response(answer, checks=[not_a_server_error])

        with suppress(Unsatisfiable):  # a request without body or parameters can only be as described
            ask()
    assert answered[expected] > 20
    assert max(answered) < 500
