"""What is modelled of the schema: every field with its resolver, every argument, every input field.

A document that asks for anything else is refused before it runs (``coordinates``), so this registry is the one
place that says what this store can do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devstore.admin.asking import Asking

Args = dict[str, Any]
Resolver = Callable[[Any, Asking, Args], object]

USER_ERROR_FIELDS = frozenset({"field", "message", "code", "elementIndex"})
CONNECTION_ARGS = frozenset({"first", "after", "reverse"})


@dataclass(frozen=True)
class Field:
    """How one field is answered, and which arguments that heeds."""

    resolve: Resolver
    args: frozenset[str]


@dataclass
class Kind:
    """One object type: its fields, and the python class whose values are of it."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)

    def field(self, name: str, *args: str) -> Callable[[Resolver], Resolver]:
        """Declare a field answered by the decorated function."""

        def declare(resolve: Resolver) -> Resolver:
            self.fields[name] = Field(resolve, frozenset(args))
            return resolve

        return declare

    def listing(self, name: str, *args: str) -> Callable[[Resolver], Resolver]:
        """Declare a connection; the function returns a ``Listing`` that is paged for it."""
        return self.field(name, *CONNECTION_ARGS, *args)

    def plain(self, *names: str, **renamed: str) -> "Kind":
        """Declare fields that are attributes: of the same name in snake case, or of the one given."""
        for name in names:
            self.fields[name] = Field(_attribute(_snake(name)), frozenset())
        for name, attribute in renamed.items():
            self.fields[name] = Field(_attribute(attribute), frozenset())
        return self

    def keys(self, *names: str) -> "Kind":
        """Declare fields of an answer that the mutation gives as a mapping."""
        for name in names:
            self.fields[name] = Field(_key(name), frozenset())
        return self

    def always(self, **answers: object) -> "Kind":
        """Declare fields that have one answer in this store."""
        for name, answer in answers.items():
            self.fields[name] = Field(_constant(answer), frozenset())
        return self


KINDS: dict[str, Kind] = {}
CLASSES: dict[type, str] = {}
INPUTS: dict[str, frozenset[str]] = {}


def kind(name: str, *classes: type) -> Kind:
    """Declare an object type and the classes whose values are of it."""
    for each in classes:
        CLASSES[each] = name
    return KINDS.setdefault(name, Kind(name))


def inputs(name: str, *fields: str) -> None:
    """Declare which fields of an input object are heeded."""
    INPUTS[name] = frozenset(fields)


def find(type_name: str, field_name: str) -> Field | None:
    """The declaration of a field."""
    known = KINDS.get(type_name)
    found = known.fields.get(field_name) if known else None
    if found is None and type_name.endswith("UserError") and field_name in USER_ERROR_FIELDS:
        return Field(_key(field_name), frozenset())
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _attribute(name: str) -> Resolver:
    return lambda source, _asking, _args: getattr(source, name)


def _key(name: str) -> Resolver:
    return lambda source, _asking, _args: source.get(name)


def _constant(answer: object) -> Resolver:
    return lambda _source, _asking, _args: answer
