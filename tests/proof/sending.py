"""What suppliers send to buyers directly: what the merchant does about it, and what must be true of it by the ledger alone.

That a line is sent by a supplier is nobody's secret but the app's: the merchant reads it on the order's page, and remembers it.
"""

import random
from functools import partial
from typing import TYPE_CHECKING

from backorder import by_hand, manage, pass_on, sent_directly, suppliers
from backorder.by_hand import BY_SUPPLIER, FROM_HERE, Deed
from backorder.db import drop_ships
from backorder.db import suppliers as known_suppliers
from backorder.sent_directly import Parcel
from tests.proof.history import Book, Frame, Story
from tests.proof.queues import OPEN, beyond_recall, ours

if TYPE_CHECKING:
    from tests.proof.acts import Acts
    from tests.proof.perform import Player

GLOW, DAYS = "Glow & Sons", 5
SENDING = 0.15  # of all stories have lines that a supplier sends


def added(acts: "Acts", seed: int) -> "Acts":
    """The acts of a story, in some with a supplier who sends lines: by dice of their own, so that the rest stays as it was."""
    dice = random.Random(f"a supplier sends in {seed}")
    if dice.random() >= SENDING:
        return acts
    which = dice.randrange(12)
    more = [["sent by supplier", which], ["passed on"], ["supplier ships", which]][: dice.choice((1, 2, 2, 3))]
    more += [["sent from here", which]] if dice.random() < 0.3 else []
    more += [["sent by supplier", dice.randrange(12)]] if dice.random() < 0.4 else []
    last = len(acts) - (acts[-1][0] == "leave")
    places = sorted(dice.randint(2, last) for _ in more)
    told = list(acts)
    for place, act in reversed(list(zip(places, more, strict=True))):
        told.insert(place, act)
    return told


def have_sent(player: "Player", number: int) -> None:
    """The merchant has a supplier send a line of an order, once everybody has heard of it."""
    stage, history = player.stage, player.history
    player.settle()
    order = player.order(number)
    line = next((one for one in order.line_items if one.sku in history.managed), None)
    if line is None or player.lossy:
        return
    glow = _glow(player)
    variant = stage.variant(str(line.sku)).id
    player.insist(
        partial(manage.choose, stage.house, stage.shop_id, [variant], supplier_id=glow, actor="Mara", now=stage.now())
    )
    _do(player, line.id, BY_SUPPLIER)


def have_sent_from_here(player: "Player", number: int) -> None:
    """… and thinks better of it."""
    known = sorted(player.history.sent)
    if known:
        _do(player, known[number % len(known)], FROM_HERE)


def pass_on_to(player: "Player") -> None:
    """The merchant tells the supplier of all that there is to tell."""
    stage = player.stage
    if player.history.sent:
        one = partial(pass_on.send, stage.house, stage.shop_id, _glow(player), None, "", by_mail=False)
        player.insist(partial(one, actor="Mara", now=stage.now()))


def supplier_ships(player: "Player", number: int) -> None:
    """The supplier has sent a line, and the merchant says so."""
    stage, known = player.stage, sorted(player.history.sent)
    if known:
        line = known[number % len(known)]
        one = partial(sent_directly.shipped, stage.house, stage.shop_id, line, Parcel("UPS", "1Z999"))
        player.insist(partial(one, actor="Mara", now=stage.now()))
        _read(player, line)


def _do(player: "Player", line: int, what: str) -> None:
    stage = player.stage
    deed = Deed(line, what, "somebody is in a hurry")
    player.insist(partial(by_hand.do, stage.house, stage.shop_id, deed, actor="Mara", now=stage.now()))
    _read(player, line)


def _read(player: "Player", line: int) -> None:
    """The merchant reads on the page of an order who sends a line."""
    stage = player.stage
    with stage.house.db.read() as tx:
        row = drop_ships.of_lines(tx, stage.shop_id, [line]).get(line)
    by_supplier = row is not None and row.supplier_id is not None
    player.history.has_sent(line, by_supplier=by_supplier, gone=row is not None and row.shipped_at is not None)


def _glow(player: "Player") -> int:
    stage = player.stage
    with stage.house.db.read() as tx:
        found = [one.supplier_id for one in known_suppliers.every(tx, stage.shop_id) if one.name == GLOW]
    if found:
        return found[0]
    draft = suppliers.SupplierDraft(GLOW, DAYS, "orders@glow.example")
    player.insist(partial(suppliers.add, stage.house, stage.shop_id, draft, actor="Mara", now=stage.now()))
    return _glow(player)


def what_a_supplier_sends_is_packed_by_nobody(story: Story) -> list[str]:
    """A17: of managed goods, what a supplier is to send is under a hold of ours, unless staff released one or somebody packs it.

    What was said to have left need not be.
    """
    return [
        f"{order['name']}: a supplier sends {line['sku']}, and {part['id']} is under no hold of ours"
        for frame in story.frames
        if frame.sure
        for order in frame.book["orders"]
        if order["cancelled_at"] is None
        for line in order["lines"]
        if line["id"] in frame.chosen.sent.keys() - frame.chosen.gone
        and line["sku"] in frame.chosen.managed
        and not _let_go(frame, order, line)
        for part in order["fulfillment_orders"]
        if part["status"] in OPEN - {"INCOMPLETE"} and not beyond_recall(part) and not ours(part)
        if any(each["remaining"] for each in part["lines"] if each["line_item_id"] == line["id"])
    ]


def _let_go(frame: Frame, order: Book, line: Book) -> bool:
    """Whether a hold of ours ever went from a line since it was sent."""
    since = frame.chosen.sent[line["id"]]
    return any(
        entry["act"] == "hold released"
        and entry["order_id"] == order["id"]
        and entry["seq"] > since
        and any(each["line_item_id"] == line["id"] for each in entry["lines"])
        for entry in frame.book["journal"]
    )
