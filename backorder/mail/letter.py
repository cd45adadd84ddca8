"""What a letter says, as frozen facts.

A letter that lacks a part its reader is owed cannot be made: the error names the part, so that the
message is shown to the merchant instead of being sent without it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from backorder.mail.one_line import one_line


class Kind(StrEnum):
    """The occasions on which we write; a template of the same name stands in ``templates/``."""

    CONFIRMATION = "confirmation"
    YOU_SHOULD_KNOW = "you_should_know"  # a confirmation for who saw no notice when they bought
    STOCK_LOST = "stock_lost"  # one for who bought from the shelf, which does not suffice after all
    ARRIVED = "arrived"
    DATE_CHANGED = "date_changed"


class LetterIncomplete(ValueError):
    """The facts do not make this letter; asking again with the same facts will not help."""


@dataclass(frozen=True)
class LetterLine:
    """One order line, as far as this letter speaks of it.

    ``units_waiting`` have no stock yet and ship by ``ship_by``, a day in the shop's time zone; None is
    "as soon as it arrives, no day known". ``was`` is the day told before (only for a changed date; equal
    to ``ship_by`` where this line's day did not move). Where a range is told, ``ship_from`` and ``was_from``
    are its first days; its last one is the promise. ``units_ready`` are, in a confirmation, what ships
    at once; in an arrival, what has just come in. ``reason``: why its day moved, where the letter's lines moved for several
    reasons. ``sent_directly``: a supplier sends it, in a parcel of its own. The lines of an arrival are all of the order that has
    just come in or still waits; those of a changed date all that wait.
    """

    title: str
    units_waiting: int
    units_ready: int
    ship_by: date | None = None
    was: date | None = None
    sku: str | None = None
    ship_from: date | None = None
    was_from: date | None = None
    reason: str | None = None
    sent_directly: bool = False

    def __post_init__(self) -> None:
        if min(self.units_waiting, self.units_ready) < 0:
            raise LetterIncomplete("A line cannot speak of fewer than zero units.")
        if not one_line(self.title):
            raise LetterIncomplete("A line needs a title.")

    @property
    def moved(self) -> bool:
        return self.was != self.ship_by

    @property
    def later(self) -> bool:
        """Whether the day told before is not kept: it moved back, or no day is known any more."""
        return self.was is not None and (self.ship_by is None or self.ship_by > self.was)


@dataclass(frozen=True)
class Choice:
    """The reader may say whether their order ships together: on the page at ``url``, until ``until`` (the shop's own time)."""

    url: str
    until: datetime


@dataclass(frozen=True)
class Letter:
    """One message owed to one customer because of one event; ``key`` names that event within the shop.

    ``shop_email`` is where answers go. A ``reason`` of ours (``rules.revision``) is told in the
    reader's language, any other word for word; where each line has its own, the letter has none. ``locale`` is the buyer's language as the store knows it, as ``fr-CA``.
    ``together``: nothing of the order ships before all of it can. ``choice``: the reader is asked whether it shall.

    Raises ``LetterIncomplete`` where a part is missing that the reader is owed.
    """

    kind: Kind
    shop_name: str
    shop_domain: str
    shop_email: str
    order_name: str
    lines: tuple[LetterLine, ...]
    key: str
    order_url: str | None = None
    first_name: str | None = None
    locale: str | None = None
    reason: str | None = None
    together: bool = False
    choice: Choice | None = None

    def __post_init__(self) -> None:
        for part in ("shop_name", "order_name", "key"):
            if not one_line(getattr(self, part)):
                raise LetterIncomplete(f"A letter needs its {part}.")
        if self.order_url is not None and not _is_web_address(self.order_url):
            raise LetterIncomplete("The order page must be a web address.")
        if self.choice is not None and not _is_web_address(self.choice.url):
            raise LetterIncomplete("The page where the reader chooses must be a web address.")
        _OWED[self.kind](self)

    @property
    def waiting(self) -> tuple[LetterLine, ...]:
        return tuple(line for line in self.lines if line.units_waiting)

    @property
    def from_here(self) -> tuple[LetterLine, ...]:
        """What waits to be sent by the shop."""
        return tuple(line for line in self.waiting if not line.sent_directly)

    @property
    def from_suppliers(self) -> tuple[LetterLine, ...]:
        """What its buyers wait for, and suppliers send."""
        return tuple(line for line in self.waiting if line.sent_directly)

    @property
    def directly(self) -> bool:
        """Whether suppliers send all that waits: nothing of it comes in here, and the store tells when it was shipped."""
        return bool(self.waiting) and not self.from_here

    @property
    def ready(self) -> tuple[LetterLine, ...]:
        return tuple(line for line in self.lines if line.units_ready)

    @property
    def moved(self) -> tuple[LetterLine, ...]:
        return tuple(line for line in self.waiting if line.moved)

    @property
    def unmoved(self) -> tuple[LetterLine, ...]:
        return tuple(line for line in self.waiting if not line.moved)


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and url.isprintable() and " " not in url


def _a_confirmation_says_what_waits(letter: Letter) -> None:
    if not letter.waiting:
        raise LetterIncomplete("A backorder confirmation needs a line that waits.")


def _an_arrival_says_what_came(letter: Letter) -> None:
    if not letter.ready:
        raise LetterIncomplete('"Your item is in" needs a line of which units are in.')


def _a_changed_date_says_which_and_why(letter: Letter) -> None:
    if not letter.moved:
        raise LetterIncomplete("A changed date needs a waiting line whose day moved.")
    if not all(one_line(letter.reason or line.reason or "") for line in letter.moved):
        raise LetterIncomplete("A changed date needs its reason.")


_OWED = {
    Kind.CONFIRMATION: _a_confirmation_says_what_waits,
    Kind.YOU_SHOULD_KNOW: _a_confirmation_says_what_waits,
    Kind.STOCK_LOST: _a_confirmation_says_what_waits,
    Kind.ARRIVED: _an_arrival_says_what_came,
    Kind.DATE_CHANGED: _a_changed_date_says_which_and_why,
}
