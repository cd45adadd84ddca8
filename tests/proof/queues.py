"""Who should have what, worked out a second time: from the store's ledger alone, without a line of the product."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.proof.history import Book, Frame

OPEN = frozenset({"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE"})
AT_A_SERVICE = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED"})
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
OURS = "promised-backorder"
OTHER_APP = 99
# What was open to whoever packs for so long stays its order's.
OPEN_FOR_LONG = timedelta(minutes=15)

Age = tuple[bool, str, int, int]
# Units by line, of each fulfillment order.
Kept = dict[int, Counter[int]]


@dataclass(frozen=True)
class Piece:
    """Units of a line that joined at one moment; ``given`` is what they should have."""

    line: int
    order: str
    age: Age
    units: int
    kept: int
    exposed: int
    given: int = 0


@dataclass(frozen=True)
class Shelf:
    """Goods at a location: ``supply`` units, and the pieces that want them, oldest first."""

    item: int
    place: int
    sku: str
    supply: int
    pieces: tuple[Piece, ...]

    @property
    def kept(self) -> int:
        return sum(piece.kept for piece in self.pieces)

    def given(self, line: int) -> int:
        return sum(piece.given for piece in self.pieces if piece.line == line)

    def exposed(self, line: int) -> int:
        return sum(piece.exposed for piece in self.pieces if piece.line == line)


def ours(part: Book) -> list[Book]:
    """The holds of the app on a fulfillment order, whatever it calls them."""
    return [hold for hold in part["holds"] if hold["app_id"] not in {None, OTHER_APP}]


def shelves(frame: Frame) -> tuple[Shelf, ...]:
    """The shelves of all managed goods, as they were at a look."""
    found = []
    for variant in frame.book["variants"]:
        if variant["sku"] in frame.chosen.managed and variant["tracked"]:
            item = variant["item_id"]
            kept = let_go(frame.book, since=frame.chosen.managed[variant["sku"]])
            by_place: dict[int, list[Piece]] = {}
            for order in frame.book["orders"]:
                if order["cancelled_at"] is None:
                    for place, piece in _pieces(frame, order, item, kept):
                        by_place.setdefault(place, []).append(piece)
            for level in frame.book["levels"]:
                if level["item_id"] == item:
                    place, supply = level["location_id"], level["available"] + level["committed"]
                    pieces = _served(by_place.get(place, []), supply)
                    found.append(Shelf(item, place, variant["sku"], supply, pieces))
    return tuple(found)


def released(book: Book, since: int = 0, by: str = "") -> frozenset[int]:
    """Fulfillment orders from which a hold of ours went after an entry of the journal, by anybody or by one."""
    return frozenset(
        entry["fulfillment_order_id"]
        for entry in book["journal"]
        if entry["act"] == "hold released"
        and entry["handle"] == OURS
        and entry["seq"] > since
        and by in {"", entry["by"]}
    )


def let_go(book: Book, since: int = 0) -> Kept:
    """Units that are kept by what the journal tells, after an entry: a hold of ours went, or they came back with a parcel.

    They are followed through splits, moves and merges, and end with parcels and edits. A parcel that was packed and cancelled in one
    moment was seen by nobody: it keeps what was kept before.
    """
    kept: Kept = {}
    packed: dict[int, tuple[str, Counter[int]]] = {}  # when each parcel was, and what was kept of it until then
    for entry in book["journal"]:
        part = entry.get("fulfillment_order_id")
        act = entry["act"]
        if act == "hold released" and entry["handle"] == OURS and entry["seq"] > since:
            kept[part] = _units(entry["lines"])
        elif act == "fulfilment cancelled" and entry["seq"] > since:
            at, before = packed.get(entry["fulfillment_id"], ("", Counter()))
            kept[part] = before if at == entry["at"] else _units(entry["lines"])
        elif act in {"split", "moved"} and part in kept and entry["new_fulfillment_order_id"] != part:
            gone = _units(entry["lines"]) & kept[part]
            kept[part] -= gone
            kept[entry["new_fulfillment_order_id"]] = gone
        elif act in {"cancellation accepted", "request withdrawn"} and part in kept:
            kept[entry["new_fulfillment_order_id"]] = kept.pop(part)
        elif act == "merged":
            for other in entry["merged_fulfillment_order_ids"]:
                kept.setdefault(part, Counter()).update(kept.pop(other, Counter()))
        elif act == "shipped":
            units = _units(entry["lines"])
            packed[entry["fulfillment_id"]] = (entry["at"], units & kept.get(part, Counter()))
            if part in kept:
                kept[part] -= units
    return _what_is_left(book, kept)


def _units(lines: list[Book]) -> Counter[int]:
    found = Counter[int]()
    for line in lines:
        found[line["line_item_id"]] += line["units"]
    return found


def _what_is_left(book: Book, kept: Kept) -> Kept:
    """Edits and refunds take units out; and what a hold split off in between is not said."""
    for order in book["orders"]:
        for part in order["fulfillment_orders"]:
            if part["id"] in kept:
                left = Counter[int]()
                for line in part["lines"]:
                    left[line["line_item_id"]] += line["remaining"]
                kept[part["id"]] &= left
    return kept


def _served(pieces: list[Piece], supply: int) -> tuple[Piece, ...]:
    left = supply - sum(piece.kept for piece in pieces)
    served = []
    for piece in sorted(pieces, key=lambda each: each.age):
        more = min(max(0, left), piece.units - piece.kept)
        left -= more
        served.append(replace(piece, given=piece.kept + more))
    return tuple(served)


def beyond_recall(part: Book) -> bool:
    """Whether somebody packs it, or a fulfillment service was asked for it."""
    return part["status"] == "IN_PROGRESS" or part["request_status"] in AT_A_SERVICE


def _pieces(frame: Frame, order: Book, item: int, kept_parts: Kept) -> list[tuple[int, Piece]]:
    """An order's pieces of an item, each with its place."""
    found = []
    for line in order["lines"]:
        if line["item_id"] != item:
            continue
        units, kept, exposed, opened = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
        aside = _set_aside_by_its_draft(frame.book, order, line)
        for part in order["fulfillment_orders"]:
            remaining = sum(each["remaining"] for each in part["lines"] if each["line_item_id"] == line["id"])
            if part["status"] in OPEN and remaining:
                place = part["location_id"]
                units[place] += remaining
                # What a service gave back unfinished nobody packs, and the store holds none of it, until it is moved or asked for again.
                exposed[place] += 0 if ours(part) or part["status"] == "INCOMPLETE" else remaining
                if beyond_recall(part):
                    kept[place] += remaining
                else:
                    kept[place] += kept_parts.get(part["id"], Counter())[line["id"]]
                if part["status"] == "OPEN" and not part["holds"]:
                    opened[place] += remaining
        for place, count in aside.items():
            kept[place] = max(kept[place], min(count, units[place]))
        found += _by_moment(frame, order, line, units, kept, exposed, opened)
    return found


def _set_aside_by_its_draft(book: Book, order: Book, line: Book) -> Counter[int]:
    """Units of a line that staff had set aside when its order was a draft, by place: it is born keeping them."""
    found = Counter[int]()
    for entry in book["journal"]:
        if entry["act"] == "draft completed" and entry["order_id"] == order["id"]:
            for each in entry["lines"]:
                if each["item_id"] == line["item_id"] and each["location_id"] is not None:
                    found[each["location_id"]] += each["units"]
    return found


def _is_open_for_long(frame: Frame, order: Book, line: Book, moment: str) -> bool:
    """Whether units that nobody ever held are their order's: they joined long enough ago, or a letter about another line called them in stock."""
    held = [
        {each["line_item_id"] for each in entry["lines"]}
        for entry in frame.book["journal"]
        if entry["act"] == "hold placed" and entry["order_id"] == order["id"] and entry["by"] == "app"
    ]
    if any(line["id"] in lines for lines in held):
        return False
    old = datetime.fromisoformat(moment) + OPEN_FOR_LONG <= datetime.fromisoformat(frame.book["now"])
    return old or bool(held)


def _by_moment(
    frame: Frame,
    order: Book,
    line: Book,
    units: Counter[int],
    kept: Counter[int],
    exposed: Counter[int],
    opened: Counter[int],
) -> list[tuple[int, Piece]]:
    """The line's open units by place and by the moment they joined: shipping took the oldest; kept or exposed is the oldest.

    Where a line waits at several places, the one that was opened first has its older units.
    """
    ready = ready_at(frame, order)
    left: Counter[str] = Counter()
    gone = sum(count for _, count in line["joined"]) - units.total()
    for moment, count in line["joined"]:
        here = count - min(count, gone)
        gone -= count - here
        left[max(moment, ready or moment)] += here
    queue = sorted(left.items())
    pieces = []
    for place in sorted(units):
        still = units[place]
        keeps, shown, free = min(kept[place], exposed[place]), exposed[place], opened[place]
        rest = []
        for moment, count in queue:
            here = min(count, still)
            still -= here
            if count > here:
                rest.append((moment, count - here))
            if here:
                share, seen = min(keeps, here), min(shown, here)
                open_here = min(free, here)
                keeps, shown, free = keeps - share, shown - seen, free - open_here
                if ready is not None and _is_open_for_long(frame, order, line, moment):
                    share = max(share, open_here)
                age = (ready is None, moment, order["id"], line["id"])
                pieces.append((place, Piece(line["id"], order["name"], age, here, share, seen)))
        queue = rest
    return pieces


def ready_at(frame: Frame, order: Book) -> str | None:
    """When the payment rule was first met; None while it is not."""
    since = frame.chosen.served_since
    paid = max(order["paid_at"], default=order["moment"]) if order["financial_status"] in PAID else None
    if since is None or (paid is not None and paid < since):
        return paid
    return str(order["moment"])
