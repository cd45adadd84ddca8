"""The values that may be asked with: each kind of text, number and day, its form and its bounds."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

LARGEST_ID = 2**63 - 1
MOST_UNITS = 1_000_000
# A ship date beyond these is a slip of the finger, and calendars end somewhere.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def without_controls(text: str) -> str:
    """The text, if it is plain; control characters are refused."""
    if any(character < " " or character == "\x7f" for character in text):
        raise ValueError("Use plain text without control characters.")
    return text


def _like(pattern: str, sentence: str) -> Callable[[str], str]:
    """Reads a text of one form only; another is refused with a sentence that shows the form."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return text

    return read


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255), AfterValidator(without_controls)]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(without_controls)
]
_PRICE, _PERCENT, _TIME = (
    r"[0-9]{1,9}([.][0-9]{1,3})?",
    r"-?[0-9]{1,3}([.][0-9]{1,2})?\s?%?",
    r"([01][0-9]|2[0-3]):[0-5][0-9]",
)
Price = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_like(_PRICE, "Give a price like 49.90.")),
    Field(json_schema_extra={"pattern": f"^{_PRICE}$"}),
]
Percent = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_like(_PERCENT, "Give a percentage up to 100, like 35 or 12.5.")),
    Field(json_schema_extra={"pattern": f"^{_PERCENT}$"}),
]
TimeOfDay = Annotated[
    str,
    AfterValidator(_like(_TIME, "Give a time of day like 14:00.")),
    Field(json_schema_extra={"pattern": f"^{_TIME}$"}),
]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Weekday = Annotated[int, Field(ge=0, le=6)]
