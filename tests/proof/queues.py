"""Who should have what, worked out a second time: from the store's ledger alone, without a line of the product."""

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.proof.history import OTHER_APP, Book, Frame

OPEN = frozenset({"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE"})
AT_A_SERVICE = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED"})
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
OURS = "promised-backorder"
# What was open to whoever packs for so long stays its order's.
OPEN_FOR_LONG = timedelta(minutes=15)

Age = tuple[bool, str, int, int]
# Units by line, of each fulfillment order.
Kept = dict[int, Counter[int]]


@dataclass(frozen=True)
class Piece:
    """Units of a line that joined at one moment; ``given`` is what they should have. ``kept`` are ``told`` ones, too."""

    line: int
    order: str
    age: Age
    units: int
    kept: int
    exposed: int
    given: int = 0
    told: int = 0


@dataclass(frozen=True)
class Shelf:
    """Goods at a location: ``supply`` units, and the pieces that want them, oldest first.

    ``blurred``: the store counted a supplier's parcel off it, and only who counts it knows what lies there.
    """

    item: int
    place: int
    sku: str
    supply: int
    pieces: tuple[Piece, ...]
    blurred: bool = False

    @property
    def kept(self) -> int:
        return sum(piece.kept for piece in self.pieces)

    def kept_of(self, line: int) -> int:
        return sum(piece.kept for piece in self.pieces if piece.line == line)

    def told(self, line: int) -> int:
        """Units that are kept because a letter called them in stock."""
        return sum(piece.told for piece in self.pieces if piece.line == line)

    def given(self, line: int) -> int:
        return sum(piece.given for piece in self.pieces if piece.line == line)

    def exposed(self, line: int) -> int:
        return sum(piece.exposed for piece in self.pieces if piece.line == line)


def ours(part: Book) -> list[Book]:
    """The holds of the app on a fulfillment order, whatever it calls them."""
    return [hold for hold in part["holds"] if hold["app_id"] not in {None, OTHER_APP}]


def original(writes: list[Book]) -> str:
    """The policy that people gave these goods last, or that they had before anybody wrote."""
    by_people = [entry["policy"] for entry in writes if entry["by"] != "app" and entry["policy"] != entry["before"]]
    return str(by_people[-1] if by_people else writes[0]["before"])


def shelves(frame: Frame) -> tuple[Shelf, ...]:
    """The shelves of all managed goods, as they were at a look. What suppliers send from elsewhere wants nothing of them."""
    found = []
    counted_off = _counted_off(frame)
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
                    found.append(Shelf(item, place, variant["sku"], supply, pieces, (item, place) in counted_off))
    return tuple(found)


def _counted_off(frame: Frame) -> set[tuple[int, int]]:
    """Where, by item and place, a parcel left with lines that a supplier sent, or once was to send."""
    if not frame.chosen.ever_sent:
        return set()
    items = {line["id"]: line["item_id"] for order in frame.book["orders"] for line in order["lines"]}
    places = {p["id"]: p["location_id"] for order in frame.book["orders"] for p in order["fulfillment_orders"]}
    return {
        (items[line["line_item_id"]], places[entry["fulfillment_order_id"]])
        for entry in frame.book["journal"]
        if entry["act"] == "shipped"
        for line in entry["lines"]
        if line["line_item_id"] in frame.chosen.ever_sent
    }


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
    moment was seen by nobody: it keeps what was kept before. What is held again by the very next act was not let go: that hold was narrowed.
    """
    kept: Kept = {}
    packed: dict[int, tuple[str, Counter[int]]] = {}  # when each parcel was, and what was kept of it until then
    for entry, following in itertools.pairwise((*book["journal"], {})):
        part = entry.get("fulfillment_order_id")
        act = entry["act"]
        if act == "hold released" and entry["handle"] == OURS and entry["seq"] > since:
            kept[part] = _units(entry["lines"]) - _held_again(entry, following)
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


def _held_again(released: Book, following: Book) -> Counter[int]:
    """Units that we hold again by the act that follows our release."""
    same = following.get("fulfillment_order_id") == released["fulfillment_order_id"]
    narrowed = same and following["act"] == "hold placed" and following["by"] == released["by"] == "app"
    return _units(following["lines"]) if narrowed else Counter()


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


@dataclass
class _Here:
    """Open units of a line at a place: how many are ``kept``, called in stock by a letter (``told``), ``exposed``.

    ``opened`` are those that are under nobody's hold, or under that of others only, by the moment until which they were open.
    """

    units: int = 0
    kept: int = 0
    told: int = 0
    exposed: int = 0
    opened: Counter[str] = field(default_factory=Counter)


def _pieces(frame: Frame, order: Book, item: int, kept_parts: Kept) -> list[tuple[int, Piece]]:
    """An order's pieces of an item, each with its place."""
    found = []
    for line in order["lines"]:
        if line["item_id"] != item or line["id"] in frame.chosen.sent:
            continue
        places = _by_place(frame.book, order, line, kept_parts)
        for place, count in _set_aside_by_its_draft(frame.book, order, line).items():
            if place in places:
                places[place].kept = max(places[place].kept, min(count, places[place].units))
        for place, count in _called_in_stock(frame, order, line).items():
            if place in places:
                places[place].told = max(0, min(count, places[place].exposed - places[place].kept))
                places[place].kept += places[place].told
        found += _by_moment(frame, order, line, places)
    return found


def _by_place(book: Book, order: Book, line: Book, kept_parts: Kept) -> dict[int, _Here]:
    """A line's open units, place by place."""
    places: dict[int, _Here] = {}
    for part in order["fulfillment_orders"]:
        remaining = sum(each["remaining"] for each in part["lines"] if each["line_item_id"] == line["id"])
        if part["status"] not in OPEN or not remaining:
            continue
        here = places.setdefault(part["location_id"], _Here())
        here.units += remaining
        # What a service gave back unfinished nobody packs, and the store holds none of it, until it is moved or asked for again.
        here.exposed += 0 if ours(part) or part["status"] == "INCOMPLETE" else remaining
        here.kept += remaining if beyond_recall(part) else kept_parts.get(part["id"], Counter())[line["id"]]
        if until := _open_until(book, part):
            here.opened[until] += remaining
    return places


def _open_until(book: Book, part: Book) -> str:
    """Until when a fulfillment order was under nobody's hold; empty where it is under one of ours, or somebody packs it."""
    if part["status"] == "OPEN" and not part["holds"]:
        return str(book["now"])
    if part["status"] != "ON_HOLD" or ours(part):
        return ""
    theirs = {each["id"] for each in part["holds"]}
    return str(
        min(entry["at"] for entry in book["journal"] if entry["act"] == "hold placed" and entry["hold_id"] in theirs)
    )


def _called_in_stock(frame: Frame, order: Book, line: Book) -> Counter[int]:
    """Units of a line that a letter called in stock, by place: they are its buyer's from then on, wherever they are moved, until they ship."""
    places = {part["id"]: part["location_id"] for part in order["fulfillment_orders"]}
    of_their_own = released(frame.book)
    found = Counter[int]()
    for letter in frame.letters:
        told = Counter({place: units for (of, place), units in letter.in_stock.items() if of == line["id"]})
        shipped: dict[int, tuple[str, int]] = {}
        for entry in frame.book["journal"][letter.journal :] if told else ():
            part = entry.get("fulfillment_order_id")
            if part not in places:
                continue
            if entry["act"] == "moved":
                units = min(told[entry["from_location_id"]], _units(entry["lines"])[line["id"]])
                told[entry["from_location_id"]] -= units
                told[entry["location_id"]] += units
            elif entry["act"] == "shipped" and part not in of_their_own:
                units = min(told[places[part]], _units(entry["lines"])[line["id"]])
                shipped[entry["fulfillment_id"]] = (entry["at"], units)
                told[places[part]] -= units
            elif entry["act"] == "fulfilment cancelled":
                at, units = shipped.get(entry["fulfillment_id"], ("", 0))
                told[places[part]] += units if at == entry["at"] else 0
        found |= told
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


def _was_held(book: Book, order: Book, line: Book) -> bool:
    """Whether a hold of ours was ever on units of a line."""
    return any(
        entry["act"] == "hold placed"
        and entry["order_id"] == order["id"]
        and entry["by"] == "app"
        and any(each["line_item_id"] == line["id"] for each in entry["lines"])
        for entry in book["journal"]
    )


def _is_long(since: str, until: str) -> bool:
    return datetime.fromisoformat(since) + OPEN_FOR_LONG <= datetime.fromisoformat(until)


def _by_moment(frame: Frame, order: Book, line: Book, places: dict[int, _Here]) -> list[tuple[int, Piece]]:
    """The line's open units by place and by the moment they joined: shipping took the oldest; kept or exposed is the oldest.

    Where a line waits at several places, the one that was opened first has its older units. What nobody ever held and was open for long
    is kept.
    """
    ready = ready_at(frame, order)
    ever_held = _was_held(frame.book, order, line)
    left: Counter[str] = Counter()
    gone = sum(count for _, count in line["joined"]) - sum(here.units for here in places.values())
    for moment, count in line["joined"]:
        here = count - min(count, gone)
        gone -= count - here
        left[max(moment, ready or moment)] += here
    queue = sorted(left.items())
    pieces = []
    for place, at in sorted(places.items()):
        still = at.units
        keeps, told, shown, older = min(at.kept, at.exposed), at.told, at.exposed, 0
        rest = []
        for moment, count in queue:
            here = min(count, still)
            still -= here
            if count > here:
                rest.append((moment, count - here))
            if here:
                share, seen = min(keeps, here), min(shown, here)
                of_it = min(told, share)
                keeps, told, shown = keeps - share, told - of_it, shown - seen
                if ready is not None and not ever_held:
                    long = sum(units for until, units in at.opened.items() if _is_long(moment, until))
                    share = max(share, min(here, max(0, long - older)))
                older += here
                age = (ready is None, moment, order["id"], line["id"])
                pieces.append((place, Piece(line["id"], order["name"], age, here, share, seen, told=of_it)))
        queue = rest
    return pieces


def ready_at(frame: Frame, order: Book) -> str | None:
    """When the payment rule was first met; None while it is not."""
    since = frame.chosen.served_since
    paid = max(order["paid_at"], default=order["moment"]) if order["financial_status"] in PAID else None
    if since is None or (paid is not None and paid < since):
        return paid
    return str(order["moment"])
