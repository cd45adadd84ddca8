"""Goods on their way, as the store tells them."""

from datetime import UTC, datetime

import pytest

from backorder.rules.transfers import ShipmentLineSeen, ShipmentSeen, TransferLineSeen, TransferSeen
from backorder.store.errors import GoneFromStore
from tests.store.answers import connection, in_the_shop
from tests.store.cast import lamplight
from tests.store.shelf import gid

FRIDAY = datetime(2026, 12, 4, 17, tzinfo=UTC)


def line(item=201, units=100):
    found = {"id": gid("InventoryItem", item)} if item else None
    return {"totalQuantity": units, "inventoryItem": found}


def carried(item=201, units=60, accepted=0, rejected=0):
    found = {"id": gid("InventoryItem", item)} if item else None
    left = units - accepted - rejected
    counts = {"acceptedQuantity": accepted, "rejectedQuantity": rejected, "unreceivedQuantity": left}
    return {"quantity": units, **counts, "inventoryItem": found}


def shipment(number=72, lines=None, **changes):
    usual = {
        "id": gid("InventoryShipment", number),
        "name": f"#T0001-{number}",
        "status": "IN_TRANSIT",
        "tracking": {"arrivesAt": "2026-12-04T12:00:00-05:00"},
        "lineItems": connection(lines if lines is not None else [carried()]),
    }
    return usual | changes


def transfer(number=71, lines=None, shipments=None, **changes):
    usual = {
        "__typename": "InventoryTransfer",
        "id": gid("InventoryTransfer", number),
        "name": "#T0001",
        "referenceName": "PO-7",
        "note": "",
        "tags": ["spring"],
        "status": "IN_PROGRESS",
        "origin": None,
        "destination": {"location": {"id": gid("Location", 1)}},
        "lineItems": connection(lines if lines is not None else [line()]),
        "shipments": connection(shipments if shipments is not None else [shipment()]),
    }
    return usual | changes


def stand(*there):
    """These transfers are in the store."""
    by_id = {each["id"]: each for each in there}
    return in_the_shop(nodes=lambda _info, ids: [by_id.get(each) for each in ids])


def read(*there):
    stand(*there)
    return lamplight().transfers([71])[71]


def test_a_transfer_is_read_with_what_carries_it():
    assert read(transfer(shipments=[shipment(lines=[carried(accepted=50, rejected=2)])])) == TransferSeen(
        transfer_id=71,
        name="#T0001",
        reference="PO-7",
        note=None,
        tags=frozenset({"spring"}),
        status="IN_PROGRESS",
        origin_id=None,
        destination_id=1,
        lines=(TransferLineSeen(201, 100),),
        shipments=(ShipmentSeen(72, "#T0001-72", "IN_TRANSIT", FRIDAY, (ShipmentLineSeen(201, 60, 50, 2, 8),)),),
    )


def test_a_shipment_without_a_day_has_none():
    found = read(transfer(shipments=[shipment(tracking=None), shipment(73, tracking={"arrivesAt": None})]))
    assert [each.arrives_at for each in found.shipments] == [None, None]


def test_a_day_that_no_calendar_holds_is_none():
    (found,) = read(transfer(shipments=[shipment(tracking={"arrivesAt": "9999-12-31T23:59:59-12:00"})])).shipments
    assert found.arrives_at is None


def test_an_item_that_is_gone_is_left_out():
    found = read(transfer(lines=[line(None), line(202)], shipments=[shipment(lines=[carried(None)])]))
    assert [each.item_id for each in found.lines] == [202]
    assert found.shipments[0].lines == ()


def test_a_place_that_was_deleted_is_none():
    found = read(transfer(origin={"location": None}, destination={"location": None}))
    assert (found.origin_id, found.destination_id) == (None, None)


def test_long_transfers_are_read_to_their_end():
    long = transfer(
        lines=[line(200 + number) for number in range(60)],
        shipments=[shipment(number, [carried(200 + each) for each in range(30)]) for number in range(1, 8)],
    )
    by_id = {
        gid("InventoryShipment", number): shipment(number, [carried(200 + each) for each in range(30)])
        for number in range(1, 8)
    }
    in_the_shop(nodes=[long], inventoryTransfer=long, inventoryShipment=lambda _info, **named: by_id[named["id"]])
    found = lamplight().transfers([71])[71]
    assert [each.item_id for each in found.lines] == [200 + number for number in range(60)]
    assert [each.shipment_id for each in found.shipments] == list(range(1, 8))
    assert {len(each.lines) for each in found.shipments} == {30}


def test_a_transfer_that_goes_away_while_it_is_read_is_not_half_a_transfer():
    in_the_shop(nodes=[transfer(lines=[line()] * 51)], inventoryTransfer=None)
    with pytest.raises(GoneFromStore):
        lamplight().transfers([71])


def test_transfers_that_are_gone_are_missing():
    asked = stand(transfer(71), transfer(73))
    assert sorted(lamplight().transfers([71, 72, 73])) == [71, 73]
    assert [len(each["ids"]) for each in asked] == [2, 1]


def test_open_transfers_come_a_page_at_a_time():
    asked = in_the_shop(inventoryTransfers=connection([{"id": gid("InventoryTransfer", 1 + n)} for n in range(110)]))
    first, cursor = lamplight().open_transfers()
    rest, end = lamplight().open_transfers(cursor)
    assert (*first, *rest) == tuple(range(1, 111))
    assert (len(first), end) == (100, None)
    assert len(asked) == 2
