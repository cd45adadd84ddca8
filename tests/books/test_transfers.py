"""The book of transfers, and what is noted of a reading: receipts, goods that stand between two readings, older news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backorder import incoming, note_items
from backorder.db import catalogue, levels, locations, lots, purchase_orders, queues, transfers
from backorder.db.transfers import LinkedBy, Transfer
from backorder.rules.lots import LotKind
from backorder.rules.seen import ItemSeen, LevelSeen
from backorder.rules.transfers import Part, ShipmentLineSeen, ShipmentSeen, TransferLineSeen, TransferSeen
from tests.books.cast import DUE, HERE, LAMP, LAMP_VARIANT, NOON, SECOND, level, location, variant

ARRIVES = NOON + timedelta(days=7)
KNOWN = Transfer(71, "#T0001", "IN_PROGRESS", HERE, frozenset({"po-7"}), None, None, NOON)
PART = Part(72, LAMP, "#T0001-1", units=6, accepted=0, to_come=6, arrives_at=ARRIVES)


def seen(accepted=0, rejected=0, shipped=6, units=10, status="IN_PROGRESS", **words):
    line = ShipmentLineSeen(LAMP, shipped, accepted, rejected, shipped - accepted - rejected)
    usual = {"reference": None, "note": None, "tags": frozenset(), "origin_id": None, "destination_id": HERE}
    return TransferSeen(
        71,
        "#T0001",
        status=status,
        lines=(TransferLineSeen(LAMP, units),),
        shipments=(ShipmentSeen(72, "#T0001-1", "IN_TRANSIT", ARRIVES, (line,)),) if shipped else (),
        **{**usual, **words},
    )


@pytest.fixture(autouse=True)
def _two_seconds_past_noon(monkeypatch):
    """When anything is noted."""
    monkeypatch.setattr(incoming, "transport_now", lambda: NOON + 2 * SECOND)


@pytest.fixture
def shop(tx, alice):
    """Alice's shop sells lamps and has none; its level was read at noon."""
    locations.save_locations(tx, alice, [location(HERE)])
    catalogue.save_variants(tx, alice, [variant()])
    catalogue.choose(tx, alice, [LAMP_VARIANT], {"managed": True})
    levels.save(tx, alice, [level(item_id=LAMP, location_id=HERE, available=0, committed=0, on_hand=0)])
    return alice


def read(tx, shop_id, told, at=1):
    incoming.note(tx, shop_id, {71: told}, NOON + at * SECOND, NOON)


def read_level(tx, shop_id, available, at=2):
    found = LevelSeen(LAMP, HERE, available, committed=0, on_hand=available, incoming=0, updated_at=NOON)
    item = ItemSeen(LAMP, tracked=True, levels=(found,), variants=(variant(),))
    standing = queues.standing(tx, shop_id, [LAMP])
    return note_items.items(tx, shop_id, [(LAMP, item, NOON + at * SECOND)], NOON, standing).transfers


def coming(tx, shop_id):
    return {lot.kind: lot.units for lot in lots.arrivals(tx, shop_id)}


def state(tx, shop_id):
    """Units at the dock of the shipment, and units that are presumed."""
    (part,) = [part for part in transfers.parts(tx, shop_id, [71]) if part.shipped]
    (here,) = levels.of_items(tx, shop_id, [LAMP])
    return part.at_dock, here.presumed


def test_transfers_of_goods_that_the_store_has_no_more_are_looked_at(tx, shop):
    read(tx, shop, seen())
    assert note_items.items(tx, shop, [(LAMP, None, NOON + 2 * SECOND)], NOON, {}).transfers == {71}
    read(tx, shop, replace(seen(shipped=0), lines=()), at=3)  # deleted goods stand on no line
    assert note_items.items(tx, shop, [(LAMP, None, NOON + 4 * SECOND)], NOON, {}).transfers == frozenset()


def test_a_transfer_is_kept_whole_and_found_by_what_it_carries(tx, alice):
    rest = replace(PART, shipment_id=0, to_come=4, units=4, arrives_at=None)
    transfers.save(tx, alice, KNOWN, [PART, rest])
    assert transfers.many(tx, alice, [71, 99]) == {71: KNOWN}
    unshipped, carried = transfers.parts(tx, alice, [71])
    assert (carried.shipped, carried.to_come, carried.arrives_at) == (True, 6, ARRIVES)
    assert (unshipped.shipped, unshipped.to_come) == (False, 4)
    assert transfers.of_shipments(tx, alice, [72, 99]) == {72: 71}
    assert transfers.parts_of_items(tx, alice, [LAMP]) == (unshipped, carried)


def test_what_is_no_more_of_a_transfer_goes_and_what_arrived_stays_noted(tx, alice):
    transfers.save(tx, alice, KNOWN, [PART, replace(PART, shipment_id=73)])
    first, _ = transfers.parts(tx, alice, [71])
    transfers.dock(tx, alice, first.part_id, 2, NOON)
    transfers.booked(tx, alice, first.part_id, 1)
    transfers.save(tx, alice, KNOWN, [replace(PART, to_come=3)])
    (left,) = transfers.parts(tx, alice, [71])
    assert (left.part_id, left.to_come, left.at_dock, left.booked) == (first.part_id, 3, 2, 1)


def test_a_transfer_to_a_place_that_is_gone_brings_nothing(tx, alice):
    transfers.save(tx, alice, KNOWN, [PART])
    transfers.save(tx, alice, replace(KNOWN, location_id=None), [PART])
    assert transfers.parts(tx, alice, [71]) == ()
    assert transfers.all_of(tx, alice) == ()


def test_a_link_says_who_knows(tx, alice):
    transfers.save(tx, alice, KNOWN, [PART])
    assert [each.transfer_id for each in transfers.unlinked(tx, alice)] == [71]
    transfers.link(tx, alice, 71, None, LinkedBy.PERSON)
    assert transfers.unlinked(tx, alice) == ()
    transfers.link(tx, alice, 71, 5, LinkedBy.PERSON)
    assert [each.purchase_order_id for each in transfers.carrying(tx, alice, [5])] == [5]


def test_a_reading_that_began_earlier_changes_nothing(tx, shop):
    read(tx, shop, seen(accepted=2), at=5)
    read(tx, shop, seen(), at=4)
    (part,) = [part for part in transfers.parts(tx, shop, [71]) if part.shipped]
    assert part.accepted == 2
    read(tx, shop, None, at=3)
    assert coming(tx, shop)[LotKind.SHIPMENT] == 4


def test_what_was_received_is_expected_until_a_reading_shows_it(tx, shop):
    read(tx, shop, seen())
    read(tx, shop, seen(accepted=4), at=2)
    assert (coming(tx, shop), state(tx, shop)) == ({LotKind.SHIPMENT: 6, LotKind.TRANSFER: 4}, (4, 0))
    read_level(tx, shop, 4, at=9)
    assert (coming(tx, shop), state(tx, shop)) == ({LotKind.SHIPMENT: 2, LotKind.TRANSFER: 4}, (0, 0))


def test_what_rose_before_it_was_received_is_presumed_and_asked_for_and_counted_once(tx, shop):
    read(tx, shop, seen())
    assert read_level(tx, shop, 4) == {71}
    assert (coming(tx, shop), state(tx, shop)) == ({LotKind.SHIPMENT: 2, LotKind.TRANSFER: 4}, (0, 4))
    read(tx, shop, seen(accepted=4), at=3)
    assert (coming(tx, shop), state(tx, shop)) == ({LotKind.SHIPMENT: 2, LotKind.TRANSFER: 4}, (0, 0))
    assert read_level(tx, shop, 4, at=4) == set()


def test_a_receipt_that_a_fall_hid_does_not_stand_at_the_dock_for_ever(tx, shop):
    read(tx, shop, seen())
    read(tx, shop, seen(accepted=4), at=2)
    read_level(tx, shop, 0, at=9)
    assert (coming(tx, shop), state(tx, shop)) == ({LotKind.SHIPMENT: 2, LotKind.TRANSFER: 4}, (0, 0))


def test_a_level_that_was_read_before_the_receipt_leaves_it_at_the_dock(tx, shop):
    read(tx, shop, seen())
    read(tx, shop, seen(accepted=4), at=2)
    read_level(tx, shop, 0, at=1)
    assert state(tx, shop) == (4, 0)


def test_what_is_received_on_a_linked_transfer_is_a_receipt_of_its_order_once(tx, shop):
    order = purchase_orders.create(tx, shop, "PO-7", "Glow", HERE, NOON)
    line_id = purchase_orders.add_line(tx, shop, order, LAMP_VARIANT, LAMP, 10, DUE)
    read(tx, shop, seen(reference="PO-7"))
    for at in (2, 3):
        read(tx, shop, seen(accepted=4, reference="PO-7"), at=at)
    line = purchase_orders.line(tx, shop, line_id)
    assert (line.received, line.outstanding) == (4, 6)
    assert coming(tx, shop) == {LotKind.SHIPMENT: 6, LotKind.PURCHASE_ORDER: 4}


def test_a_transfer_that_names_two_orders_is_linked_to_neither(tx, shop):
    for number in ("PO-7", "PO-8"):
        purchase_orders.create(tx, shop, number, "Glow", HERE, NOON)
    read(tx, shop, seen(tags=frozenset({"po-7", "po-8"})))
    assert transfers.many(tx, shop, [71])[71].purchase_order_id is None


def test_a_mention_that_is_taken_back_unlinks(tx, shop):
    order = purchase_orders.create(tx, shop, "PO-7", "Glow", HERE, NOON)
    read(tx, shop, seen(reference="PO-7"))
    assert transfers.many(tx, shop, [71])[71].purchase_order_id == order
    read(tx, shop, seen(reference="PO-9"), at=2)
    assert transfers.many(tx, shop, [71])[71].linked_by is None
