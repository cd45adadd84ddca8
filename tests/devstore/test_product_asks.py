"""Every document that the product sends is modelled here, and its scopes are among those it asks merchants for."""

from pathlib import Path

import pytest
from graphql import TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, print_ast, visit

from devstore.admin.coordinates import read_document
from devstore.admin.execute import prepare
from devstore.admin.modelled import CONNECTION_ARGS, KINDS
from devstore.admin.schema import facts, schema
from devstore.app import read_app

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "backorder" / "store" / "documents"
NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.graphql") if path.stem != "fragments")


def whole(name):
    """A document with the fragments it uses."""
    shared = {each.name.value: each for each in parse((DOCUMENTS / "fragments.graphql").read_text("utf-8")).definitions}
    document = parse((DOCUMENTS / f"{name}.graphql").read_text("utf-8"))
    used = {}

    class Spreads(Visitor):
        def enter_fragment_spread(self, node, *_):
            fragment = shared.get(node.name.value)
            if fragment is not None and node.name.value not in used:
                used[node.name.value] = fragment
                visit(fragment, Spreads())

    visit(document, Spreads())
    return "\n".join([print_ast(document), *(print_ast(each) for each in used.values())])


def missing_scopes(text, granted):
    """Coordinates of a document that the granted scopes do not open."""
    info, closed = TypeInfo(schema()), []

    class Reader(Visitor):
        def enter_field(self, node, *_):
            parent, declared = info.get_parent_type(), info.get_field_def()
            if parent is None or declared is None:
                return
            coordinate = f"{parent.name}.{node.name.value}"
            of_type = get_named_type(declared.type).name.removesuffix("Connection")
            any_of = facts().scopes.get(coordinate) or facts().scopes.get(of_type) or frozenset()
            if any_of and not any(each in granted or each.replace("read_", "write_", 1) in granted for each in any_of):
                closed.append(coordinate)

    visit(parse(text), TypeInfoVisitor(info, Reader()))
    return closed


def test_there_are_documents_to_look_at():
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_the_product_is_valid_modelled_and_not_deprecated(name):
    prepared = prepare(whole(name))
    assert prepared.errors == ()
    assert (prepared.found.misses, prepared.found.deprecated) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_the_product_needs_no_scope_it_does_not_ask_for(name):
    app = read_app(ROOT / "shopify.app.toml", client_id="k", secret="s", url="http://localhost")
    assert missing_scopes(whole(name), app.scopes) == []


def test_a_document_that_asks_for_too_much_would_be_caught():
    text = "{ currentAppInstallation { id } fulfillmentOrder(id: 1) { fulfillmentHolds { heldByApp { id } } } }"
    assert missing_scopes(text, frozenset({"write_merchant_managed_fulfillment_orders"})) == [
        "FulfillmentHold.heldByApp"
    ]
    assert read_document(schema(), parse("{ shop { taxesIncluded } }")).misses == ["Shop.taxesIncluded"]


def test_everything_that_is_declared_is_in_the_real_schema():
    for kind in KINDS.values():
        fields = schema().type_map[kind.name].fields
        for name, field in kind.fields.items():
            assert name in fields, f"{kind.name}.{name}"
            assert field.args - CONNECTION_ARGS <= set(fields[name].args), f"{kind.name}.{name}{sorted(field.args)}"
