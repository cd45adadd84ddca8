"""The search syntax of ``query:`` arguments: ``status:open AND updated_at:>='2026-07-01' -tag:x``."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Test = Callable[[Any], bool]
Read = Callable[[Any], object]

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<word>AND|OR|NOT)(?=[\s(])|
    (?P<minus>-)?(?P<field>\w+):(?P<op>>=|<=|>|<)?(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s()]+)))""",
    re.VERBOSE,
)


class SearchError(Exception):
    """The query asks for something this store does not understand."""


def compile_search(query: str | None, fields: Mapping[str, Read]) -> Test:
    """A test for nodes. Terms side by side are joined by AND. Raises ``SearchError`` naming what is not understood."""
    if not query or not query.strip():
        return lambda _node: True
    tokens = _tokens(query)
    parser = _Parser(tokens, fields)
    test = parser.any_of()
    if parser.left:
        raise SearchError(f"Unexpected {parser.left[0]} in {query!r}")
    return test


def _tokens(query: str) -> list[dict[str, str | None]]:
    found, at = [], 0
    while query[at:].strip():
        match = _TOKEN.match(query, at)
        if match is None:
            raise SearchError(f"Not understood: {query[at:]!r}")
        found.append(match.groupdict())
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[dict[str, str | None]], fields: Mapping[str, Read]) -> None:
        self.left = tokens
        self._fields = fields

    def any_of(self) -> Test:
        tests = [self._all_of()]
        while self._next_is("word", "OR"):
            tests.append(self._all_of())
        return lambda node: any(test(node) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._one()]
        while self.left and not self.left[0]["close"] and self.left[0]["word"] != "OR":
            self._next_is("word", "AND")
            tests.append(self._one())
        return lambda node: all(test(node) for test in tests)

    def _one(self) -> Test:
        if self._next_is("word", "NOT"):
            refused = self._one()
            return lambda node: not refused(node)
        if self._next_is("open", "("):
            inner = self.any_of()
            if not self._next_is("close", ")"):
                raise SearchError("A bracket is not closed")
            return inner
        if not self.left or self.left[0]["field"] is None:
            raise SearchError("A term is missing")
        return self._term(self.left.pop(0))

    def _term(self, token: dict[str, str | None]) -> Test:
        name = token["field"] or ""
        if name not in self._fields:
            raise SearchError(f"Searching by {name} is not modelled")
        value = token["single"] or token["double"] or token["bare"] or ""
        test = _comparison(self._fields[name], token["op"], value)
        return (lambda node: not test(node)) if token["minus"] else test

    def _next_is(self, what: str, text: str) -> bool:
        if self.left and self.left[0][what] == text:
            self.left.pop(0)
            return True
        return False


def _comparison(read: Read, operator: str | None, wanted: str) -> Test:
    moments: list[datetime] = []

    def moment() -> datetime:
        if not moments:
            moments.append(_moment(wanted))
        return moments[0]

    def test(node: Any) -> bool:
        found = read(node)
        if isinstance(found, frozenset):  # a set of words: any of them
            return wanted.lower() in found
        if isinstance(found, datetime):
            return _compare(found.replace(microsecond=0), operator, moment())
        if isinstance(found, bool) or found is None:
            return str(found).lower() == wanted.lower()
        if isinstance(found, int):
            return _compare(found, operator, int(wanted))
        return _compare(str(found).lower(), operator, wanted.lower())

    return test


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SearchError(f"Not a time: {text!r}") from error
    return moment.replace(tzinfo=moment.tzinfo or UTC, microsecond=0)


def _compare(found: Any, operator: str | None, wanted: Any) -> bool:
    match operator:
        case ">=":
            return bool(found >= wanted)
        case "<=":
            return bool(found <= wanted)
        case ">":
            return bool(found > wanted)
        case "<":
            return bool(found < wanted)
        case _:
            return bool(found == wanted)
