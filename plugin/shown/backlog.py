"""The backlog as shown: everything ordered and not yet shipped, in the order in which it is served."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from backorder.db import backlog, catalogue, claims, managing, offers
from backorder.db.backlog import OpenThen, Summed, Waiting
from backorder.db.engine import Connection
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.cap import youngest
from backorder.rules.claims import Claim
from backorder.rules.sheet.cells import written
from plugin.shown.model import Money, Shown
from plugin.words import exact

PAGE = 50
AT_ONCE = 1000
MOST_ROWS = 10_000
HEADINGS = (
    "Order",
    "Since",
    "Product",
    "SKU",
    "Ordered",
    "Covered",
    "Waiting",
    "Ships by",
    "Value",
    "Currency",
    "Note",
)

Spot = tuple[int, int]  # (line, location)


class Total(Shown):
    """Units, orders and money (one amount a currency) of a part of the backlog."""

    units: int
    orders: int
    money: tuple[Money, ...]


class ClaimShown(Shown):
    """Open units of one order line at one location. ``covered`` units have stock; ``backordered`` ones wait.

    Of goods that the app does not ``manage`` neither is known: both are 0.
    ``ready``: the shop's payment rule is met, so the claim has its turn; it lost it (``lost_turn``) where somebody else has held it for too long. ``value`` is that of the open units.
    ``beyond_limit`` units were ordered beyond what may be sold; ``moved_up``: a person moved it to the head of its queue.
    """

    order_id: int
    order_name: str
    line_id: int
    location_id: int
    item_id: int
    title: str
    sku: str | None
    units: int
    managed: bool
    covered: int
    backordered: int
    moved_up: bool
    since: datetime
    ready: bool
    lost_turn: bool
    projected_on: date | None
    value: Money
    beyond_limit: int


class BacklogPage(Shown):
    """Claims in the order in which they are served; ``next_offset`` asks for the following ones."""

    claims: tuple[ClaimShown, ...]
    next_offset: int | None


class OpenThenShown(Shown):
    """Units of one order line that were ordered and not yet shipped on a past day."""

    order_id: int
    order_name: str
    line_id: int
    title: str
    sku: str | None
    units: int
    value: Money


class BacklogThen(Shown):
    """The backlog as it was at the end of ``day`` in the shop's time zone: its total, and its lines."""

    day: date
    total: Total
    lines: tuple[OpenThenShown, ...]


@dataclass
class Sum:
    """A total being added up."""

    units: int = 0
    orders: set[int] = field(default_factory=set)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, order_id: int, units: int, unit_price: Decimal, currency: str) -> None:
        """Count some units of an order; none leave the total as it is."""
        if units:
            self.units += units
            self.orders.add(order_id)
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + unit_price * units

    def total(self) -> Total:
        """What was added up, largest amount first."""
        return Total(units=self.units, orders=len(self.orders), money=_largest_first(self.amounts))


def page(house: House, shop: Shop, *, waiting: bool = False, search: str = "", offset: int = 0) -> BacklogPage:
    """A page of the backlog; ``waiting``: only claims that no stock covers whole; ``search``: in order names, titles and SKU."""
    with house.db.read() as tx:
        rows = backlog.page(tx, shop.shop_id, only_waiting=waiting, search=search, offset=offset, limit=PAGE + 1)
        items = {row.claim.item_id for row in rows}
        beyond, managed = _beyond_limit(tx, shop.shop_id, items), managing.managed_of(tx, shop.shop_id, items)
    return _page(rows, beyond, managed, offset)


def sheet(house: House, shop: Shop, *, waiting: bool = False, search: str = "") -> str:
    """The backlog, or what of it is looked for, as a CSV file in the order in which it is served. What has no room is named in its last row."""
    with house.db.read() as tx:
        rows = backlog.page(tx, shop.shop_id, only_waiting=waiting, search=search, limit=MOST_ROWS + 1)
        items = {row.claim.item_id for row in rows}
        beyond, managed = _beyond_limit(tx, shop.shop_id, items), managing.managed_of(tx, shop.shop_id, items)
    cells = [
        _cells(_shown(row, beyond, managed=row.claim.drop_shipped or row.claim.item_id in managed), shop.timezone)
        for row in rows[:MOST_ROWS]
    ]
    if len(rows) > MOST_ROWS:
        cells.append(
            (
                "",
                *[None] * (len(HEADINGS) - 2),
                f"There is more than the {MOST_ROWS} rows of this file. Search for less.",
            )
        )
    return written(HEADINGS, cells)


def _cells(one: ClaimShown, timezone: str) -> tuple[str | int | None, ...]:
    day = one.projected_on.isoformat() if one.projected_on else None
    since, value = one.since.astimezone(ZoneInfo(timezone)), exact(one.value.amount, one.value.currency)
    known = (one.covered, one.backordered) if one.managed else (None, None)
    sums = (one.units, *known, day, value, one.value.currency)
    return (one.order_name, f"{since:%Y-%m-%d %H:%M}", one.title, one.sku, *sums, _note(one))


def _note(one: ClaimShown) -> str | None:
    """What is to be known of it besides."""
    if not one.managed:
        return "Not managed"
    if not one.backordered:
        return "Can ship"
    if one.lost_turn:
        return "Held by somebody else"
    if not one.ready:
        return "Not paid yet"
    if one.beyond_limit:
        return f"{one.beyond_limit} beyond the limit"
    return None if one.projected_on else "No date known"


def queue(house: House, shop: Shop, item_id: int, location_id: int, *, offset: int = 0) -> BacklogPage:
    """A page of one queue, in its order, those who are covered too."""
    with house.db.read() as tx:
        rows = backlog.queue_page(tx, shop.shop_id, item_id, location_id, offset=offset, limit=PAGE + 1)
        beyond, managed = _beyond_limit(tx, shop.shop_id, {item_id}), managing.managed_of(tx, shop.shop_id, {item_id})
    return _page(rows, beyond, managed, offset)


def _page(rows: tuple[Waiting, ...], beyond: Mapping[Spot, int], managed: Container[int], offset: int) -> BacklogPage:
    return BacklogPage(
        claims=tuple(
            _shown(row, beyond, managed=row.claim.drop_shipped or row.claim.item_id in managed) for row in rows[:PAGE]
        ),
        next_offset=offset + PAGE if len(rows) > PAGE else None,
    )


def totals(house: House, shop: Shop) -> tuple[Total, Total]:
    """What waits (no stock covers it), and the whole backlog; added up where the books are, however many wait."""
    with house.db.read() as tx:
        waiting, whole = backlog.sums(tx, shop.shop_id)
    return _total(waiting), _total(whole)


def _total(summed: Summed) -> Total:
    return Total(units=summed.units, orders=summed.orders, money=_largest_first(summed.amounts))


def _largest_first(amounts: Mapping[str, Decimal]) -> tuple[Money, ...]:
    largest = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Money(amount=amount, currency=currency) for currency, amount in largest)


def as_of(house: House, shop: Shop, day: date) -> BacklogThen:
    """The backlog as it was when ``day`` ended in the shop's time zone."""
    ends = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(shop.timezone)) - timedelta(microseconds=1)
    total, lines = Sum(), []
    with house.db.read() as tx:
        offset = 0
        while rows := backlog.as_of(tx, shop.shop_id, ends, offset=offset, limit=AT_ONCE):
            for row in rows:
                total.add(row.order_id, row.units, row.unit_price, row.currency)
                lines.append(_open_then(row))
            offset += len(rows)
    return BacklogThen(day=day, total=total.total(), lines=tuple(lines))


def _open_then(row: OpenThen) -> OpenThenShown:
    return OpenThenShown(
        order_id=row.order_id,
        order_name=row.order_name,
        line_id=row.line_id,
        title=row.title,
        sku=row.sku,
        units=row.units,
        value=Money(amount=row.unit_price * row.units, currency=row.currency),
    )


def _beyond_limit(tx: Connection, shop_id: int, items: set[int]) -> dict[Spot, int]:
    """Of whom among those who wait for these items the units are that were sold beyond the limit."""
    over = offers.oversold(tx, shop_id)
    by_item: dict[int, int] = {}
    for variant in catalogue.by_ids(tx, shop_id, over):
        if variant.item_id in items:
            by_item[variant.item_id] = max(by_item.get(variant.item_id, 0), over[variant.variant_id])
    queues: dict[int, list[Claim]] = {item_id: [] for item_id in by_item}
    for claim in claims.of_items(tx, shop_id, by_item):
        queues[claim.item_id].append(claim)
    return {spot: n for item_id, queue in queues.items() for spot, n in youngest(queue, by_item[item_id]).items()}


def _shown(row: Waiting, beyond: Mapping[Spot, int], *, managed: bool) -> ClaimShown:
    claim = row.claim
    waits = claim.backordered if managed else 0
    return ClaimShown(
        order_id=claim.order_id,
        order_name=row.order_name,
        line_id=claim.line_id,
        location_id=claim.location_id,
        item_id=claim.item_id,
        moved_up=claim.rank < 0,
        title=row.title,
        sku=row.sku,
        units=claim.units,
        managed=managed,
        covered=claim.given,
        backordered=waits,
        since=claim.since,
        ready=claim.ready,
        lost_turn=claim.lost_turn,
        projected_on=claim.projected_on if waits else None,
        beyond_limit=beyond.get((claim.line_id, claim.location_id), 0),
        value=Money(amount=row.unit_price * claim.units, currency=row.currency),
    )
