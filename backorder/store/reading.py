"""What answers have in common: pages, instants, errors that mutations report."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from backorder.store.errors import ChangedMeanwhile, GoneFromStore, StoreBusy, StoreRefused, UserError
from backorder.store.http import AFTER_FAULT

Node: TypeAlias = dict[str, Any]
GONE = frozenset(
    {"FULFILLMENT_ORDER_NOT_FOUND", "NOT_FOUND", "PRODUCT_DOES_NOT_EXIST", "PRODUCT_VARIANT_DOES_NOT_EXIST"}
)


def instant(text: str) -> datetime:
    """An aware UTC instant from the store's ISO 8601."""
    return datetime.fromisoformat(text).astimezone(UTC)


def instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


def next_cursor(connection: Node) -> str | None:
    """The cursor of the next page, None on the last."""
    page = connection["pageInfo"]
    return str(page["endCursor"]) if page["hasNextPage"] else None


def all_nodes(first: Node, more: Callable[[str], Node]) -> Iterator[Node]:
    """The nodes of a connection and of all its further pages; ``more(cursor)`` fetches one."""
    connection = first
    while True:
        yield from connection["nodes"]
        cursor = next_cursor(connection)
        if cursor is None:
            return
        connection = more(cursor)


def payload(data: Mapping[str, Any], field: str) -> Node:
    """The payload of a mutation that went well. Raises what its ``userErrors`` mean."""
    said: Node = data[field]
    if problems := user_errors(said):
        raise refusal(problems)
    return said


def user_errors(said: Node) -> tuple[UserError, ...]:
    return tuple(
        UserError(problem["message"], tuple(problem.get("field") or ()), problem.get("code"))
        for problem in said["userErrors"]
    )


def refusal(problems: tuple[UserError, ...]) -> StoreBusy | StoreRefused:
    """The error that these ``userErrors`` amount to."""
    sentence = problems[0].message
    codes = {problem.code for problem in problems}
    if "INTERNAL_ERROR" in codes:
        return StoreBusy(sentence, retry_after=AFTER_FAULT, outcome_unknown=True)
    if "STALE_OBJECT" in codes:
        return ChangedMeanwhile(sentence, problems=problems)
    if codes & GONE:
        return GoneFromStore(sentence, problems=problems)
    return StoreRefused(sentence, problems=problems)
