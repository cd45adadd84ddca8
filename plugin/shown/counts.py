"""Counts as shown: what is set aside because nothing explains it, how the shelves changed, and what nobody can explain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from backorder.db import catalogue, claims, counts, levels, locations, lots, orders, overwriting, purchase_orders
from backorder.db.counts import Counted
from backorder.db.engine import Connection
from backorder.db.levels import Level
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.rises import Row
from backorder.rules.sheet.cells import written
from plugin.shown.model import Shown
from plugin.words import count, moment

PAGE = 50
MONTHS_SHOWN = timedelta(days=90)
LOSS_SHOWN = timedelta(days=30)
MOST_WAITING = 500
MOST_ROWS = 10_000
# The picture's own measures.
WIDTH, HEIGHT = 600, 116

# By the text of a row, as the books keep it.
_WHY: Mapping[str, str] = {
    Row.EXACTLY_ZERO: "The count rose to exactly 0 from below, which is what a correction looks like.",
    Row.OVERWRITTEN: "Another system overwrites the counts here, or seems to.",
    Row.SEVERAL_FIT: "More than one delivery that is due could be it.",
    Row.NONE_FITS: "No delivery to this place is due about now and large enough.",
    Row.NOTHING_ON_ORDER: "Nothing more of these goods is on order.",
    Row.UNANNOUNCED: "These goods were never on order, and you asked to be asked.",
    Row.UNDOES: "They were set aside before the count fell and rose again.",
}
_SAID = {
    Row.EXPLAINED: "Explained",
    Row.LOST: "Missing: misplaced, miscounted, broken or stolen",
    Row.MADE_AVAILABLE: "Available again in the store",
    Row.NOT_FOR_SALE: "Counted in, and not for sale",
    Row.PUT_RIGHT: "Put right: the store had counted off what suppliers sent",
    Row.NOT_OURS: "Believed: the app does not sell it on backorder",
    Row.UNDOES: "Takes a fall back that was a slip",
    Row.EXPECTED: "Taken for the delivery that was due",
    Row.NEVER_ORDERED: "Believed: never on order in the app",
}


class MayBelong(Shown):
    """A line of a purchase order that brings these goods here: ``outstanding`` units are still to come."""

    line_id: int
    number: str
    supplier: str
    outstanding: int


class AsideShown(Shown):
    """Units at a location that nothing explains: they serve nobody.

    Of ``kept`` of them somebody said that they stay aside; ``asks``: somebody should say what the others are.
    """

    variant_id: int
    title: str
    location_id: int
    location: str
    units: int
    kept: int
    asks: bool
    since: datetime | None
    why: str
    may_belong: tuple[MayBelong, ...]


class LocationAsked(Shown):
    """A location, and whether another system overwrites its *available*: what a person answered, and what it looks like."""

    location_id: int
    name: str
    is_service: bool
    landings: int
    answer: bool | None
    overwritten: bool
    asks: bool


class ChangeShown(Shown):
    """One change of a count: by how many units (``by``), found with so many ``on_hand``, and what explains it.

    ``unexplained`` units are explained by nothing; ``aside`` are set aside since. ``what`` says it in words.
    """

    count_id: int
    variant_id: int | None
    title: str
    location: str
    at: datetime
    on_hand: int
    by: int
    unexplained: int
    aside: int
    what: str
    actor: str


class ChangePage(Shown):
    """Changes that nothing explains, newest first; ``next_before`` asks for older ones."""

    changes: tuple[ChangeShown, ...]
    next_before: int | None


class Dot(Shown):
    """A corner of the picture's line, in its own measures."""

    x: int
    y: int


class VariantCounts(Shown):
    """How the counts of a variant changed. ``difference``: units that came or went unexplained in the last 90 days, in all."""

    variant_id: int
    title: str
    sku: str | None
    on_hand: int
    can_ship: int
    aside: tuple[AsideShown, ...]
    stocked_at: tuple[LocationAsked, ...]
    difference: int
    changes: tuple[ChangeShown, ...]
    next_before: int | None
    picture: tuple[Dot, ...]
    most: int


class Lost(Shown):
    """Units that vanished under orders which had been promised them from the shelf; these orders wait now."""

    variant_id: int
    title: str
    location: str
    units: int
    at: datetime
    orders: tuple[tuple[int, str], ...]


class CountsShown(Shown):
    """What the page of counts shows: what is aside, the locations, and what nothing explains."""

    aside: tuple[AsideShown, ...]
    locations: tuple[LocationAsked, ...]
    unexplained: ChangePage


def of_shop(house: House, shop: Shop, now: datetime, *, falls: bool = False, before: int | None = None) -> CountsShown:
    """The page of counts."""
    with house.db.read() as tx:
        return CountsShown(
            aside=_aside(tx, shop, levels.with_aside(tx, shop.shop_id), now),
            locations=_locations(tx, shop),
            unexplained=_unexplained(tx, shop, falls=falls, before=before),
        )


def questions(house: House, shop: Shop, now: datetime) -> tuple[AsideShown, ...]:
    """What a person should say something about."""
    with house.db.read() as tx:
        return tuple(one for one in _aside(tx, shop, levels.with_aside(tx, shop.shop_id), now) if one.asks)


def aside_of(tx: Connection, shop: Shop, item_id: int, now: datetime) -> dict[int, AsideShown]:
    """What is set aside of an item, by location."""
    here = levels.of_items(tx, shop.shop_id, [item_id])
    return {one.location_id: one for one in _aside(tx, shop, [level for level in here if level.aside.units], now)}


def overwritten(house: House, shop: Shop) -> tuple[LocationAsked, ...]:
    """Locations that look as if another system overwrote their counts, and nobody has said."""
    with house.db.read() as tx:
        return tuple(place for place in _locations(tx, shop) if place.asks)


def of_variant(
    house: House, shop: Shop, variant: catalogue.Variant, now: datetime, *, before: int | None = None
) -> VariantCounts:
    """How the counts of a variant changed."""
    item = variant.item_id
    with house.db.read() as tx:
        here = levels.of_items(tx, shop.shop_id, [item])
        found = counts.of_item(tx, shop.shop_id, item, before=before, limit=PAGE + 1)
        drawn = counts.of_item(tx, shop.shop_id, item, limit=4 * PAGE)
        stocked = {level.location_id for level in here}
        return VariantCounts(
            variant_id=variant.variant_id,
            title=variant.full_title,
            sku=variant.sku,
            on_hand=sum(level.on_hand for level in here),
            can_ship=sum(level.on_shelf - level.aside.units for level in here),
            aside=_aside(tx, shop, [level for level in here if level.aside.units], now),
            stocked_at=tuple(place for place in _locations(tx, shop) if place.location_id in stocked),
            difference=counts.differences(tx, shop.shop_id, [item], now - MONTHS_SHOWN).get(item, 0),
            changes=_changes(tx, shop, found[:PAGE]),
            next_before=found[PAGE - 1].count_id if len(found) > PAGE else None,
            picture=_picture(drawn[::-1], here),
            most=max((one.on_hand for one in drawn), default=0),
        )


def lost(house: House, shop: Shop, now: datetime) -> tuple[Lost, ...]:
    """Stock that vanished in the last month under orders that had been promised it, and that wait now."""
    with house.db.read() as tx:
        falls = counts.unexplained(tx, shop.shop_id, falls_only=True, since=now - LOSS_SHOWN)
        waiting = [c for c in claims.of_items(tx, shop.shop_id, {f.item_id for f in falls}) if c.backordered]
        # A shelf that shrinks takes from the newest.
        waiting = sorted(waiting, key=lambda claim: claim.age)[-MOST_WAITING:]
        taken = [row for row in lots.history(tx, shop.shop_id, [c.line_id for c in waiting]) if row["units"] < 0]
        known = orders.many(tx, shop.shop_id, {claim.order_id for claim in waiting})
        titles, names = _titles(tx, shop, {fall.item_id for fall in falls}), _names(tx, shop)
    order_of = {claim.line_id: claim.order_id for claim in waiting}
    found = []
    for fall in falls:
        moment_and_place = (fall.at, fall.item_id, fall.location_id)
        rows = [row for row in taken if (row["at"], row["item_id"], row["location_id"]) == moment_and_place]
        if rows and fall.item_id in titles:
            hit = sorted({order_of[row["line_id"]] for row in rows} & known.keys())
            found.append(
                Lost(
                    variant_id=titles[fall.item_id][0],
                    title=titles[fall.item_id][1],
                    location=names.get(fall.location_id, ""),
                    units=-sum(row["units"] for row in rows),
                    at=fall.at,
                    orders=tuple((order_id, known[order_id].name) for order_id in hit),
                )
            )
    return tuple(found)


def sheet(house: House, shop: Shop, variant: catalogue.Variant | None) -> str:
    """The changes of a variant's counts, or all that nothing explains, as a CSV file."""
    with house.db.read() as tx:
        if variant is None:
            found = counts.unexplained(tx, shop.shop_id, limit=MOST_ROWS)
        else:
            found = counts.of_item(tx, shop.shop_id, variant.item_id, limit=MOST_ROWS)
        changes = _changes(tx, shop, found)
    names = ("At", "Product", "Location", "On hand", "Changed by", "Unexplained", "Set aside", "What", "Who")
    rows = (
        (moment(c.at, shop.timezone), c.title, c.location, c.on_hand, c.by, c.unexplained, c.aside, c.what, c.actor)
        for c in changes
    )
    return written(names, rows)


def _unexplained(tx: Connection, shop: Shop, *, falls: bool, before: int | None) -> ChangePage:
    found = counts.unexplained(tx, shop.shop_id, falls_only=falls, before=before, limit=PAGE + 1)
    return ChangePage(
        changes=_changes(tx, shop, found[:PAGE]),
        next_before=found[PAGE - 1].count_id if len(found) > PAGE else None,
    )


def _aside(tx: Connection, shop: Shop, found: Sequence[Level], now: datetime) -> tuple[AsideShown, ...]:
    items = {level.item_id for level in found}
    titles, names = _titles(tx, shop, items), _names(tx, shop)
    lines = purchase_orders.lines_of_items(tx, shop.shop_id, items) if items else ()
    return tuple(
        AsideShown(
            variant_id=titles[level.item_id][0],
            title=titles[level.item_id][1],
            location_id=level.location_id,
            location=names.get(level.location_id, ""),
            units=level.aside.units,
            kept=level.aside.kept,
            asks=level.aside.asks(now),
            since=level.aside.since,
            why=_WHY.get(level.aside.why, "Somebody set them aside by hand."),
            may_belong=tuple(
                MayBelong(
                    line_id=line.line_id, number=line.number, supplier=line.supplier, outstanding=line.outstanding
                )
                for line in lines
                if (line.item_id, line.location_id) == (level.item_id, level.location_id) and line.outstanding
            ),
        )
        for level in found
        if level.item_id in titles
    )


def _locations(tx: Connection, shop: Shop) -> tuple[LocationAsked, ...]:
    habits = overwriting.of_shop(tx, shop.shop_id)
    found = []
    for place in locations.all_locations(tx, shop.shop_id):
        habit = habits.get(place.location_id, overwriting.Habit())
        found.append(
            LocationAsked(
                location_id=place.location_id,
                name=place.name,
                is_service=place.is_service,
                landings=habit.landings,
                answer=habit.answer,
                overwritten=habit.overwritten(is_service=place.is_service),
                asks=habit.asks(),
            )
        )
    return tuple(found)


def _changes(tx: Connection, shop: Shop, found: Iterable[Counted]) -> tuple[ChangeShown, ...]:
    rows = tuple(found)
    titles, names = _titles(tx, shop, {row.item_id for row in rows}), _names(tx, shop)
    return tuple(
        ChangeShown(
            count_id=row.count_id,
            variant_id=titles.get(row.item_id, (None, ""))[0],
            title=titles.get(row.item_id, (None, "A variant that is gone"))[1],
            location=names.get(row.location_id, ""),
            at=row.at,
            on_hand=row.on_hand,
            by=row.by,
            unexplained=row.unexplained,
            aside=row.aside,
            what=_what(row),
            actor=row.actor,
        )
        for row in rows
    )


def _what(row: Counted) -> str:
    """What a change was, in words: what explains it, then what became of the rest."""
    said = []
    if row.shipped:
        said.append(
            f"{count(row.shipped, 'unit')} shipped" if row.shipped > 0 else f"{count(-row.shipped, 'unit')} came back"
        )
    if row.received:
        said.append(f"{count(row.received, 'unit')} of a receipt")
    if row.returned:
        said.append(f"{count(row.returned, 'unit')} returned by a customer")
    if row.row == Row.EXPLAINED:
        return f"{', '.join(said) or 'Nothing to explain'}."
    if row.row in set(Row):
        known = _SAID.get(Row(row.row)) or f"Set aside. {_WHY[Row(row.row)]}"
    else:
        known = f"{count(abs(row.aside_by), 'unit')} {row.row}" if row.aside_by else row.row.capitalize()
    return f"{', '.join([*said, known])}".rstrip(".") + "."


def _titles(tx: Connection, shop: Shop, items: set[int]) -> Mapping[int, tuple[int, str]]:
    """A variant of each of these items, and its title."""
    found = catalogue.variants_of_items(tx, shop.shop_id, items) if items else ()
    return {variant.item_id: (variant.variant_id, variant.full_title) for variant in found}


def _names(tx: Connection, shop: Shop) -> dict[int, str]:
    return {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}


def _picture(oldest_first: Sequence[Counted], here: Sequence[Level]) -> tuple[Dot, ...]:
    """What stood on all shelves together, as the places of a line from left to right."""
    if len(oldest_first) < 2:
        return ()
    now_at = {level.location_id: level.on_hand for level in here}
    first = {row.location_id: row.on_hand - row.by for row in reversed(oldest_first)}
    at = {**now_at, **first}
    totals = [sum(at.values())]
    for row in oldest_first:
        at[row.location_id] = row.on_hand
        totals.append(sum(at.values()))
    lowest, highest = min(0, *totals), max(1, *totals)
    totals.append(totals[-1])  # the newest count lasts, too
    step, rise = WIDTH / (len(totals) - 1), HEIGHT / (highest - lowest)
    return tuple(
        Dot(x=round(number * step), y=round(HEIGHT - (total - lowest) * rise)) for number, total in enumerate(totals)
    )
