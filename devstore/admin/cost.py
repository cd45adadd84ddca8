"""What a document may cost at most, about as the platform reckons it.

Scalars are free, an object costs 1, a mutation 10, a connection 2 and its nodes, whose number counts with its
logarithm: 250 nodes cost like 11 (measured: 250 variants with their inventory items cost 24).
"""

import math
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

MUTATION = 10
MOST_PER_QUERY = 1000


def weight(size: int) -> int:
    """How many nodes a page of ``size`` counts for."""
    return max(1, round(2 * math.log(size + 1)))


def requested_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> int:
    """Points one operation of a valid document may cost."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    reckoner = _Reckoner(schema, fragments, variables, root)
    cost = reckoner.selections(root, operation.selection_set)
    return max(MUTATION, cost) if operation.operation is OperationType.MUTATION else max(1, cost)


class _Reckoner:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, Any],
        root: GraphQLObjectType | None,
    ) -> None:
        self._schema, self._fragments, self._variables, self._root = schema, fragments, variables, root

    def selections(self, parent: Any, selected: SelectionSetNode | None) -> int:
        """The sum over what is selected of ``parent``."""
        return sum(self._selection(parent, each) for each in (selected.selections if selected else ()))

    def _selection(self, parent: Any, node: Any) -> int:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            kind = self._schema.get_type(fragment.type_condition.name.value)
            return self.selections(kind, fragment.selection_set)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            kind = parent if condition is None else self._schema.get_type(condition.name.value)
            return self.selections(kind, node.selection_set)
        return self._field(parent, node)

    def _field(self, parent: Any, node: FieldNode) -> int:
        declared = getattr(parent, "fields", {}).get(node.name.value)
        if declared is None:
            return 0
        kind = get_named_type(declared.type)
        if not is_composite_type(kind):
            return 0
        inner = self.selections(kind, node.selection_set)
        if node.name.value == "nodes" and parent is self._root:
            return (1 + inner) * self._named(node)
        if kind.name.endswith("Connection"):
            return 2 + weight(self._size(node)) * max(1, inner)
        if kind.name == "PageInfo" or kind.name.endswith(("Edge", "UserError")):
            return inner
        return 1 + inner

    def _named(self, node: FieldNode) -> int:
        """How many ids ``nodes`` is given."""
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                if isinstance(argument.value, ListValueNode):
                    return len(argument.value.values)
                if isinstance(argument.value, VariableNode):
                    return len(self._variables.get(argument.value.name.value) or ())
        return 1

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                if isinstance(argument.value, IntValueNode):
                    return int(argument.value.value)
                if isinstance(argument.value, VariableNode):
                    return int(self._variables.get(argument.value.name.value) or 1)
        return 1
