"""The real schema of the pinned API version, and what a document would cost under its limits."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_client_schema,
)

from backorder.store.client import API_VERSION

FOLDER = Path(__file__).parents[2] / "devstore" / "schema"
LISTS = {"transactions", "fulfillmentHolds", "supportedActions", "customAttributes", "quantities"}
LIST_WITHOUT_SIZE = 3


@cache
def admin_schema() -> GraphQLSchema:
    raw = json.loads(gzip.decompress((FOLDER / f"admin_{API_VERSION}.json.gz").read_bytes()))
    return build_client_schema(raw, assume_valid=True)


@cache
def needs_a_key() -> frozenset[str]:
    """The mutations that the store refuses without ``@idempotent``."""
    facts = json.loads((FOLDER / f"facts_{API_VERSION}.json").read_text(encoding="utf-8"))
    return frozenset(facts["idempotent"])


def operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))


def cost(document: DocumentNode) -> int:
    """Points, counted too high rather than too low: every object one, a connection its size times its node."""
    asked = operation(document)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    return (10 if asked.operation.value == "mutation" else 0) + _cost(asked.selection_set, fragments)


def _cost(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    return sum(_one(selection, fragments) for selection in selections.selections)


def _one(selection: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    if isinstance(selection, FragmentSpreadNode):
        return _cost(fragments[selection.name.value].selection_set, fragments)
    if not isinstance(selection, FieldNode):
        return _cost(selection.selection_set, fragments)
    if selection.selection_set is None:
        return 0
    return _object(selection, _cost(selection.selection_set, fragments))


def _object(field: FieldNode, inside: int) -> int:
    size = next((argument.value for argument in field.arguments or () if argument.name.value == "first"), None)
    if isinstance(size, IntValueNode):
        return 2 + int(size.value) * inside
    if field.name.value in LISTS:
        return LIST_WITHOUT_SIZE * (1 + inside)
    return 1 + inside
