"""What if: whose days would move, which promises would break and which mails would go if something were changed now.

The answer is not worked out beside the real run: the change is really made, by the same inner functions as the verbs (``purchase``,
``manage``), what became of the queues, the promises and the outbox is read, and all of it is taken back. Nothing is written and no
bell is rung. On SQLite this holds the turn to write, as the real change would; so there is a bound on how many may wait for the
goods in question (5,000 lines: one to two seconds).
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from backorder import manage, purchase
from backorder.db import backlog, catalogue, mails, managing, offers, promises, purchase_orders, queues
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.outlook import Outlook, outlook
from backorder.promise import letter_key
from backorder.rules.terms_error import TermsError

MOST_QUESTIONS = 10
MOST_WAITING_ON_SQLITE, MOST_WAITING_ON_POSTGRESQL = 5_000, 20_000
MOST_DAYS = 1000
ACTOR = "what if"


@dataclass(frozen=True)
class Slips:
    """What is still to come on a purchase order, or on its line ``line_id`` alone, comes ``days`` later (below 0: sooner), or ``on`` a day."""

    purchase_order_id: int
    days: int = 0
    on: date | None = None
    line_id: int | None = None


@dataclass(frozen=True)
class FallsThrough:
    """The rest of a purchase order does not come at all."""

    purchase_order_id: int


@dataclass(frozen=True)
class Comes:
    """``units`` more of a variant come on a day, to a location (None: to the only one that ships online)."""

    variant_id: int
    units: int
    due_on: date
    location_id: int | None = None


@dataclass(frozen=True)
class Capped:
    """At most ``most`` units of a variant may wait; None: as many as like."""

    variant_id: int
    most: int | None


@dataclass(frozen=True)
class OnTerms:
    """Some settings are changed, given as ``Terms.changed`` takes them."""

    changes: Mapping[str, Any]


Question = Slips | FallsThrough | Comes | Capped | OnTerms


@dataclass(frozen=True)
class Moved:
    """An order line whose day would move or whose buyer would get a mail. ``units`` wait, at the order's ``unit_price`` each.

    ``was`` and ``would_be`` are ship days (None: no day can be named; nothing waits where ``waited`` or ``would_wait`` is 0).
    ``breaks``: it would ship later than promised, and now it would not.
    """

    order_id: int
    order_name: str
    line_id: int
    title: str
    sku: str | None
    units: int
    unit_price: Decimal
    currency: str
    was: date | None
    would_be: date | None
    waited: int
    would_wait: int
    promised_on: date | None
    breaks: bool
    mail: bool

    @property
    def money(self) -> Decimal:
        """What its units are worth."""
        return self.unit_price * self.units

    @property
    def later(self) -> bool:
        """Whether it would ship later, or on a day that nobody can name."""
        return bool(self.would_wait) and _late(self.would_be) > (_late(self.was) if self.waited else date.min)

    @property
    def sooner(self) -> bool:
        """Whether it would ship sooner, perhaps from the shelf."""
        return bool(self.waited) and _late(self.was) > (_late(self.would_be) if self.would_wait else date.min)


@dataclass(frozen=True)
class SoldOtherwise:
    """A variant that would be sold differently: its selling state and the next buyer's day, now and then, and why."""

    variant_id: int
    title: str
    state: str
    would_be_state: str
    ship_by: date | None
    would_ship_by: date | None
    reason: str


@dataclass(frozen=True)
class Answer:
    """``moved`` lines, broken promises first, then by how much later; ``looked_at`` lines wait for the goods in question.

    ``mails`` letters would go: one for an order, however many of its lines it speaks of.
    """

    moved: tuple[Moved, ...]
    sold: tuple[SoldOtherwise, ...]
    looked_at: int
    mails: int


def what_if(house: House, shop_id: int, questions: Sequence[Question], now: datetime) -> Answer:
    """What all of this together would do.

    Raises Unknown, Refused and TermsError as the real verbs would; the field has the number of the question before it, from 0:
    ``0.days``.
    """
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise Refused("questions", f"Ask for 1 to {MOST_QUESTIONS} changes at once.")
    most = MOST_WAITING_ON_SQLITE if house.db.is_sqlite else MOST_WAITING_ON_POSTGRESQL
    return house.db.rehearse(lambda tx: _rehearse(tx, shop_id, questions, now, most))


def _rehearse(tx: Connection, shop_id: int, questions: Sequence[Question], now: datetime, most: int) -> Answer:
    items: set[int] = set()
    for number, question in enumerate(questions):
        with _of_question(number):
            items |= set(_items(tx, shop_id, question))
    catalogue.lock_items(tx, shop_id, items)
    waiting = sum(one.claims for one in queues.standing(tx, shop_id, items).values())
    if waiting > most:
        raise Refused(
            "questions", f"{waiting} order lines are open for these goods; up to {most} can be tried out at once."
        )
    before, sold = outlook(tx, shop_id, items, now), _sold(tx, shop_id, items)
    versions = promises.numbers(tx, shop_id, before)
    for number, question in enumerate(questions):
        with _of_question(number):
            _make(tx, shop_id, question, now)
    after = outlook(tx, shop_id, items, now)
    mailed = _mailed(tx, shop_id, after, versions)
    concerned = {
        line_id
        for line_id in before.keys() | after.keys()
        if line_id in mailed or _day(before.get(line_id)) != _day(after.get(line_id))
    }
    return Answer(
        moved=_moved(tx, shop_id, concerned, before, after, mailed),
        sold=tuple(_differently(tx, shop_id, items, sold)),
        looked_at=len(before.keys() | after.keys()),
        mails=len(set(mailed.values())),
    )


def _items(tx: Connection, shop_id: int, question: Question) -> Collection[int]:
    """The goods that a question is about."""
    match question:
        case Slips() | FallsThrough():
            return {line.item_id for line in _lines(tx, shop_id, question)}
        case Comes() | Capped():
            found = catalogue.by_ids(tx, shop_id, [question.variant_id])
            if not found or found[0].gone:
                raise Unknown("variant_id", "The shop has no such variant.")
            return {found[0].item_id}
        case OnTerms():
            return managing.managed_items(tx, shop_id)


def _lines(
    tx: Connection, shop_id: int, question: Slips | FallsThrough
) -> tuple[purchase_orders.PurchaseOrderLine, ...]:
    order = purchase_orders.one(tx, shop_id, question.purchase_order_id)
    if order is None:
        raise Unknown("purchase_order_id", "The shop has no such purchase order.")
    wanted = question.line_id if isinstance(question, Slips) else None
    lines = tuple(line for line in order.lines if line.outstanding and wanted in {None, line.line_id})
    if order.cancelled_at is not None or not lines:
        raise Refused("purchase_order_id", f"Nothing more is to come on {order.number}.")
    return lines


def _make(tx: Connection, shop_id: int, question: Question, now: datetime) -> None:
    """Really make the change."""
    match question:
        case Slips():
            _slip(tx, shop_id, question, now)
        case FallsThrough():
            purchase.cancel_rest_in(tx, shop_id, question.purchase_order_id, actor=ACTOR, now=now)
        case Comes():
            line = purchase.DraftLine(question.variant_id, question.units, question.due_on)
            # A number that no purchase order of the shop has.
            draft = purchase.Draft(f"What if {secrets.token_hex(8)}", "", question.location_id, (line,))
            with _asked_as():
                purchase.place_in(tx, shop_id, draft, actor=ACTOR, now=now)
        case Capped():
            manage.cap_in(tx, shop_id, question.variant_id, question.most, actor=ACTOR, now=now)
        case OnTerms():
            manage.set_terms_in(tx, shop_id, question.changes, actor=ACTOR, now=now)


def _slip(tx: Connection, shop_id: int, question: Slips, now: datetime) -> None:
    if not -MOST_DAYS <= question.days <= MOST_DAYS:
        raise Refused("days", f"Give a number of days from -{MOST_DAYS} to {MOST_DAYS}.")
    for line in _lines(tx, shop_id, question):
        due_on = question.on or line.due_on + timedelta(days=question.days)
        with _asked_as(due_on="on" if question.on else "days"):
            purchase.change_due_in(tx, shop_id, line.line_id, due_on, actor=ACTOR, now=now)


@contextmanager
def _asked_as(**names: str) -> Iterator[None]:
    """Name a field that the real verb refuses as the question names it."""
    try:
        yield
    except Refused as refused:
        field = refused.field.rsplit(".", 1)[-1]
        raise type(refused)(names.get(field, field), refused.sentence) from None


@contextmanager
def _of_question(number: int) -> Iterator[None]:
    """Say which question is refused."""
    try:
        yield
    except (Refused, TermsError) as refused:
        raise type(refused)(f"{number}.{refused.field}", refused.sentence) from None


def _mailed(tx: Connection, shop_id: int, lines: Iterable[int], before: Mapping[int, int]) -> dict[int, int]:
    """The order of each line that a letter would speak of, by line.

    A letter that an earlier change of these owes and a later one makes untrue is not sent: its version is no longer the newest.
    """
    fresh = {
        letter_key(line_id, newest): line_id
        for line_id, newest in promises.numbers(tx, shop_id, lines).items()
        if newest > before.get(line_id, 0)
    }
    return {fresh[key]: order_id for key, order_id in mails.owed(tx, shop_id, fresh).items()} if fresh else {}


def _moved(
    tx: Connection,
    shop_id: int,
    concerned: Collection[int],
    before: Mapping[int, Outlook],
    after: Mapping[int, Outlook],
    mailed: Collection[int],
) -> tuple[Moved, ...]:
    found = []
    spoken_of = set()
    for row in backlog.with_words(tx, shop_id, concerned):
        line_id = row.claim.line_id
        if line_id in spoken_of:  # it has claims at several places
            continue
        spoken_of.add(line_id)
        was, then = before.get(line_id), after.get(line_id)
        units = max(was.units if was else 0, then.units if then else 0)
        broke = was is not None and was.broken
        promised_on = was.promised_on if was else None
        breaks = then is not None and Outlook(line_id, 0, then.units, then.ship_by, promised_on).broken and not broke
        found.append(
            Moved(
                order_id=row.claim.order_id,
                order_name=row.order_name,
                line_id=line_id,
                title=row.title,
                sku=row.sku,
                units=units,
                unit_price=row.unit_price,
                currency=row.currency,
                was=was.ship_by if was else None,
                would_be=then.ship_by if then else None,
                waited=was.units if was else 0,
                would_wait=then.units if then else 0,
                promised_on=promised_on,
                breaks=breaks,
                mail=line_id in mailed,
            )
        )
    # Sorted is stable: those who are alike stay in the order of the queue.
    return tuple(
        sorted(found, key=lambda one: (not one.breaks, -_late(one.would_be).toordinal() + _late(one.was).toordinal()))
    )


def _sold(tx: Connection, shop_id: int, items: Iterable[int]) -> dict[int, offers.Offer]:
    return offers.get(tx, shop_id, [variant.variant_id for variant in catalogue.variants_of_items(tx, shop_id, items)])


def _differently(
    tx: Connection, shop_id: int, items: Collection[int], before: Mapping[int, offers.Offer]
) -> Iterable[SoldOtherwise]:
    after = _sold(tx, shop_id, items)
    for variant in catalogue.variants_of_items(tx, shop_id, items):
        was, then = before.get(variant.variant_id), after.get(variant.variant_id)
        if was is None or then is None or _shows(was) == _shows(then):
            continue
        yield SoldOtherwise(
            variant_id=variant.variant_id,
            title=variant.full_title,
            state=was.state,
            would_be_state=then.state,
            ship_by=_shows(was)[1],
            would_ship_by=_shows(then)[1],
            reason=then.reason,
        )


def _shows(offer: offers.Offer) -> tuple[str, date | None]:
    """How it is sold and the next buyer's day."""
    day = offer.wanted.get("ship_by")
    return offer.state, date.fromisoformat(day) if day else None


def _day(one: Outlook | None) -> tuple[int, date | None]:
    """Units that wait and their day; nothing waits where there is none."""
    return (one.units, one.ship_by) if one else (0, None)


def _late(day: date | None) -> date:
    """No day at all is later than any."""
    return day or date.max
