"""From a refusal of a verb to ``userErrors``."""

from collections.abc import Callable
from typing import Any

from devstore.admin.modelled import Kind, kind
from devstore.saying import StoreSays

Payload = dict[str, Any]
mutation = kind("Mutation")


def payload(name: str, *fields: str, errors: str = "userErrors") -> Kind:
    """Declare the payload type of a mutation."""
    return kind(name).keys(*fields, errors)


def user_error(said: StoreSays, *prefix: str) -> Payload:
    """One entry of ``userErrors``."""
    field = [*prefix, *said.field]
    return {"field": field or None, "message": said.message, "code": said.code}


def refused(*errors: Payload, under: str = "userErrors") -> Payload:
    """The answer of a mutation that did nothing."""
    return {under: list(errors)}


def attempt(act: Callable[[], Payload], under: str = "userErrors") -> Payload:
    """The answer of ``act``, or its refusal."""
    try:
        return {**act(), under: []}
    except StoreSays as said:
        return refused(user_error(said), under=under)
