"""The days that a merchant's confidence adds to a supplier's word (domain §6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from backorder.rules.lateness import Lateness
from backorder.rules.wording import day as in_words

# A place in the queue that is served from more lots than this is reckoned as if it were served from so many.
MOST_LOTS = 5


def key(supplier: str) -> str:
    """Under what a supplier's record is kept: its name, however it was typed."""
    return " ".join(supplier.split()).casefold()


@dataclass(frozen=True)
class Allowance:
    """By when a lot is here, counted in days from the day first ``stated_on``, with ``percent`` confidence.

    ``days[m - 1]`` is right where m lots must all be here: each at 1 - (1 - p) / m. ``soonest``: so late it is at least, as surely.
    ``receipts`` of this ``supplier`` are known, half of which were at most ``usual`` days late.
    """

    supplier: str
    receipts: int
    usual: int
    percent: int
    stated_on: date
    soonest: int
    days: tuple[int, ...]

    def here_by(self, lots: int = 1) -> date:
        """The day by which a lot is here, as one of so many that a place in the queue needs."""
        return self.stated_on + timedelta(days=self.days[min(max(lots, 1), len(self.days)) - 1])

    def here_from(self) -> date:
        """The day before which it is hardly here."""
        return self.stated_on + timedelta(days=self.soonest)

    def said(self) -> str:
        """What the footing of a queue says of it: whatever can move a day."""
        return f"{self.percent} {self.stated_on} {self.days}"

    def sentence(self) -> str:
        """What it rests on, for the merchant."""
        name = self.supplier or "The supplier"
        by = f"{self.percent} % of such shipments are here by {in_words(self.here_by())}"
        if not self.receipts:
            return f"Nothing has come from {self.supplier or 'the supplier'} yet; as your suppliers go, {by}."
        return f"{name} is usually {late(self.usual)} ({receipts(self.receipts)}); {by}."


@dataclass(frozen=True)
class Chance:
    """How likely a lot is here: by the day ``first`` with the first of these chances, a day later with the next, and so on.

    The chance at which it is reckoned with is ``sure``, and that below which it is hardly here ``hardly``.
    """

    first: date
    by: tuple[float, ...]
    sure: float
    hardly: float


def chance(learned: Lateness, supplier: str, percent: int, stated_on: date, due_on: date, earliest: date) -> Chance:
    """How likely the lot of an ``allowance`` is here, day by day."""
    stated_on = min(stated_on, due_on)
    first = max(earliest, due_on) if due_on > stated_on else earliest
    beyond = (first - stated_on).days - 1
    sure = learned.level(percent / 100)
    return Chance(
        first=max(first, stated_on),
        by=learned.chances(key(supplier), beyond),
        sure=sure,
        hardly=min(sure, learned.level(1 - percent / 100)),
    )


def allowance(
    learned: Lateness, supplier: str, percent: int, stated_on: date, due_on: date, earliest: date
) -> Allowance:
    """What to allow for a lot that was first stated for ``stated_on``, is stated for ``due_on`` now, and can come ``earliest``.

    A lot does not come before ``earliest``, and one that was put off not before its new day: from the day first stated on, it is known
    to be at least so late. One that was brought forward is reckoned from its new day.
    """
    stated_on = min(stated_on, due_on)
    name = key(supplier)
    beyond = (max(earliest, due_on) if due_on > stated_on else earliest) - stated_on
    sure = percent / 100
    return Allowance(
        supplier=supplier.strip(),
        receipts=learned.receipts(name),
        usual=learned.usual(name),
        percent=percent,
        stated_on=stated_on,
        soonest=learned.days(name, 1 - sure, beyond.days - 1),
        days=tuple(learned.days(name, 1 - (1 - sure) / lots, beyond.days - 1) for lots in range(1, MOST_LOTS + 1)),
    )


def late(days: int) -> str:
    """``3 days late``, ``on time``, ``2 days early``."""
    if not days:
        return "on time"
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{count} {'late' if days > 0 else 'early'}"


def receipts(count: int) -> str:
    """``1 receipt``, ``12 receipts``."""
    return "1 receipt" if count == 1 else f"{count} receipts"
