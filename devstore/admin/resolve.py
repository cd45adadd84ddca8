"""One resolver for the whole schema: it finds the declared one, watches scopes and keys, and pages connections."""

import json
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, get_named_type, is_composite_type

from devstore.admin.asking import Asking
from devstore.admin.modelled import CLASSES, Args, Field, find
from devstore.admin.paging import Edge, Listing, Page, page
from devstore.admin.schema import facts
from devstore.remembered import Answered

Info = GraphQLResolveInfo[Any]


def resolve(source: Any, info: Info, **args: Any) -> Any:
    """Answer one field. Raises ``GraphQLError`` for what may not or cannot be asked."""
    asking: Asking = info.context
    if isinstance(source, Page) and info.parent_type.name.endswith("Connection"):
        return _of_page(source, info.field_name)
    if isinstance(source, Edge):
        return getattr(source, info.field_name)
    coordinate = f"{info.parent_type.name}.{info.field_name}"
    declared = find(info.parent_type.name, info.field_name)
    if declared is None:
        raise unmodelled(asking, coordinate)
    _check_scopes(asking, coordinate, info)
    if info.parent_type.name == "Mutation":
        return _once(declared, asking, info, args)
    answer = declared.resolve(source, asking, args)
    if is_composite_type(get_named_type(info.return_type)) and answer is not None:
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


def _check_scopes(asking: Asking, coordinate: str, info: Info) -> None:
    named = get_named_type(info.return_type).name.removesuffix("Connection")
    any_of = facts().scopes.get(coordinate) or facts().scopes.get(named)
    if any_of and not asking.may(any_of):
        needed = " or ".join(f"`{scope}`" for scope in sorted(any_of))
        raise GraphQLError(
            f"Access denied for {info.field_name} field. Required access: {needed} access scope.",
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
