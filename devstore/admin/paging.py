"""Connections: any list becomes pages with cursors that stay right while the list changes."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError

LARGEST_PAGE = 250
SortKey = Callable[[Any], tuple[Any, ...]]


def by_id(node: Any) -> tuple[Any, ...]:
    """The order in which things came to be."""
    return (node.id,)


def by_update(node: Any) -> tuple[Any, ...]:
    """The order in which things changed."""
    return (node.updated_at, node.id)


@dataclass(frozen=True)
class Listing:
    """Nodes in no particular order, and the key that orders them."""

    nodes: Iterable[Any]
    key: SortKey = by_id


@dataclass(frozen=True)
class Edge:
    node: Any
    cursor: str


@dataclass(frozen=True)
class Page:
    """One page of a listing."""

    edges: list[Edge]
    has_next: bool
    has_previous: bool


def page(listing: Listing, args: dict[str, Any]) -> Page:
    """The first ``first`` nodes after the cursor. Raises ``GraphQLError`` for a size or cursor that is none."""
    first = args.get("first")
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 < first <= LARGEST_PAGE:
        raise GraphQLError(f"first must be between 1 and {LARGEST_PAGE}", extensions={"code": "BAD_REQUEST"})
    backwards = bool(args.get("reverse"))
    nodes = sorted(listing.nodes, key=listing.key, reverse=backwards)
    total = len(nodes)
    after = args.get("after")
    if after is not None:
        mark = _read(after)
        nodes = [node for node in nodes if _is_after(_plain(listing.key(node)), mark, backwards=backwards)]
    shown = [Edge(node, _write(listing.key(node))) for node in nodes[:first]]
    return Page(shown, has_next=len(nodes) > first, has_previous=len(nodes) < total)


def _is_after(key: list[Any], mark: list[Any], *, backwards: bool) -> bool:
    return key < mark if backwards else key > mark


def _plain(key: tuple[Any, ...]) -> list[Any]:
    return [part.isoformat(timespec="microseconds") if isinstance(part, datetime) else part for part in key]


def _write(key: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(_plain(key)).encode()).decode()


def _read(cursor: str) -> list[Any]:
    try:
        mark = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError) as error:
        raise GraphQLError(f"Invalid cursor: {cursor}", extensions={"code": "BAD_REQUEST"}) from error
    if not isinstance(mark, list):
        raise GraphQLError(f"Invalid cursor: {cursor}", extensions={"code": "BAD_REQUEST"})
    return mark
