"""Reading what a webhook says, strictly: a value that cannot be is a sentence, not a crash."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BIGGEST_ID = 2**63 - 1
# Shopify allows 2048 variants in a product; a longer list of anything is not from there.
LONGEST_LIST = 10_000
_GID = re.compile(r"gid://shopify/(?P<kind>[A-Za-z]+)/(?P<number>[0-9]{1,19})(\?[!-~]*)?")


class Unreadable(Exception):
    """The body is signed, but not what its topic promises. The message is a sentence for whoever replays it."""


@dataclass(frozen=True)
class Payload:
    """An object of a webhook's body; ``path`` is where it stood, for sentences."""

    fields: Mapping[str, Any]
    path: str = ""

    def id(self, name: str, kind: str) -> int:
        """The store's id in field ``name``: a number, or the global id of a ``kind``. Raises Unreadable."""
        return _id(self.fields.get(name), self._at(name), kind)

    def id_if_any(self, name: str, kind: str) -> int | None:
        """The same; None where the field is absent or null."""
        return None if self.fields.get(name) is None else self.id(name, kind)

    def ids(self, name: str, kind: str) -> tuple[int, ...]:
        """A list of ids; an absent list is an empty one."""
        return tuple(_id(value, f"{self._at(name)}[{n}]", kind) for n, value in enumerate(self._list(name)))

    def text(self, name: str) -> str:
        """The text in field ``name``. Raises Unreadable."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise Unreadable(f"{self._at(name)} should be text, but is {shown(value)}.")
        return value

    def part(self, name: str) -> "Payload | None":
        """The object in field ``name``; None where it is absent or null."""
        value = self.fields.get(name)
        return None if value is None else _object(value, self._at(name))

    def parts(self, name: str) -> "tuple[Payload, ...]":
        """The objects of the list in field ``name``; an absent list is an empty one."""
        return tuple(_object(value, f"{self._at(name)}[{n}]") for n, value in enumerate(self._list(name)))

    def one_or_more(self, name: str) -> "tuple[Payload, ...]":
        """The object in field ``name``, or the objects of a list there; absent, there is none."""
        value = self.fields.get(name)
        return (_object(value, self._at(name)),) if isinstance(value, dict) else self.parts(name)

    def _list(self, name: str) -> list[Any]:
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Unreadable(f"{self._at(name)} should be a list, but is {shown(value)}.")
        if len(value) > LONGEST_LIST:
            raise Unreadable(f"{self._at(name)} has {len(value)} entries; no more than {LONGEST_LIST} can be.")
        return value

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def parse(body: bytes) -> Payload:
    """The object that a body holds. Raises Unreadable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The body is not JSON: {shown(str(error), 120)}.") from error
    return _object(found, "the body") if not isinstance(found, dict) else Payload(found)


def shown(value: object, longest: int = 60) -> str:
    """A value as it may stand in a sentence: short, in plain ASCII, whatever it holds."""
    text = ascii(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _object(value: object, path: str) -> Payload:
    if not isinstance(value, dict):
        raise Unreadable(f"{path} should be an object, but is {shown(value)}.")
    return Payload(value, path)


def _id(value: object, path: str, kind: str) -> int:
    number = _number(value, kind)
    if number is None:
        raise Unreadable(f"{path} should be the id of a {kind}, but is {shown(value)}.")
    if not 0 < number <= BIGGEST_ID:
        raise Unreadable(f"{path} is {shown(number)}, which no {kind} has as its id.")
    return number


def _number(value: object, kind: str) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    gid = _GID.fullmatch(value) if isinstance(value, str) else None
    return int(gid["number"]) if gid and gid["kind"] == kind else None
