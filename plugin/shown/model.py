"""What everything shown has in common."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, field_serializer

from plugin.words import exact

T = TypeVar("T")

# Fewer than SQLite's limit of variables in one statement, with room for the others.
AT_ONCE = 500


class Shown(BaseModel):
    """Something shown. Unknown fields are a mistake of ours, not of the caller."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Money(Shown):
    """An exact amount; in JSON a string, so that no reader rounds it."""

    amount: Decimal
    currency: str

    @field_serializer("amount")
    def _in_digits(self, amount: Decimal) -> str:
        return exact(amount, self.currency)


def in_portions(things: Iterable[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """The things in portions that one question to the database may name."""
    rest = iter(things)
    while portion := tuple(islice(rest, size)):
        yield portion
