"""Before a document runs: every field, argument and input field in it, against what is modelled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    ObjectFieldNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
    visit,
)

from devstore.admin.modelled import INPUTS, KINDS, find
from devstore.gids import split_gid


@dataclass
class Found:
    """What reading a document brought up, each by its coordinate."""

    misses: list[str] = field(default_factory=list)
    deprecated: list[str] = field(default_factory=list)
    bad_ids: list[str] = field(default_factory=list)

    def input_field(self, kind: GraphQLInputObjectType, name: str) -> None:
        """Look at one field of an input object."""
        if name not in INPUTS.get(kind.name, frozenset()):
            self.misses.append(f"{kind.name}.{name}")
        declared = kind.fields.get(name)
        if declared is not None and declared.deprecation_reason:
            self.deprecated.append(f"{kind.name}.{name}")


def read_document(schema: GraphQLSchema, document: DocumentNode) -> Found:
    """Read a whole, valid document."""
    found = Found()
    info = TypeInfo(schema)
    visit(document, TypeInfoVisitor(info, _Reader(schema, info, found)))
    return found


def read_variables(schema: GraphQLSchema, definitions: tuple[VariableDefinitionNode, ...], values: Any) -> Found:
    """Read the values that come with it."""
    found = Found()
    for definition in definitions:
        name = definition.variable.name.value
        if name in values:
            _walk(type_from_ast(schema, definition.type), values[name], found)
    return found


class _Reader(Visitor):
    def __init__(self, schema: GraphQLSchema, info: TypeInfo, found: Found) -> None:
        super().__init__()
        self._schema, self._info, self._found = schema, info, found

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, declared, name = self._info.get_parent_type(), self._info.get_field_def(), node.name.value
        if parent is None or declared is None or name.startswith("__"):
            return
        if declared.deprecation_reason:
            self._found.deprecated.append(f"{parent.name}.{name}")
        heeded = self._heeded(parent, name)
        if heeded is None:
            self._found.misses.append(f"{parent.name}.{name}")
            return
        for argument in node.arguments or ():
            coordinate = f"{parent.name}.{name}({argument.name.value}:)"
            if argument.name.value not in heeded:
                self._found.misses.append(coordinate)
            if declared.args[argument.name.value].deprecation_reason:
                self._found.deprecated.append(coordinate)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = get_named_type(self._info.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType):
            self._found.input_field(parent, node.name.value)

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        named = get_named_type(self._info.get_input_type())
        if named is not None and named.name == "ID":
            _check_id(node.value, self._found)

    def _heeded(self, parent: Any, name: str) -> frozenset[str] | None:
        """Arguments heeded by a field; None when the field is not modelled."""
        if parent.name.endswith("Connection") and name in {"nodes", "edges", "pageInfo"}:
            return frozenset()
        if parent.name.endswith("Edge") and name in {"node", "cursor"}:
            return frozenset()
        declared = find(parent.name, name)
        if declared is not None:
            return declared.args
        found = [each.args for each in self._of_possible(parent, name)]
        return frozenset.intersection(*found) if found else None

    def _of_possible(self, parent: Any, name: str) -> Iterator[Any]:
        """The same field of the modelled types behind an interface or union."""
        if isinstance(parent, GraphQLInterfaceType | GraphQLUnionType):
            for possible in self._schema.get_possible_types(parent):
                declared = find(possible.name, name) if possible.name in KINDS else None
                if declared is not None:
                    yield declared


def _walk(kind: Any, value: Any, found: Found) -> None:
    if value is None:
        return
    if is_non_null_type(kind):
        _walk(kind.of_type, value, found)
    elif is_list_type(kind):
        for each in value if isinstance(value, list) else [value]:
            _walk(kind.of_type, each, found)
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
        for name, inner in value.items():
            if name in kind.fields:
                found.input_field(kind, name)
                _walk(kind.fields[name].type, inner, found)
    elif kind is not None and kind.name == "ID":
        _check_id(value, found)


def _check_id(value: Any, found: Found) -> None:
    try:
        split_gid(value if isinstance(value, str) else "")
    except ValueError:
        found.bad_ids.append(str(value))
