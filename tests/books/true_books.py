"""True books, to be broken: three lamps, two buyers, a receipt, promises that were told, and secrets that are sealed."""

from backorder.db import (
    catalogue,
    claim_ledger,
    claims,
    contacts,
    differences,
    dirty,
    inbox,
    levels,
    lots,
    orders,
    outbox,
    promises,
    purchase_orders,
    queue_acts,
    receipts,
    reconciliations,
    shops,
    taking,
    tokens,
    ways,
    whole_orders,
)
from backorder.db.differences import Difference
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.lots import Change
from backorder.db.outbox import Effect, State, order_lane
from backorder.db.reconciliations import Why
from backorder.db.sealed import Sealer
from backorder.db.ways import Said
from backorder.rules.causes import Cause, Explained, Repair
from backorder.rules.causes import Kind as DifferenceKind
from backorder.rules.mixed import By, Way
from backorder.rules.seen import ContactSeen
from tests.books.cast import (
    ALICE,
    CHAIR,
    CHAIR_VARIANT,
    DUE,
    FIRST,
    FIRST_LINE,
    HERE,
    LAMP,
    LAMP_VARIANT,
    NOON,
    PARCEL,
    SECOND_LINE,
    SECOND_ORDER,
    claim,
    delivery,
    level,
    line,
    order,
    pair,
    parcel,
    promise,
    variant,
)

KEY = "the-key-that-seals-the-books"


def true_books(tx: Connection) -> int:
    """Three lamps, the first buyer holds two, the second holds one of two; two of them were booked in. The shop's number."""
    shop_id = shops.install(tx, ALICE, NOON).shop_id
    lamps(tx, shop_id)
    _receipts(tx, shop_id)
    _by_hand(tx, shop_id)
    _compared(tx, shop_id)
    _promises(tx, shop_id)
    _secrets(tx, shop_id)
    return shop_id


def lamps(tx: Connection, shop_id: int) -> None:
    catalogue.save_variants(tx, shop_id, [variant(), variant(variant_id=CHAIR_VARIANT, item_id=CHAIR)])
    catalogue.choose(tx, shop_id, [LAMP_VARIANT], {"managed": True})
    for order_id, claimed in ((FIRST, claim()), (SECOND_ORDER, claim(SECOND_LINE, SECOND_ORDER))):
        its_line, its_parcel = line(claimed.line_id), parcel(PARCEL + order_id, order_id, claimed.line_id)
        seen = order(order_id, lines=(its_line,), fulfillment_orders=(its_parcel,))
        whole_orders.save(tx, shop_id, orders.seal_page(Sealer(KEY), seen), NOON, NOON)
        claims.replace(tx, shop_id, order_id, [claimed])
        claim_ledger.enter(tx, shop_id, order_id, [], [claimed], NOON)
    lot_id = lots.shelf(tx, shop_id, LAMP, HERE, units=3, allocated=3)
    given = [Change(FIRST_LINE, HERE, LAMP, 2, 2, 0, 0), Change(SECOND_LINE, HERE, LAMP, 1, 0, 0, 0)]
    lots.apply(tx, shop_id, lot_id, given, cause="settled read", actor="promised", at=NOON)
    levels.save(tx, shop_id, [level(available=-1, committed=4)])


def _by_hand(tx: Connection, shop_id: int) -> None:
    """The first order was moved to the head by hand; the second is said to leave as a whole, and waits as a whole."""
    claims.move(tx, shop_id, FIRST_LINE, -1)
    moved = {"rank": [FIRST_LINE, 0, -1]}
    queue_acts.record(tx, shop_id, FIRST, FIRST_LINE, "Moved up.", "a friend", actor="Mara", at=NOON, change=moved)
    for way, by in ((Way.SPLIT, By.SHOP), (Way.TOGETHER, By.STAFF)):
        ways.say(tx, shop_id, [Said(SECOND_ORDER, way, by, "Mara", NOON)])


def _compared(tx: Connection, shop_id: int) -> None:
    """A comparison found that one level differed."""
    reconciliations.ask(tx, shop_id, Why.SCHEDULE, "schedule", NOON)
    run = reconciliations.take(tx, shop_id, NOON)
    assert run is not None
    why = Explained(Cause.NEVER_HEARD, Repair.READ_AGAIN)
    found = Difference(DifferenceKind.LEVEL, LAMP, "Lamp at Warehouse", "3 available", "4 available", why)
    differences.keep(tx, shop_id, run.run_id, [found], before=0)
    reconciliations.end(tx, shop_id, run.run_id, NOON)


def _receipts(tx: Connection, shop_id: int) -> None:
    ordered = purchase_orders.create(tx, shop_id, "PO-7", "", HERE, NOON)
    assert ordered is not None
    line_id = purchase_orders.add_line(tx, shop_id, ordered, LAMP_VARIANT, LAMP, 40, DUE)
    receipts.receive(tx, shop_id, line_id, "key-1", 2, NOON, "alice")
    purchase_orders.change_line(tx, shop_id, line_id, received=2)


def _promises(tx: Connection, shop_id: int) -> None:
    for version in (1, 2):
        promises.add(tx, shop_id, promise(version, SECOND_LINE))
        told = {"versions": [[SECOND_LINE, version]]}
        outbox.put(tx, shop_id, Effect.MAIL, order_lane(SECOND_ORDER), SECOND_ORDER, f"mail/{version}", NOON, told)
        due = taking.take(tx, NOON)
        assert due is not None
        taking.finish(tx, due.outbox_id, State.DONE, NOON)
        promises.tell(tx, shop_id, SECOND_LINE, version, NOON)


def _secrets(tx: Connection, shop_id: int) -> None:
    """Sealed tokens, a sealed address, a sealed webhook; and one thing that is still to be looked at."""
    tokens.put(tx, Sealer(KEY), shop_id, pair())
    contacts.put(tx, Sealer(KEY), shop_id, ContactSeen(FIRST, "carol@example.com", "Carol", "en"))
    inbox.put(tx, Sealer(KEY), delivery(), NOON)
    dirty.mark(tx, shop_id, Kind.ITEM, [CHAIR], NOON)
