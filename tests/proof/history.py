"""The history of a sequence, from the store's own ledger: what was there whenever things had settled, and the journal.

Nothing in it comes from our database. What people chose in our app (which goods are managed, on which terms) they remember
themselves.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from devstore.ledger import ledger
from devstore.mailbox.letter import Mail
from devstore.model import Order

if TYPE_CHECKING:
    from tests.proof.stage import Stage

Book = dict[str, Any]
PROMISE = "backorder_promise"
OTHER_APP = 99
_NUMBER = re.compile(r"order (#\d+)")
_DAY = re.compile(r"Ships by (\w+ \d+, \d{4})")
_IN_STOCK = re.compile(r"\((\S+)\)\s+(\d+) units?\s+Ships now")
# What only letters say that tell of a wait: to who knew of it, and to who perhaps did not.
_WAITS = ("What happens next", "If the date suits you")


@dataclass(frozen=True)
class Chosen:
    """What people had chosen at a moment.

    ``managed`` goods since which entry of the journal, by sku; ``ever`` managed; unpaid orders ``served_since``; goods that
    were ``ordered`` from a supplier; whether a ``lead_time`` is set. Lines that a supplier sends directly, ``sent`` since which entry;
    ``ever_sent`` are those that once were; of these ``gone`` are those that were said to have left.
    """

    managed: dict[str, int]
    ever: frozenset[str]
    served_since: str | None
    ordered: frozenset[str]
    lead_time: bool
    sent: Mapping[int, int] = field(default_factory=dict)
    ever_sent: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Letter:
    """A letter as its reader has it. ``shown`` are the days that stood on the order when it came, by its metafield.

    ``in_stock``: units by (line, location) that it calls in stock, as far as no hold of ours was on them when it came.
    """

    order: str
    kind: str
    message_id: str
    text: str
    days: frozenset[str]
    shown: frozenset[str]
    journal: int
    in_stock: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """A look at the store, and the letters that had come by then.

    ``sure``: nothing was under way and no news was lost, so what should be true is true.
    """

    book: Book
    chosen: Chosen
    sure: bool
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True)
class Story:
    """Everything the checker may know: looks, letters, what the store was asked in vain, and verdicts on mail that were lost.

    Some end with the app having ``left`` the store, and some of these with it ``back``; the last look is from before.
    """

    frames: tuple[Frame, ...]
    letters: tuple[Letter, ...]
    misses: tuple[Any, ...] = ()
    deprecations: tuple[Any, ...] = ()
    left: Book | None = None
    back: Book | None = None

    @property
    def last(self) -> Book:
        return self.frames[-1].book


@dataclass
class History:
    """What a player remembers while it plays."""

    stage: "Stage"
    frames: list[Frame] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    managed: dict[str, int] = field(default_factory=lambda: {"AUR-1": 0, "LIN-B": 0})
    ever: set[str] = field(default_factory=lambda: {"AUR-1", "LIN-B"})
    served_since: str | None = None
    ordered: set[str] = field(default_factory=lambda: {"AUR-1", "LIN-B"})
    lead_time: bool = False
    sent: dict[int, int] = field(default_factory=dict)
    ever_sent: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    left: Book | None = None
    back: Book | None = None

    def __post_init__(self) -> None:
        keep = self.stage.mailbox.keep

        def remember(sender: str, recipients: tuple[str, ...], raw: bytes) -> Mail:
            mail = keep(sender, recipients, raw)
            self.letters.append(letter(mail, self.stage))
            return mail

        self.stage.mailbox.keep = remember  # type: ignore[method-assign]

    def choose(self, sku: str, *, managed: bool) -> None:
        """The merchant lets the app sell these goods, or no longer."""
        if not managed:
            self.managed.pop(sku, None)
        elif sku not in self.managed:
            self.managed[sku] = len(self.stage.store.journal)
            self.ever.add(sku)

    def has_sent(self, line: int, *, by_supplier: bool, gone: bool = False) -> None:
        """The merchant reads who sends a line, and whether it was said to have left."""
        if gone:
            self.gone.add(line)
        if not by_supplier:
            self.sent.pop(line, None)
        elif line not in self.sent:
            self.sent[line] = self.stage.store.journal[-1].seq
            self.ever_sent.add(line)

    def look(self, *, sure: bool) -> None:
        """Look at the store's ledger now."""
        chosen = Chosen(
            dict(self.managed),
            frozenset(self.ever),
            self.served_since,
            frozenset(self.ordered),
            self.lead_time,
            dict(self.sent),
            frozenset(self.ever_sent),
            frozenset(self.gone),
        )
        self.frames.append(Frame(self.read(), chosen, sure, tuple(self.letters)))

    def read(self) -> Book:
        """The store's ledger as it is now."""
        book = ledger(self.stage.world, self.stage.store)
        for order, known in zip(self.stage.store.orders.values(), book["orders"], strict=True):
            joined(order, known)
        return book

    def story(self) -> Story:
        world = self.stage.world
        talk = tuple(world.misses), tuple(world.deprecations)
        return Story(tuple(self.frames), tuple(self.letters), *talk, self.left, self.back)


def letter(mail: Mail, stage: "Stage") -> Letter:
    """A letter, and what stood on its order when it came."""
    text = mail.text or ""
    found = _NUMBER.search(mail.subject + "\n" + text)
    name = found.group(1) if found else ""
    number = next((o.id for o in stage.store.orders.values() if o.name == name), 0)
    shown = [
        str(each.value)
        for (owner, owner_id, _, key), each in stage.store.metafields.items()
        if (owner, owner_id, key) == ("ORDER", number, PROMISE)
    ]
    days = {datetime.strptime(day, "%B %d, %Y").date().isoformat() for day in _DAY.findall(text)}  # noqa: DTZ007 - a calendar day
    kind = "changed" if "What has changed" in text else "waits" if any(said in text for said in _WAITS) else "arrived"
    said = frozenset(re.findall(r"\d{4}-\d\d-\d\d", " ".join(shown)))
    called = _called_in_stock(stage, number, {sku: int(units) for sku, units in _IN_STOCK.findall(text)})
    return Letter(name, kind, mail.message_id, text, frozenset(days), said, len(stage.store.journal), called)


def _called_in_stock(stage: "Stage", order_id: int, said: Mapping[str, int]) -> dict[tuple[int, int], int]:
    """Units of an order that a letter calls in stock, by sku, as far as no hold of ours is on them now."""
    found = Counter[tuple[int, int]]()
    for line in stage.store.orders[order_id].line_items if said else ():
        left = said.get(line.sku or "", 0)
        for part in stage.store.fulfillment_orders_of(order_id):
            if all(each.app_id in {None, OTHER_APP} for each in part.holds):
                units = min(left, sum(each.remaining for each in part.lines if each.line_item_id == line.id))
                left -= units
                found[line.id, part.location_id] += units
    return dict(+found)


def joined(order: Order, book: Book) -> None:
    """Add to an order's book what the ledger leaves out: when its units joined, and when money came. Whole seconds."""
    book["moment"] = whole(order.created_at)
    book["paid_at"] = [
        whole(each.processed_at)
        for each in order.transactions
        if each.kind in {"SALE", "CAPTURE"} and each.status == "SUCCESS"
    ]
    for line in book["lines"]:
        line["joined"] = _joined(order, line["id"])


def _joined(order: Order, line_id: int) -> list[tuple[str, int]]:
    """When a line's units joined, without those that left it unshipped: the youngest of that moment."""
    tranches: list[tuple[str, int]] = []
    for agreement in order.agreements:
        for sale in agreement.sales:
            if sale.line_item_id != line_id:
                continue
            if sale.quantity > 0:
                tranches.append((whole(agreement.happened_at), sale.quantity))
                continue
            gone = -sale.quantity - sale.had_shipped
            while gone > 0 and tranches:
                moment, count = tranches.pop()
                if count > gone:
                    tranches.append((moment, count - gone))
                gone -= count
    moments = Counter[str]()
    for moment, count in tranches:
        moments[moment] += count
    return sorted(moments.items())


def whole(moment: datetime) -> str:
    """A moment as the store tells it: whole seconds."""
    return moment.replace(microsecond=0).isoformat()
