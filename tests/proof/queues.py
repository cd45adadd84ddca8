"""Who should have what, worked out a second time: from the store's ledger alone, without a line of the product."""

from collections import Counter
from dataclasses import dataclass, replace

from tests.proof.history import Book, Frame

OPEN = frozenset({"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE"})
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
OURS = "promised-backorder"
OTHER_APP = 99

Age = tuple[bool, str, int, int]


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
    """Goods at the location: ``supply`` units, and the pieces that want them, oldest first."""

    item: int
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
            level = next(each for each in frame.book["levels"] if each["item_id"] == item)
            kept = released(frame.book, since=frame.chosen.managed[variant["sku"]])
            pieces = [
                piece
                for order in frame.book["orders"]
                if order["cancelled_at"] is None
                for piece in _pieces(frame, order, item, kept)
            ]
            supply = level["available"] + level["committed"]
            found.append(Shelf(item, variant["sku"], supply, _served(pieces, supply)))
    return tuple(found)


def released(book: Book, since: int = 0, by: str = "") -> dict[int, dict[int, int]]:
    """Fulfillment orders from which a hold of ours went after an entry of the journal, by anybody or by one; units by line."""
    return {
        entry["fulfillment_order_id"]: {each["line_item_id"]: each["units"] for each in entry["lines"]}
        for entry in book["journal"]
        if entry["act"] == "hold released"
        and entry["handle"] == OURS
        and entry["seq"] > since
        and by in {"", entry["by"]}
    }


def _served(pieces: list[Piece], supply: int) -> tuple[Piece, ...]:
    left = supply - sum(piece.kept for piece in pieces)
    served = []
    for piece in sorted(pieces, key=lambda each: each.age):
        more = min(max(0, left), piece.units - piece.kept)
        left -= more
        served.append(replace(piece, given=piece.kept + more))
    return tuple(served)


def _pieces(frame: Frame, order: Book, item: int, kept_parts: dict[int, dict[int, int]]) -> list[Piece]:
    found = []
    for line in order["lines"]:
        if line["item_id"] != item:
            continue
        units = kept = exposed = 0
        for part in order["fulfillment_orders"]:
            remaining = sum(each["remaining"] for each in part["lines"] if each["line_item_id"] == line["id"])
            if part["status"] in OPEN:
                units += remaining
                exposed += 0 if ours(part) else remaining
                if part["status"] == "IN_PROGRESS":
                    kept += remaining
                elif part["id"] in kept_parts:
                    # Held again, units are still kept: which fulfillment order they are in is not said.
                    kept += kept_parts[part["id"]].get(line["id"], 0) if ours(part) else remaining
        found += _by_moment(ready_at(frame, order), order, line, units, min(kept, exposed), exposed)
    return found


def _by_moment(ready: str | None, order: Book, line: Book, units: int, kept: int, exposed: int) -> list[Piece]:
    """The line's open units by the moment they joined: shipping took the oldest; what is kept or exposed is the oldest."""
    left: Counter[str] = Counter()
    gone = sum(count for _, count in line["joined"]) - units
    for moment, count in line["joined"]:
        here = count - min(count, gone)
        gone -= count - here
        left[max(moment, ready or moment)] += here
    pieces = []
    for moment, count in sorted(left.items()):
        share, shown = min(kept, count), min(exposed, count)
        kept, exposed = kept - share, exposed - shown
        if count:
            age = (ready is None, moment, order["id"], line["id"])
            pieces.append(Piece(line["id"], order["name"], age, count, share, shown))
    return pieces


def ready_at(frame: Frame, order: Book) -> str | None:
    """When the payment rule was first met; None while it is not."""
    since = frame.chosen.served_since
    paid = max(order["paid_at"], default=order["moment"]) if order["financial_status"] in PAID else None
    if since is None or (paid is not None and paid < since):
        return paid
    return str(order["moment"])
