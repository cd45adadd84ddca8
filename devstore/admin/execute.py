"""A document comes in: understood, checked against schema and model, paid for, run."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
)

from devstore.admin.acts import ALL_ACTS
from devstore.admin.asking import Asking
from devstore.admin.coordinates import Found, read_document, read_variables
from devstore.admin.cost import MOST_PER_QUERY, MUTATION, requested_cost
from devstore.admin.nouns import ALL_NOUNS
from devstore.admin.resolve import kind_of, resolve
from devstore.admin.schema import schema

# Fields and mutations are known once the modules that declare them are imported.
DECLARED = (ALL_NOUNS, ALL_ACTS)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A document that was read once: what is wrong with it, or what it holds."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    found: Found
    # What its operations cost, by the sizes that they were asked with.
    costs: dict[tuple[object, ...], int] = field(default_factory=dict)

    def cost(self, operation: OperationDefinitionNode, variables: dict[str, Any]) -> int:
        """What one of its operations may cost: only numbers and the lengths of lists make a difference."""
        sizes = ((name, len(value) if isinstance(value, list) else value) for name, value in variables.items())
        key = (id(operation), *sorted((name, size) for name, size in sizes if isinstance(size, int)))
        if key not in self.costs:
            assert self.document is not None
            self.costs[key] = requested_cost(schema(), self.document, operation, variables)
        return self.costs[key]


@lru_cache(maxsize=512)
def prepare(text: str) -> Prepared:
    """Parse and validate a document and read its coordinates."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return Prepared(None, (error,), Found())
    errors = tuple(validate(schema(), document, max_errors=20))
    return Prepared(document, errors, Found() if errors else read_document(schema(), document))


def run(asking: Asking, text: str, variables: dict[str, Any] | None, operation_name: str | None) -> Answer:
    """The answer to one request, as the Admin API gives it: always 200, what went wrong stands in ``errors``."""
    prepared = prepare(text)
    if prepared.errors or prepared.document is None:
        return {"errors": [_formatted(error) for error in prepared.errors]}
    operation = _operation(prepared.document, operation_name)
    if operation is None:
        return _refused("No such operation in the document", "BAD_REQUEST")
    given = variables or {}
    with asking.world.lock:
        refusal = _unasked_for(asking, prepared.found, operation, given)
        if refusal is not None:
            return refusal
        return _run_paid(asking, prepared.document, prepared.cost(operation, given), operation, given)


def _run_paid(
    asking: Asking,
    document: DocumentNode,
    requested: int,
    operation: OperationDefinitionNode,
    variables: dict[str, Any],
) -> Answer:
    throttle, shop = asking.world.throttle, asking.shop.domain
    if requested > MOST_PER_QUERY:
        said = f"Query cost is {requested}, which exceeds the single query max cost limit ({MOST_PER_QUERY})."
        return _refused(said, "MAX_COST_EXCEEDED", cost=requested, maxCost=MOST_PER_QUERY)
    if not throttle.take(shop, requested):
        answer = _refused("Throttled", "THROTTLED")
        return {**answer, "extensions": _cost(asking, requested, None)}
    name = operation.name.value if operation.name else None
    result = execute_sync(
        schema(),
        document,
        root_value=None,
        context_value=asking,
        variable_values=variables,
        operation_name=name,
        field_resolver=resolve,
        type_resolver=kind_of,
    )
    mutated = operation.operation is OperationType.MUTATION
    actual = min(requested, max(MUTATION if mutated else 1, asking.touched))
    throttle.give_back(shop, requested - actual)
    answer = {"data": result.data, "extensions": _cost(asking, requested, actual)}
    if result.errors:
        answer["errors"] = [_formatted(error) for error in result.errors]
    return answer


def _unasked_for(
    asking: Asking, found: Found, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> Answer | None:
    """Why a valid document is not run: it asks for what is not modelled, or names things by no id."""
    values = read_variables(schema(), tuple(operation.variable_definitions or ()), variables)
    where = operation.name.value if operation.name else "anonymous"
    asking.world.deprecations += [
        {"coordinate": coordinate, "document": where} for coordinate in found.deprecated + values.deprecated
    ]
    misses = found.misses + values.misses
    asking.world.misses += [{"coordinate": coordinate, "document": where} for coordinate in misses]
    if misses:
        return _refused(f"The development store does not model {', '.join(misses)}", "NOT_MODELLED")
    bad = found.bad_ids + values.bad_ids
    return _refused(f"Invalid global id '{bad[0]}'", "INVALID_VARIABLE") if bad else None


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((each for each in operations if each.name and each.name.value == name), None)


def _cost(asking: Asking, requested: int, actual: int | None) -> Answer:
    status = asking.world.throttle.status(asking.shop.domain)
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}


def _refused(message: str, code: str, **more: object) -> Answer:
    return {"errors": [{"message": message, "extensions": {"code": code, **more}}]}


def _formatted(error: GraphQLError) -> Answer:
    """The error as JSON. What a resolver did not foresee is a fault of this store: it is raised, not hidden."""
    original = error.original_error
    if error.path and original is not None and not isinstance(original, GraphQLError):
        raise original
    return dict(error.formatted)
