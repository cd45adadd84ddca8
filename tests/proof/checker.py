"""The checker: what must be true of a story, decided from the store's ledger, its journal and the mailbox alone.

Each law is a function from a story to sentences, one for each place where it is broken. The names of the invariants are those
of docs/reliability: I1 no oversell, I2 first come first served, I2b nothing is left over, I3 letters, I8 our own things only,
I10 valid talk, I12 promises.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from tests.proof.history import Book, Frame, Story
from tests.proof.leaving import leaving_gives_everything_back, who_comes_back_finds_everything
from tests.proof.queues import OPEN, OURS, Shelf, let_go, original, ours, ready_at, released
from tests.proof.queues import shelves as all_shelves
from tests.proof.sending import what_a_supplier_sends_is_packed_by_nobody

Law = Callable[[Story], list[str]]
Standing = Mapping[tuple[int, int], Shelf]  # by (item, place)


def nothing_is_exposed_that_is_not_there(story: Story) -> list[str]:
    """I1: beyond what is kept, the warehouse may ship no more managed units than are there."""
    broken = []
    for frame in _sure(story):
        for shelf in shelves(frame):
            exposed = sum(piece.exposed for piece in shelf.pieces)
            free = max(0, shelf.supply - shelf.kept)
            if exposed - shelf.kept > free:
                broken.append(
                    f"{shelf.sku}: {exposed} may be shipped, {shelf.kept} of them kept, {shelf.supply} are there"
                )
    return broken


def nothing_is_released_that_is_not_there(story: Story) -> list[str]:
    """I1: what we let go or called in stock between two looks was there at some moment between them, beside what was kept before."""
    broken = []
    for before, after in _pairs(story):
        standing = _standing(before)
        for shelf in shelves(after):
            seen = before.book["journal"][-1]["seq"]
            if after.chosen.managed[shelf.sku] > seen or shelf.sku not in before.chosen.managed:
                continue
            fresh = released(after.book, seen, by="app")
            new = _left_in(after, shelf, fresh).total() + _newly_told(shelf, standing.values(), after.book, seen)
            old = shelf.kept - new
            most = shelf.supply + _went_meanwhile(after.book, shelf.item, seen)
            # What was kept and shipped was nobody else's at any moment.
            most -= _shipped_of_kept(standing.get((shelf.item, shelf.place)), after.book, seen)
            if new > max(0, most - old):
                broken.append(f"{shelf.sku}: {new} were let go where {most} were there and {old} were kept")
    return broken


def nobody_is_overtaken(story: Story) -> list[str]:
    """I2: no unit may be shipped, unless it is kept, while an older eligible one has to go without."""
    return [
        f"{shelf.sku}: {piece.order} may have {piece.exposed} shipped, {piece.given} are its turn"
        for frame in _sure(story)
        for shelf in shelves(frame)
        for piece in shelf.pieces
        if piece.exposed > max(piece.given, piece.kept)
    ]


def who_is_let_go_had_their_turn(story: Story) -> list[str]:
    """I2: between two looks we let nobody go while somebody older waits who waited at both, there, and whom nobody else held.

    What has gone from a shelf meanwhile may have been the older one's: then nothing is said.
    """
    broken = []
    for before, after in _pairs(story):
        seen, standing = before.book["journal"][-1]["seq"], _standing(before)
        ours_to_judge = _held_by_nobody_else(after.book)
        for shelf in shelves(after):
            was = standing.get((shelf.item, shelf.place))
            known = was is not None and after.chosen.managed[shelf.sku] <= seen and shelf.sku in before.chosen.managed
            if was is None or not known or _went_meanwhile(after.book, shelf.item, seen):
                continue
            still = {(piece.line, piece.age) for piece in was.pieces if piece.given < piece.units}
            waiting = [
                piece
                for piece in shelf.pieces
                if piece.given < piece.units and (piece.line, piece.age) in still and not piece.age[0]
            ]
            first = min((piece.age for piece in waiting if piece.order in ours_to_judge), default=None)
            fresh = +_left_in(after, shelf, released(after.book, seen, by="app"))
            broken += [
                f"{shelf.sku}: {piece.order} was let go, and somebody older waits"
                for piece in shelf.pieces
                if first is not None and piece.line in fresh and shelf.exposed(piece.line) > was.exposed(piece.line)
                if first < min(one.age for one in shelf.pieces if one.line == piece.line)
            ]
    return broken


def nobody_waits_for_what_is_theirs(story: Story) -> list[str]:
    """I2b: no fulfillment order stays under our hold alone when everything in it is there and it is its turn."""
    broken = []
    for frame in _sure(story):
        standing = _standing(frame)
        broken += [
            f"{order['name']}: held, and all that it waits for is there"
            for order in frame.book["orders"]
            if _is_clear(frame, order)
            for part in order["fulfillment_orders"]
            if ours(part) and ours(part) == part["holds"] and _may_go(frame, order, part, standing)
        ]
    return broken


def what_was_let_go_stays_let_go(story: Story) -> list[str]:
    """§4 (b, c): units whose hold of ours went, by us or by staff, are never held again, in whatever part of their line."""
    broken = []
    for frame in _sure(story):
        for shelf in shelves(frame):
            free = Counter[int]()
            since = let_go(frame.book, frame.chosen.managed[shelf.sku])
            for part in (part for order in frame.book["orders"] for part in order["fulfillment_orders"]):
                if part["status"] in OPEN and part["location_id"] == shelf.place:
                    free.update(since.get(part["id"], Counter()))
            broken += [
                f"{shelf.sku}: {free[line]} units of a line were let go, {shelf.exposed(line)} may be shipped"
                for line in sorted({piece.line for piece in shelf.pieces})
                if shelf.exposed(line) < free[line]
            ]
    return broken


def one_hold_of_ours_at_most(story: Story) -> list[str]:
    """I8: a fulfillment order never carries two holds of ours."""
    return [
        f"{order['name']}: {len(ours(part))} holds of ours on {part['id']}"
        for frame in story.frames
        for order in frame.book["orders"]
        for part in order["fulfillment_orders"]
        if len(ours(part)) > 1
    ]


def nothing_is_cancelled_by_us(story: Story) -> list[str]:
    """I8: we cancel no order, and release nobody's holds but our own."""
    broken = []
    for entry in story.last["journal"]:
        if entry["by"] == "app" and entry["act"] == "order cancelled":
            broken.append(f"{entry['name']} was cancelled by us")
        if entry["by"] == "app" and entry["act"] == "hold released" and entry["handle"] != OURS:
            broken.append(f"a hold called {entry['handle']!r} was released by us")
    return broken


def letters_come_once(story: Story) -> list[str]:
    """I3: one event is one letter; the same words twice only for goods that came twice."""
    ids = Counter(letter.message_id for letter in story.letters)
    broken = [f"{count} letters are {message_id}" for message_id, count in ids.items() if count > 1]
    words = Counter((letter.order, letter.kind, letter.text) for letter in story.letters if letter.kind != "arrived")
    broken += [f"{order} was told the same {count} times" for (order, _, _), count in words.items() if count > 1]
    arrivals = Counter(letter.order for letter in story.letters if letter.kind == "arrived")
    for order, count in arrivals.items():
        if count > len(_releases_of(story.last, order)):
            broken.append(f"{order} was told {count} times that goods are in")
    return broken


def letters_are_true(story: Story) -> list[str]:
    """I12: a letter says days that stand on the order when it comes, and that goods are in only after a release."""
    broken = []
    for letter in story.letters:
        if not letter.days <= letter.shown:
            broken.append(
                f"{letter.order} was told {sorted(letter.days - letter.shown)}, promised {sorted(letter.shown)}"
            )
        earlier = [seq for seq in _releases_of(story.last, letter.order) if seq <= letter.journal]
        if letter.kind == "arrived" and not earlier:
            broken.append(f"{letter.order} was told that goods are in before anything was released")
    return broken


def who_waits_is_told(story: Story) -> list[str]:
    """I12: whoever waits under our hold, has paid and can be written to was told so; test orders never are."""
    told = {letter.order for letter in story.letters}
    broken = [
        f"{o['name']} is a test and got a letter" for o in story.last["orders"] if o["test"] and o["name"] in told
    ]
    frame = story.frames[-1]
    standing = _standing(frame)
    for order in frame.book["orders"] if frame.sure else ():
        writable = order["email"] and not order["test"] and order["cancelled_at"] is None
        if writable and ready_at(frame, order) and _is_clear(frame, order):
            waits = [line for line in order["lines"] if _missing(standing, line)]
            if waits and order["name"] not in told:
                broken.append(f"{order['name']} waits and was never told")
    return broken


def policies_are_borrowed(story: Story) -> list[str]:
    """§8: goods that we never managed have the policy that people gave them; ours sell on only where something comes."""
    broken = []
    for variant in story.last["variants"]:
        writes = [e for e in story.last["journal"] if e["act"] == "policy set" and e["variant_id"] == variant["id"]]
        sku, chosen = variant["sku"], story.frames[-1].chosen
        if sku not in chosen.ever and any(entry["by"] == "app" for entry in writes):
            broken.append(f"{sku}: we set its policy, and were never asked to")
        mine = writes and writes[-1]["by"] == "app"
        if not (mine and story.frames[-1].sure):
            continue
        if (
            sku in chosen.managed
            and variant["policy"] == "CONTINUE"
            and not (sku in chosen.ordered or chosen.lead_time)
        ):
            broken.append(f"{sku}: sold beyond stock, and nothing is to come")
        if sku not in chosen.managed and variant["policy"] != original(writes):
            broken.append(f"{sku}: not managed any more, and {variant['policy']} is not what it was")
    return broken


def orders_say_what_is_true(story: Story) -> list[str]:
    """The tag and the metafield of an order say that it waits exactly while it does."""
    broken = []
    for frame in _sure(story):
        standing = _standing(frame)
        for order in (one for one in frame.book["orders"] if _is_clear(frame, one)):
            said = next((json.loads(m["value"]) for m in order["metafields"] if m["key"] == "backorder_promise"), None)
            waits = order["cancelled_at"] is None and any(_missing(standing, line) for line in order["lines"])
            if said is None:
                if waits and ready_at(frame, order):
                    broken.append(f"{order['name']}: waits, and its metafield says nothing")
                continue
            if said["waiting"] != waits and _all_managed(frame, order):
                broken.append(f"{order['name']}: its metafield says waiting={said['waiting']}, true is {waits}")
            if said["waiting"] != ("backorder" in order["tags"]):
                broken.append(f"{order['name']}: its tags are {order['tags']}, its metafield says {said['waiting']}")
    return broken


def the_post_is_answered(story: Story) -> list[str]:
    """I4: every webhook that was not lost is answered 200, at last."""
    return [
        f"{each['topic']}: {each['state']} after {each['answers']}"
        for each in story.last["deliveries"]
        if each["state"] not in {"delivered", "lost"} or {a for a in each["answers"] if isinstance(a, int)} - {200, 503}
    ]


def the_talk_is_valid(story: Story) -> list[str]:
    """I10: we ask the store for nothing that its schema lacks or deprecates."""
    return [f"asked in vain: {each}" for each in (*story.misses, *story.deprecations, *story.last["failures"])]


LAWS: tuple[Law, ...] = (
    nothing_is_exposed_that_is_not_there,
    nothing_is_released_that_is_not_there,
    nobody_is_overtaken,
    who_is_let_go_had_their_turn,
    nobody_waits_for_what_is_theirs,
    what_was_let_go_stays_let_go,
    one_hold_of_ours_at_most,
    nothing_is_cancelled_by_us,
    letters_come_once,
    letters_are_true,
    who_waits_is_told,
    policies_are_borrowed,
    orders_say_what_is_true,
    the_post_is_answered,
    the_talk_is_valid,
    what_a_supplier_sends_is_packed_by_nobody,
    leaving_gives_everything_back,
    who_comes_back_finds_everything,
)


def check(story: Story) -> list[str]:
    """Everything that is broken in a story, with the law's name."""
    return [f"{law.__name__}: {sentence}" for law in LAWS for sentence in law(story)]


def _sure(story: Story) -> Iterator[Frame]:
    return (frame for frame in story.frames if frame.sure)


def _pairs(story: Story) -> Iterator[tuple[Frame, Frame]]:
    sure = list(_sure(story))
    return itertools.pairwise(sure)


def shelves(frame: Frame) -> Iterator[Shelf]:
    """The shelves of which the ledger says all."""
    return (shelf for shelf in all_shelves(frame) if not shelf.blurred)


def _standing(frame: Frame) -> Standing:
    """The shelves of a look, by item and place."""
    return {(shelf.item, shelf.place): shelf for shelf in all_shelves(frame)}


def _is_clear(frame: Frame, order: Book) -> bool:
    """Whether the ledger says all about what an order wants: no supplier sends of it, and none ever sent such goods."""
    if not frame.chosen.ever_sent:
        return True
    blurred = {shelf.item for shelf in all_shelves(frame) if shelf.blurred}
    return not any(line["id"] in frame.chosen.sent or line["item_id"] in blurred for line in order["lines"])


def _left_in(frame: Frame, shelf: Shelf, parts: Container[int]) -> Counter[int]:
    """Units of a shelf's goods in these parts that are under no hold of ours, by line, but for what suppliers send."""
    found = Counter[int]()
    for order in frame.book["orders"]:
        for part in order["fulfillment_orders"] if order["cancelled_at"] is None else ():
            if part["id"] in parts and not ours(part) and part["location_id"] == shelf.place:
                for line in part["lines"]:
                    if line["item_id"] == shelf.item and line["line_item_id"] not in frame.chosen.sent:
                        found[line["line_item_id"]] += line["remaining"]
    return found


def _held_by_nobody_else(book: Book) -> frozenset[str]:
    """Orders, by name, that nobody but us ever held."""
    theirs = {e["order_id"] for e in book["journal"] if e["act"] == "hold placed" and e["handle"] != OURS}
    return frozenset(order["name"] for order in book["orders"] if order["id"] not in theirs)


def _newly_told(shelf: Shelf, before: Iterable[Shelf], book: Book, since: int) -> int:
    """Units on a shelf that a letter called in stock after an entry of the journal, but for lines that were moved since: theirs lay elsewhere."""
    known = Counter[int]()
    for piece in (piece for one in before for piece in one.pieces):
        known[piece.line] += piece.told
    moved = {
        line["line_item_id"] for e in book["journal"] if e["seq"] > since and e["act"] == "moved" for line in e["lines"]
    }
    lines = {piece.line for piece in shelf.pieces} - moved
    return sum(max(0, shelf.told(line) - known[line]) for line in lines)


def _shipped_of_kept(before: Shelf | None, book: Book, since: int) -> int:
    """Units of a shelf that were kept at a look and have been shipped since."""
    shipped = Counter[int]()
    for entry in book["journal"]:
        if entry["seq"] > since and entry["act"] == "shipped":
            for line in entry["lines"]:
                shipped[line["line_item_id"]] += line["units"]
    return sum(min(units, before.kept_of(line)) for line, units in shipped.items()) if before else 0


def _went_meanwhile(book: Book, item: int, since: int) -> int:
    """Units of goods that left a shelf after an entry of the journal, whatever the reason and wherever it stands."""
    items = {line["id"]: line["item_id"] for order in book["orders"] for line in order["lines"]}
    return sum(
        units
        for entry in book["journal"]
        if entry["seq"] > since
        for of, units in _off_the_shelf(entry, items)
        if of == item
    )


def _off_the_shelf(entry: Book, items: dict[int, int]) -> Iterator[tuple[int, int]]:
    """(item, units) that an entry says are not there to ship any more."""
    act = entry["act"]
    if act in {"stock corrected", "stock set aside"}:
        yield entry["item_id"], max(0, entry.get("units", -entry.get("delta", 0)))
    elif act in {"shipped", "sold over the counter"} or (act == "order cancelled" and not entry["restock"]):
        yield from ((items[line["line_item_id"]], line["units"]) for line in entry["lines"])
    elif act == "order edited" and entry.get("restock") is False:
        yield items[entry["line_item_id"]], -entry["units"]
    elif act == "refunded":
        gone = (line for line in entry["lines"] if line["restock"] == "NO_RESTOCK")
        yield from ((items[line["line_item_id"]], line["unshipped"]) for line in gone)
    elif act == "draft written":
        yield from ((line["item_id"], line["units"]) for line in entry["lines"] if line["location_id"] is not None)


def _may_go(frame: Frame, order: Book, part: Book, standing: Standing) -> bool:
    """Whether all that a held fulfillment order waits for is there and its turn."""
    wanted: Counter[tuple[int, int]] = Counter()
    place = part["location_id"]
    for line in part["lines"]:
        if (line["item_id"], place) in standing and line["remaining"]:
            wanted[line["item_id"], line["line_item_id"]] += line["remaining"]
    if wanted and ready_at(frame, order) is None:
        return False
    return all(
        standing[item, place].given(line) - standing[item, place].exposed(line) >= units
        for (item, line), units in wanted.items()
    )


def _missing(standing: Standing, line: Book) -> bool:
    """Whether units of a line wait for goods, anywhere."""
    return any(
        sum(piece.units for piece in shelf.pieces if piece.line == line["id"]) > shelf.given(line["id"])
        for (item, _), shelf in standing.items()
        if item == line["item_id"]
    )


def _all_managed(frame: Frame, order: Book) -> bool:
    """Whether all goods of an order that were ever managed still are."""
    skus = {line["sku"] for line in order["lines"]}
    return skus & frame.chosen.ever <= frame.chosen.managed.keys()


def _releases_of(book: Book, order: str) -> list[int]:
    number = next((each["id"] for each in book["orders"] if each["name"] == order), None)
    return [
        entry["seq"]
        for entry in book["journal"]
        if entry["act"] == "hold released" and entry["by"] == "app" and entry["order_id"] == number
    ]
