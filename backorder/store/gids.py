"""The store's global ids at the rim; inside, ids are numbers and their kind is known from where they stand."""

import re
from typing import Any


def gid(kind: str, number: int) -> str:
    """``gid://shopify/Order/1042`` for ("Order", 1042)."""
    return f"gid://shopify/{kind}/{number}"


def number(text: str) -> int:
    """The number at the tail of a gid, whatever its kind. Raises ValueError for anything else."""
    found = re.fullmatch(r"gid://shopify/[A-Za-z]+/([0-9]+)(?:\?.*)?", text)
    if not found:
        raise ValueError(f"no id of the store: {text[:80]!r}")
    return int(found[1])


def number_in(node: dict[str, Any] | None) -> int | None:
    """The number of a node that may be absent."""
    return None if node is None else number(node["id"])
