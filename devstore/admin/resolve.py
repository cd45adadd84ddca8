"""One resolver for the whole schema: it finds the declared one, watches scopes and keys, and pages connections."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, get_named_type, is_composite_type

from devstore.admin.asking import Asking
from devstore.admin.modelled import CLASSES, Args, Field, find
from devstore.admin.paging import Edge, Listing, Page, page
from devstore.admin.protected import FIELDS, not_approved
from devstore.admin.schema import facts, schema
from devstore.remembered import Answered

Info = GraphQLResolveInfo[Any]


def resolve(source: Any, info: Info, **args: Any) -> Any:
    """Answer one field. Raises ``GraphQLError`` for what may not or cannot be asked."""
    asking: Asking = info.context
    if isinstance(source, Page) and info.parent_type.name.endswith("Connection"):
        return _of_page(source, info.field_name)
    if isinstance(source, Edge):
        return getattr(source, info.field_name)
    place = _place(info.parent_type.name, info.field_name, get_named_type(info.return_type).name)
    declared = place.declared
    if declared is None:
        raise unmodelled(asking, f"{info.parent_type.name}.{info.field_name}")
    if place.any_of and not asking.may(place.any_of):
        raise _denied(info.field_name, place.any_of)
    if place.protected in asking.shop.withheld:
        raise not_approved(info.field_name)
    if info.parent_type.name == "Mutation":
        return _once(declared, asking, info, args)
    answer = declared.resolve(source, asking, args)
    if place.composite and answer is not None:
        asking.touched += 1
    if isinstance(answer, Listing):
        shown = page(answer, args)
        asking.touched += len(shown.edges)
        return shown
    return answer


def kind_of(value: Any, info: Info, _abstract: Any) -> str:
    """The object type of a value behind an interface."""
    name = CLASSES.get(type(value))
    if name is None:
        raise unmodelled(info.context, f"{type(value).__name__} as an object type")
    return name


def unmodelled(asking: Asking, coordinate: str) -> GraphQLError:
    """A loud no, which is also written down."""
    asking.world.misses.append({"coordinate": coordinate, "shop": asking.shop.domain})
    return GraphQLError(f"The development store does not model {coordinate}", extensions={"code": "NOT_MODELLED"})


def _of_page(source: Page, name: str) -> Any:
    if name == "nodes":
        return [edge.node for edge in source.edges]
    return source.edges if name == "edges" else source


@dataclass(frozen=True)
class Place:
    """What is known of a field before it is asked for: its declaration, the scopes of which one is needed, its kind.

    ``protected``: what it tells of a customer, if that takes an approval.
    """

    declared: Field | None
    any_of: frozenset[str] | None
    composite: bool
    protected: str | None


@cache
def _place(parent: str, name: str, returned: str) -> Place:
    any_of = facts().scopes.get(f"{parent}.{name}") or facts().scopes.get(returned.removesuffix("Connection"))
    composite = is_composite_type(schema().get_type(returned))
    return Place(find(parent, name), any_of, composite, FIELDS.get(f"{parent}.{name}"))


def _denied(field_name: str, any_of: frozenset[str]) -> GraphQLError:
    needed = " or ".join(f"`{scope}`" for scope in sorted(any_of))
    return GraphQLError(
        f"Access denied for {field_name} field. Required access: {needed} access scope.",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"{needed} access scope.",
        },
    )


def _once(declared: Field, asking: Asking, info: Info, args: Args) -> object:
    """Run a mutation; under a key it has had, answer what was answered then."""
    key = _key(info)
    if key is None:
        return declared.resolve(None, asking, args)
    fingerprint = json.dumps([info.field_name, args], sort_keys=True, default=str)
    known = asking.world.remembered.recall(asking.shop.domain, key)
    if known is None:
        answer = declared.resolve(None, asking, args)
        asking.world.remembered.keep(asking.shop.domain, key, Answered(fingerprint, answer))
        return answer
    if known.fingerprint == fingerprint:
        return known.result
    said = "The idempotency key has been used with different parameters."
    return {"userErrors": [{"field": None, "message": said, "code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}]}


def _key(info: Info) -> str | None:
    required = info.field_name in facts().idempotent
    for directive in info.field_nodes[0].directives or ():
        if directive.name.value == "idempotent":
            value = (directive.arguments or ())[0].value
            name = getattr(value, "name", None)
            key = info.variable_values.coerced[name.value] if name is not None else getattr(value, "value", "")
            if not required:
                raise GraphQLError(
                    f"{info.field_name} does not support @idempotent", extensions={"code": "BAD_REQUEST"}
                )
            if not str(key).strip():
                raise GraphQLError("The idempotency key is blank", extensions={"code": "BAD_REQUEST"})
            return str(key)
    if required:
        raise GraphQLError(
            f"The @idempotent directive is required for {info.field_name}", extensions={"code": "BAD_REQUEST"}
        )
    return None
