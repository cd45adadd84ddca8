"""A letter to a supplier: what to send to which buyer, and what has changed of that. In English: it is between two businesses."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backorder.mail.compose import addressed
from backorder.mail.letter import LetterIncomplete
from backorder.mail.one_line import isolated, one_line
from backorder.mail.render import TEMPLATES, Rendered
from backorder.rules.wording import day, units

LANGUAGE = "en"


@dataclass(frozen=True)
class Goods:
    """``units`` of something to be sent by ``ship_by`` (None: no day is known), where the supplier had been told ``was`` units; 0: none yet."""

    title: str
    sku: str | None
    units: int
    was: int
    ship_by: date | None

    @property
    def said(self) -> str:
        """How many, and what they were."""
        if not self.units:
            return f"Cancelled: do not send the {units(self.was)}"
        return f"{units(self.units)} instead of {self.was}" if self.was else units(self.units)

    @property
    def when(self) -> str:
        """By when they are to be sent."""
        if not self.units:
            return ""
        return f"Please send by {day(self.ship_by)}" if self.ship_by else "Please send as soon as you can"


@dataclass(frozen=True)
class BuyersOrder:
    """What is to be sent of one buyer's order, and where: ``to`` as one writes it on a parcel; nowhere, where all of it is cancelled."""

    name: str
    to: tuple[str, ...] = field(repr=False)
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True)
class SupplierLetter:
    """One message to a supplier; ``key`` names its mailing within the shop, ``shop_email`` is where answers go.

    ``note`` is what the merchant adds to it. Raises ``LetterIncomplete`` where a part is missing.
    """

    shop_name: str
    shop_domain: str
    shop_email: str
    supplier: str
    number: int
    key: str
    orders: tuple[BuyersOrder, ...]
    note: str = ""

    def __post_init__(self) -> None:
        for part in ("shop_name", "supplier", "key"):
            if not one_line(getattr(self, part)):
                raise LetterIncomplete(f"A letter to a supplier needs its {part}.")
        if not self.orders:
            raise LetterIncomplete("A letter to a supplier needs something to say.")
        for order in self.orders:
            if any(one.units for one in order.goods) and not order.to:
                raise LetterIncomplete(f"A supplier must be told where order {order.name} goes.")

    @property
    def to_send(self) -> tuple[BuyersOrder, ...]:
        """The orders of which something is to be sent."""
        return tuple(order for order in self.orders if any(one.units for one in order.goods))

    @property
    def changes(self) -> bool:
        """Whether anything is said that the supplier knows otherwise."""
        return any(one.was for order in self.orders for one in order.goods)


def render(letter: SupplierLetter) -> Rendered:
    """The letter in words. The same facts give the same words, on every machine and day."""
    facts = {"letter": letter, "subject": _subject(letter), "line": _line}
    text = _TEXT.get_template("supplier.txt.j2").render(facts)
    html = _HTML.get_template("supplier.html.j2").render(facts)
    return Rendered(_subject(letter), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html, LANGUAGE)


def compose(letter: SupplierLetter, *, to: str, mail_from: str, at: datetime) -> EmailMessage:
    """The letter as a message from the shop (by way of ``mail_from``) to ``to``. Raises as ``mail.compose.compose``."""
    return addressed(
        render(letter),
        shop=(letter.shop_name, letter.shop_domain, letter.shop_email),
        key=letter.key,
        to=to,
        mail_from=mail_from,
        at=at,
    )


def _line(text: str) -> str:
    return isolated(one_line(text))


def _subject(letter: SupplierLetter) -> str:
    to_send = len(letter.to_send)
    count = "1 order" if to_send == 1 else f"{to_send} orders"
    shop = one_line(letter.shop_name)
    if not to_send:
        return f"Cancelled by {shop}: do not send (letter {letter.number})"
    changed = ", and what changed" if letter.changes else ""
    return f"{count} to send for {shop}{changed} (letter {letter.number})"


def _environment(*, markup: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader([TEMPLATES / "suppliers"]),
        autoescape=markup,  # noqa: S701  # plain text has no markup to escape; the page escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEXT = _environment(markup=False)
_HTML = _environment(markup=True)
