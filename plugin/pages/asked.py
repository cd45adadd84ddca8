"""What the address of a page asks for. A page is forgiving: what cannot be read is as if it were not there."""

from collections.abc import Container
from datetime import date

from flask import request

LARGEST = 2**63 - 1
LONGEST_TEXT = 100
FIRST_DAY = date(2000, 1, 1)


def text(name: str) -> str:
    """Printable text of a reasonable length."""
    asked = request.args.get(name, "")[:LONGEST_TEXT]
    return "".join(character for character in asked if character.isprintable()).strip()


def choice(name: str, among: Container[str]) -> str:
    """One of the known words, or nothing."""
    asked = request.args.get(name, "")
    return asked if asked in among else ""


def number(name: str) -> int:
    """A number that counts or names something; 0 where there is none."""
    return _number(request.args.get(name, ""))


def numbers(name: str, most: int) -> tuple[int, ...]:
    """Several numbers under one name, at most ``most``, each once."""
    found = (_number(asked) for asked in request.args.getlist(name))
    return tuple(dict.fromkeys(value for value in found if value))[:most]


def _number(asked: str) -> int:
    # 19 digits are as many as the largest id has; longer ones are not worth reading.
    if not (asked.isascii() and asked.isdigit() and len(asked) <= len(str(LARGEST))):
        return 0
    return min(int(asked), LARGEST)


def past_day(name: str, today: date) -> date | None:
    """A day that has begun, or nothing."""
    try:
        asked = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return asked if FIRST_DAY <= asked <= today else None
