"""Northlight Lamps, its customer Ada, and the letters she gets."""

from dataclasses import replace
from datetime import UTC, date, datetime

from backorder.mail.letter import Kind, Letter, LetterLine

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
EARLY = date(2026, 12, 7)
LATE = date(2026, 12, 17)

LAMPS = LetterLine("Desk lamp, brass", units_waiting=2, units_ready=0, ship_by=EARLY, sku="LAMP-BRASS")
CHAIR = LetterLine("Oak chair", units_waiting=0, units_ready=1, sku="CHAIR-OAK")
RUG = LetterLine("Wool rug", units_waiting=1, units_ready=0, ship_by=EARLY, was=EARLY)

CONFIRMATION = Letter(
    kind=Kind.CONFIRMATION,
    shop_name="Northlight Lamps",
    shop_domain="northlight.myshopify.com",
    shop_email="hello@northlight.example",
    order_name="#1003",
    order_url="https://northlight.example/orders/1003/status",
    first_name="Ada",
    locale="en",
    lines=(LAMPS, CHAIR),
    key="confirmation:1003",
)
YOU_SHOULD_KNOW = replace(CONFIRMATION, kind=Kind.YOU_SHOULD_KNOW, key="you_should_know:1003")
STOCK_LOST = replace(CONFIRMATION, kind=Kind.STOCK_LOST, key="stock_lost:1003")
ARRIVED = replace(
    CONFIRMATION,
    kind=Kind.ARRIVED,
    lines=(replace(LAMPS, units_waiting=1, units_ready=2),),
    key="arrived:1003:1",
)
DATE_CHANGED = replace(
    CONFIRMATION,
    kind=Kind.DATE_CHANGED,
    lines=(replace(LAMPS, ship_by=LATE, was=EARLY), RUG),
    reason="The ship that carries our lamps is waiting at the port of Rotterdam.",
    key="date_changed:1003:2",
)
LETTERS = {str(letter.kind): letter for letter in (CONFIRMATION, YOU_SHOULD_KNOW, STOCK_LOST, ARRIVED, DATE_CHANGED)}
