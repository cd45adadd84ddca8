"""Receipt or correction: what a change of a count between two settled reads is taken for (domain §2).

A fall is believed at once; a rise only when something explains it. What nothing explains is set *aside*: it serves nobody and is
promised to nobody until evidence or a person frees it. The store does not say why its stock rose, so the table below decides, read
from the top: the first row that fits counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum

# A lot is due so many days around its day, and may be so much larger than was expected.
AROUND_ITS_DAY = timedelta(days=7)
A_TENTH = 10
# A fall that is taken back so soon was a slip of the hand.
A_SLIP = timedelta(minutes=10)
# For so long a rise that nothing explains waits for its receipt before anybody is asked.
WAITS_FOR_A_RECEIPT = timedelta(minutes=10)
# Rises that land on exactly 0 at one location, after which it is taken for one that another system overwrites.
LANDINGS = 3


@dataclass(frozen=True)
class Counts:
    """What stands in the store at one location (units): free for sale, on the shelf whoever it is meant for, and able to ship."""

    available: int
    on_hand: int
    supply: int


@dataclass(frozen=True)
class Change:
    """How a place changed between two settled reads, less what explains it (units).

    ``received`` were at the dock, ``returned`` came back with a refund, ``shipped`` left. ``on_hand`` is what is left of the change of
    the shelf (r of domain §2), ``supply`` of the change of what can ship. ``from_below`` says that *available* rose to exactly 0.
    """

    by: int
    supply_by: int
    shipped: int
    received: int
    returned: int
    on_hand: int
    supply: int
    from_below: bool

    @property
    def risen(self) -> int:
        """Units that rose on the shelf for no known reason and could ship."""
        return max(0, min(self.on_hand, self.supply))

    @property
    def fallen(self) -> int:
        """Units that can ship no more for no known reason."""
        return max(0, -self.supply)

    @property
    def seen(self) -> bool:
        """Whether a count moved at all."""
        return bool(self.by or self.supply_by or self.shipped)


def change(was: Counts, now: Counts, *, shipped: int, docked: int, returned: int) -> Change:
    """Explain what changed: ``shipped`` units left, ``docked`` ones stood at the dock, up to ``returned`` came back.

    What was booked in and what came back explain no more than what rose; ``shipped`` below 0 came back with a cancelled parcel.
    """
    by, supply_by = now.on_hand - was.on_hand, now.supply - was.supply
    rise = supply_by + shipped
    received = max(0, min(rise, docked))
    came_back = max(0, min(rise - received, returned))
    explained = min(received + came_back, max(0, by + shipped))
    return Change(
        by=by,
        supply_by=supply_by,
        shipped=shipped,
        received=received,
        returned=came_back,
        on_hand=by + shipped - explained,
        supply=rise - received - came_back,
        from_below=was.available < 0 and now.available == 0,
    )


@dataclass(frozen=True)
class Awaited:
    """A lot that is expected at the place: ``rest`` units by ``due_on``; *in transit* it may come on any day."""

    rest: int
    due_on: date | None
    in_transit: bool = False

    def fits(self, units: int, today: date) -> bool:
        """Whether so many units that rise today may be this lot."""
        due = self.due_on is not None and abs(self.due_on - today) <= AROUND_ITS_DAY
        return (due or self.in_transit) and self.rest > 0 and units * A_TENTH <= self.rest * (A_TENTH + 1)


@dataclass(frozen=True)
class Fall:
    """An unexplained fall of ``units`` a moment ago: so many of what was aside, and of what was presumed, went with it."""

    units: int
    aside: int = 0
    presumed: int = 0


@dataclass(frozen=True)
class Evidence:
    """What is known beside a change.

    ``ours``: the app sells these goods on backorder. ``counted_off``: units that the store took off the count though they lie here
    (suppliers sent others). ``fell``: unexplained falls of the last minutes that were not taken back.
    ``overwritten``: another system overwrites *available* at this location. ``ever_ordered``: the item once was on a purchase order or
    a transfer. ``believes_unannounced``: the merchant's setting for goods that never were.
    """

    today: date
    ours: bool = True
    fell: tuple[Fall, ...] = ()
    overwritten: bool = False
    awaited: tuple[Awaited, ...] = ()
    ever_ordered: bool = False
    believes_unannounced: bool = True
    counted_off: int = 0

    def fitting(self, units: int) -> int:
        """How many of the awaited lots a rise of so many units may be."""
        return sum(lot.fits(units, self.today) for lot in self.awaited)


class Do(Enum):
    """What becomes of the units of a change."""

    NOTHING = "nothing"
    OFFER = "offer"  # they can ship; no delivery
    RECEIVE = "receive"  # the early part of what is on order, if something is
    GIVE_BACK = "give back"  # to whom they were taken from
    PUT_RIGHT = "put right"  # they lay there all the time
    ASK = "ask"  # set aside until somebody says what they are
    LOSE = "lose"


class Row(StrEnum):
    """The rows of the table, by which a change is known in the books."""

    EXPLAINED = "explained"
    LOST = "lost"
    MADE_AVAILABLE = "made available"
    NOT_FOR_SALE = "not for sale"
    PUT_RIGHT = "put right"
    NOT_OURS = "not ours"
    UNDOES = "undoes a fall"
    EXACTLY_ZERO = "exactly zero"
    OVERWRITTEN = "overwritten"
    EXPECTED = "expected"
    SEVERAL_FIT = "several fit"
    NONE_FITS = "none fits"
    NOTHING_ON_ORDER = "nothing on order"
    NEVER_ORDERED = "never ordered"
    UNANNOUNCED = "unannounced"


# Rises that are taken for deliveries, or are nobody's question.
BELIEVED = frozenset({Row.EXPECTED, Row.NEVER_ORDERED, Row.NOT_OURS, Row.NOT_FOR_SALE})

Fits = Callable[[Change, Evidence], bool]

# From the top. A receive record is evidence before all others: it is taken off the rise when the change is explained.
TABLE: tuple[tuple[Row, Fits, Do], ...] = (
    (Row.EXPLAINED, lambda c, _: c.on_hand == 0 and c.supply == 0, Do.NOTHING),
    (Row.LOST, lambda c, _: c.fallen > 0, Do.LOSE),
    (Row.MADE_AVAILABLE, lambda c, _: c.risen == 0 and c.supply > 0, Do.OFFER),
    (Row.NOT_FOR_SALE, lambda c, _: c.risen == 0, Do.NOTHING),
    (Row.PUT_RIGHT, lambda c, e: c.risen <= e.counted_off and not e.fitting(c.risen), Do.PUT_RIGHT),
    (Row.NOT_OURS, lambda _, e: not e.ours, Do.RECEIVE),
    (Row.UNDOES, lambda c, e: undone(c, e) is not None, Do.GIVE_BACK),
    (Row.EXACTLY_ZERO, lambda c, _: c.from_below, Do.ASK),
    (Row.OVERWRITTEN, lambda _, e: e.overwritten, Do.ASK),
    (Row.EXPECTED, lambda c, e: e.fitting(c.risen) == 1, Do.RECEIVE),
    (Row.SEVERAL_FIT, lambda c, e: e.fitting(c.risen) > 1, Do.ASK),
    (Row.NONE_FITS, lambda _, e: bool(e.awaited), Do.ASK),
    (Row.NOTHING_ON_ORDER, lambda _, e: e.ever_ordered, Do.ASK),
    (Row.NEVER_ORDERED, lambda _, e: e.believes_unannounced, Do.RECEIVE),
    (Row.UNANNOUNCED, lambda _c, _e: True, Do.ASK),
)


def undone(what: Change, evidence: Evidence) -> Fall | None:
    """The fall that this rise takes back: the newest that is equal.

    Where nothing rose in the store, the rise is late news of a parcel that an earlier reading took for a loss: it may be of several.
    """
    equal = next((fall for fall in reversed(evidence.fell) if fall.units == what.on_hand == what.risen), None)
    if equal is not None or what.supply_by > 0 or sum(fall.units for fall in evidence.fell) < what.risen:
        return equal
    aside = min(what.risen, sum(fall.aside for fall in evidence.fell))
    presumed = min(what.risen - aside, sum(fall.presumed for fall in evidence.fell))
    return Fall(what.risen, aside, presumed)


def not_taken_back(changes: Iterable[tuple[Row, int, int, int]]) -> tuple[Fall, ...]:
    """The falls among the latest changes, oldest first, that none of them took back.

    Each change is its row, its unexplained units, and by how much what was aside and what was presumed moved with it.
    """
    falls: list[Fall] = []
    for row, units, aside, presumed in changes:
        if units < 0:
            falls.append(Fall(-units, max(0, -aside), max(0, -presumed)))
        elif row is Row.UNDOES:
            equal = next((at for at in reversed(range(len(falls))) if falls[at].units == units), None)
            if equal is not None:
                del falls[equal]
            else:
                falls = _less(falls, units)
    return tuple(falls)


def _less(falls: Sequence[Fall], units: int) -> list[Fall]:
    """These falls with so many units fewer, off the newest first."""
    left = []
    for fall in reversed(falls):
        taken = min(fall.units, units)
        units -= taken
        if taken < fall.units:
            left.append(Fall(fall.units - taken, max(0, fall.aside - taken), max(0, fall.presumed - taken)))
    return left[::-1]


def needs_evidence(what: Change) -> bool:
    """Whether anything has to be known beside the counts."""
    return what.risen > 0 and what.fallen == 0


def judge(what: Change, evidence: Evidence) -> tuple[Row, Do]:
    """The row of the table that a change falls under. There is always exactly one."""
    return next((row, do) for row, fits, do in TABLE if fits(what, evidence))


@dataclass(frozen=True)
class Aside:
    """Units that nothing explains (Q of domain §2), since when and why; a person said of ``kept`` of them that they stay aside."""

    units: int = 0
    since: datetime | None = None
    why: str = ""
    kept: int = 0

    def less(self, units: int) -> "Aside":
        """With so many fewer, those first of which nobody has said anything."""
        left = max(0, self.units - units)
        return replace(self, units=left, kept=min(self.kept, left)) if left else Aside()

    def more(self, units: int, why: str, now: datetime) -> "Aside":
        """With so many more. Where nothing was in question the question begins now."""
        return Aside(self.units + units, self.since if self.in_question else now, why, self.kept) if units else self

    @property
    def in_question(self) -> int:
        """Units of which somebody has to say what they are."""
        return self.units - self.kept

    def asks(self, now: datetime) -> bool:
        """Whether it is time to ask: a receipt that may follow was waited for."""
        return self.in_question > 0 and self.since is not None and now - self.since >= WAITS_FOR_A_RECEIPT


@dataclass(frozen=True)
class Left:
    """What is aside at a place, and how many units are presumed to be the early part of what is on order."""

    aside: Aside
    presumed: int


def after(
    left: Left, what: Change, row: Row, do: Do, evidence: Evidence, *, outstanding: int, supply: int, now: datetime
) -> Left:
    """What is aside and presumed after a change. ``outstanding`` units are to come; ``supply`` can ship now, aside or not.

    Losses eat what is aside first. No more is aside than is there, and no more presumed than is expected.
    """
    aside, presumed = left.aside, left.presumed
    if do is Do.ASK:
        aside = aside.more(what.risen, row.value, now)
    elif do is Do.RECEIVE:
        presumed += what.risen
    elif do is Do.GIVE_BACK and (fall := undone(what, evidence)):
        aside = aside.more(fall.aside, aside.why or row.value, now)
        presumed += fall.presumed
    eaten = min(aside.units, what.fallen)
    aside = aside.less(eaten)
    presumed -= what.fallen - eaten
    # What left as parcels was there after all.
    proved = max(0, aside.units - max(0, supply))
    return Left(aside.less(proved), max(0, min(presumed + proved, outstanding)))


def booked(left: Left, units: int, *, aside_first: bool = False) -> tuple[int, Left]:
    """Book in ``units``: how many go to the dock, being nowhere on the shelf yet, and what is left aside and presumed.

    What rose before its receipt is not to come twice; what was aside is explained by it. ``aside_first``: a person said so.
    """
    presumed = min(units - (min(units, left.aside.units) if aside_first else 0), left.presumed)
    freed = min(units - presumed, left.aside.units)
    return units - presumed - freed, Left(left.aside.less(freed), left.presumed - presumed)
