"""Every document is good talk: valid, current, keyed where the store wants a key, and cheap enough."""

import pytest
from graphql import NoDeprecatedCustomRule, parse, validate

from backorder.store.documents import HERE, document, names
from tests.store.schema import admin_schema, cost, needs_a_key, operation


@pytest.mark.parametrize("name", names())
def test_a_document_is_valid_in_the_pinned_version(name):
    assert validate(admin_schema(), parse(document(name).text)) == []


@pytest.mark.parametrize("name", names())
def test_a_document_asks_for_nothing_deprecated(name):
    assert validate(admin_schema(), parse(document(name).text), rules=[NoDeprecatedCustomRule]) == []


@pytest.mark.parametrize("name", names())
def test_a_mutation_carries_a_key_exactly_where_the_store_wants_one(name):
    assert _keys_missing_or_idle(document(name).text) == []


@pytest.mark.parametrize("name", names())
def test_a_document_costs_at_most_a_thousand_points(name):
    assert cost(parse(document(name).text)) <= 1000


@pytest.mark.parametrize("name", names())
def test_a_document_knows_its_operation_and_whether_it_changes_anything(name):
    asked = operation(parse(document(name).text))
    assert asked.name is not None
    assert (document(name).operation, document(name).changes) == (asked.name.value, asked.operation.value == "mutation")


def test_every_operation_has_a_name_of_its_own():
    operations = [document(name).operation for name in names()]
    assert len(set(operations)) == len(operations) > 20


def test_every_document_is_asked_by_somebody():
    code = "".join(path.read_text(encoding="utf-8") for path in HERE.parent.glob("*.py"))
    assert [name for name in names() if f'"{name}"' not in code] == []


def test_the_checks_would_see_a_bad_document():
    unknown = parse("query { shop { shoeSize } }")
    outdated = parse("query($id: ID!) { inventoryItem(id: $id) { variant { id } } }")
    dear = parse("query { orders(first: 50) { nodes { lineItems(first: 50) { nodes { id } } } } }")
    assert validate(admin_schema(), unknown)
    assert validate(admin_schema(), outdated, rules=[NoDeprecatedCustomRule])
    assert cost(dear) > 1000
    assert _keys_missing_or_idle("mutation($i: RefundInput!) { refundCreate(input: $i) { userErrors { message } } }")
    assert _keys_missing_or_idle('mutation { tagsAdd(id: 1, tags: []) @idempotent(key: "k") { node { id } } }')


def _keys_missing_or_idle(text: str) -> list[str]:
    asked = operation(parse(text))
    if asked.operation.value != "mutation":
        return []
    keyed = {
        field.name.value: any(directive.name.value == "idempotent" for directive in field.directives or ())
        for field in asked.selection_set.selections
    }
    return [field for field, has_key in keyed.items() if has_key != (field in needs_a_key())]
