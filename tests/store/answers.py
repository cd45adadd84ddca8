"""Answers as the store's own schema would give them.

Each test says what is in the shop, as plain dictionaries; our documents then run against the real schema over them, so
that an answer can only have the shape that Shopify's has.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import responses
from graphql import graphql_sync
from requests import PreparedRequest

from tests.store.cast import ENDPOINT
from tests.store.schema import admin_schema

Variables = dict[str, Any]
THROTTLE = {"maximumAvailable": 2000.0, "currentlyAvailable": 1988, "restoreRate": 100.0}
SERVED_BY = {"X-Shopify-API-Version": "2026-07"}


def in_the_shop(*, refusing: bool = False, **root: Any) -> list[Variables]:
    """Answer every request from ``root``; the list returned fills with the variables of each.

    ``refusing``: what ``root`` raises is the store's refusal, and no mistake of the test.
    """
    asked: list[Variables] = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        sent = json.loads(request.body or "{}")
        asked.append(sent["variables"])
        result = graphql_sync(admin_schema(), sent["query"], root_value=root, variable_values=sent["variables"])
        if refusing and result.errors:
            return 200, SERVED_BY, json.dumps({"errors": [{"message": str(error)} for error in result.errors]})
        assert not result.errors, result.errors
        said: dict[str, Any] = {"data": result.data, "extensions": {"cost": {"throttleStatus": THROTTLE}}}
        return 200, SERVED_BY, json.dumps(said)

    responses.add_callback(responses.POST, ENDPOINT, answer)
    return asked


def says(body: object = None, **how: Any) -> responses.BaseResponse:
    """One literal answer."""
    return responses.add(responses.POST, ENDPOINT, json=body, **how)


def connection(items: Sequence[Any]) -> Callable[..., dict[str, Any]]:
    """A connection that really pages."""

    def page(_info: object, first: int, after: str | None = None, **_others: object) -> dict[str, Any]:
        start = int(after or 0)
        end = start + first
        return {"nodes": items[start:end], "pageInfo": {"hasNextPage": end < len(items), "endCursor": str(end)}}

    return page


def user_error(message: str, code: str | None = None, field: Sequence[str] | None = None) -> dict[str, Any]:
    return {"message": message, "code": code, "field": field}
