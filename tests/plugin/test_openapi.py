"""The description of the API is complete, valid, and true."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.checks import not_a_server_error

from plugin.api.openapi import description
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


def test_no_generated_request_makes_the_app_fail(app):
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    asked = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def try_it(case):
            answer = case.call(headers=bearer(ALICE))
            asked.append(answer.status_code)
            case.validate_response(answer, checks=[not_a_server_error])

        operation_test = operation_tests(operation, try_it)
        operation_test()
    assert set(asked) > {200, 404, 422}


def operation_tests(operation, try_it):
    from hypothesis import given

    return given(case=operation.as_strategy())(try_it)
