"""Our GraphQL documents: one file each, named as what it does, fragments in ``fragments.graphql``.

To add one, copy its neighbour; the tests check every file here against the schema of the pinned API version.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FRAGMENTS = "fragments"


@dataclass(frozen=True)
class Document:
    """``text`` with all the fragments it uses; ``operation`` is its name; ``changes`` if it is a mutation."""

    operation: str
    text: str
    changes: bool


@cache
def document(name: str) -> Document:
    """The document ``<name>.graphql``. Raises FileNotFoundError for a name that is none."""
    text = (HERE / f"{name}.graphql").read_text(encoding="utf-8")
    kind, operation = re.findall(r"^(query|mutation) (\w+)", text, re.MULTILINE)[0]
    return Document(operation, _with_fragments(text), kind == "mutation")


def names() -> tuple[str, ...]:
    """Every document there is."""
    return tuple(sorted(path.stem for path in HERE.glob("*.graphql") if path.stem != FRAGMENTS))


def _with_fragments(text: str) -> str:
    """Append the fragments that the text uses, and those that they use."""
    fragments, used = _fragments(), list[str]()
    waiting = re.findall(r"\.\.\.(\w+)", text)
    while waiting:
        name = waiting.pop(0)
        if name in fragments and name not in used:
            used.append(name)
            waiting += re.findall(r"\.\.\.(\w+)", fragments[name])
    return "\n".join([text, *(fragments[name] for name in used)])


@cache
def _fragments() -> dict[str, str]:
    text = (HERE / f"{FRAGMENTS}.graphql").read_text(encoding="utf-8")
    parts = re.split(r"^(?=fragment )", text, flags=re.MULTILINE)
    return {part.split()[1]: part for part in parts if part.startswith("fragment ")}
