"""Goods on their way: what a transfer and its shipments do to the levels at both ends, and who is told."""

from datetime import UTC, datetime, timedelta

import pytest

from devstore import transfers
from devstore.gids import gid
from devstore.model import Location
from devstore.saying import StoreSays
from tests.devstore.conftest import empty_the_post, level_of, told

FRIDAY = datetime(2026, 7, 10, 15, tzinfo=UTC)
ASK = """query Transfers($q: String) { inventoryTransfers(first: 10, query: $q) { nodes {
  id name status referenceName origin { name } destination { location { id } } totalQuantity receivedQuantity
  lineItems(first: 5) { nodes { totalQuantity inventoryItem { id } } }
  shipments(first: 5) { nodes { status tracking { arrivesAt }
    lineItems(first: 5) { nodes { quantity acceptedQuantity rejectedQuantity unreceivedQuantity } } } } } } }"""


@pytest.fixture
def queens(shop):
    place = Location(shop.next_id(), "Queens")
    shop.locations[place.id] = place
    return place.id


@pytest.fixture
def chairs(world, shop, chair, brooklyn):
    """A hundred chairs come from outside."""
    return transfers.announce(world, shop, [(chair.item_id, 100)], brooklyn, reference="PO-7")


def units(level):
    return level.available, level.reserved, level.incoming, level.on_hand


def test_made_ready_units_are_set_aside_at_the_origin_and_expected_at_the_destination(
    world, shop, chair, brooklyn, queens
):
    transfer = transfers.announce(world, shop, [(chair.item_id, 5)], queens, origin_id=brooklyn)
    assert units(shop.levels[chair.item_id, brooklyn]) == (7, 5, 0, 12)
    assert units(shop.levels[chair.item_id, queens]) == (0, 0, 5, 0)
    assert transfer.status == "READY_TO_SHIP"


def test_sent_off_they_leave_the_origin_and_received_they_are_on_the_other_shelf(world, shop, chair, brooklyn, queens):
    transfer = transfers.announce(world, shop, [(chair.item_id, 5)], queens, origin_id=brooklyn)
    shipment = transfers.send(world, shop, transfer.id, [(chair.item_id, 5)])
    assert units(shop.levels[chair.item_id, brooklyn]) == (7, 0, 0, 7)
    transfers.receive(world, shop, shipment.id, {chair.item_id: 4}, {chair.item_id: 1})
    assert units(shop.levels[chair.item_id, queens]) == (4, 0, 0, 4)
    assert (shipment.status, transfer.status) == ("RECEIVED", "TRANSFERRED")


def test_a_draft_moves_nothing(world, shop, chair, brooklyn, queens):
    transfers.announce(world, shop, [(chair.item_id, 5)], queens, origin_id=brooklyn, ready=False)
    assert units(shop.levels[chair.item_id, brooklyn]) == (12, 0, 0, 12)
    assert (chair.item_id, queens) not in shop.levels


def test_a_canceled_transfer_gives_back_what_was_set_aside(world, shop, chair, brooklyn, queens):
    transfer = transfers.announce(world, shop, [(chair.item_id, 5)], queens, origin_id=brooklyn)
    transfers.send(world, shop, transfer.id, [(chair.item_id, 2)])
    transfers.cancel(world, shop, transfer.id)
    assert units(shop.levels[chair.item_id, brooklyn]) == (10, 0, 0, 10)
    assert shop.levels[chair.item_id, queens].incoming == 0


def test_other_quantities_move_the_difference(world, shop, chair, chairs):
    transfers.set_items(world, shop, chairs.id, [(chair.item_id, 80)])
    assert level_of(shop, chair).incoming == 80
    transfers.send(world, shop, chairs.id, [(chair.item_id, 60)])
    with pytest.raises(StoreSays, match="carry more"):
        transfers.set_items(world, shop, chairs.id, [(chair.item_id, 59)])


def test_more_than_was_carried_is_taken_in_too(world, shop, chair, chairs):
    shipment = transfers.send(world, shop, chairs.id, [(chair.item_id, 60)])
    transfers.receive(world, shop, shipment.id, {chair.item_id: 65})
    assert units(level_of(shop, chair)) == (77, 0, 40, 77)
    assert shipment.status == "RECEIVED"


@pytest.mark.parametrize("count", [0, -1])
def test_nothing_is_announced_without_units(world, shop, chair, brooklyn, count):
    with pytest.raises(StoreSays, match="at least 1"):
        transfers.announce(world, shop, [(chair.item_id, count)], brooklyn)


def test_what_is_not_there_cannot_be_announced_shipped_or_received(world, shop, chair, lamp, chairs, brooklyn):
    for act in (
        lambda: transfers.announce(world, shop, [(99, 1)], brooklyn),
        lambda: transfers.announce(world, shop, [(chair.item_id, 1)], 99),
        lambda: transfers.announce(world, shop, [], brooklyn),
        lambda: transfers.announce(world, shop, [(chair.item_id, 1)], brooklyn, origin_id=brooklyn),
        lambda: transfers.send(world, shop, chairs.id, [(chair.item_id, 101)]),
        lambda: transfers.send(world, shop, chairs.id, [(lamp.item_id, 1)]),
        lambda: transfers.send(world, shop, 99, [(chair.item_id, 1)]),
        lambda: transfers.receive(world, shop, 99, {chair.item_id: 1}),
        lambda: transfers.mark_ready(world, shop, chairs.id),
    ):
        with pytest.raises(StoreSays):
            act()
    assert level_of(shop, chair).incoming == 100


def test_a_draft_shipment_can_be_taken_back(world, shop, chair, chairs):
    shipment = transfers.send(world, shop, chairs.id, [(chair.item_id, 60)], in_transit=False)
    transfers.delete_shipment(world, shop, shipment.id)
    assert (chairs.shipments, chairs.status, level_of(shop, chair).incoming) == ([], "READY_TO_SHIP", 100)


def test_each_act_is_told(world, shop, chair, brooklyn):
    empty_the_post(world)
    transfer = transfers.announce(world, shop, [(chair.item_id, 100)], brooklyn)
    shipment = transfers.send(world, shop, transfer.id, [(chair.item_id, 60)], arrives_at=FRIDAY)
    transfers.set_tracking(world, shop, shipment.id, arrives_at=FRIDAY + timedelta(days=7))
    transfers.receive(world, shop, shipment.id, {chair.item_id: 60})
    transfers.edit(world, shop, transfer.id, reference="PO-8")
    transfers.cancel(world, shop, transfer.id)
    assert told(world) == [
        "inventory_transfers/ready_to_ship",
        "inventory_shipments/create",
        "inventory_shipments/mark_in_transit",
        "inventory_shipments/update_tracking",
        "inventory_levels/update",
        "inventory_shipments/receive_items",
        "inventory_transfers/updated",
        "inventory_transfers/cancel",
    ]


def test_the_app_reads_a_transfer_with_what_carries_it(admin, world, shop, chair, chairs, brooklyn):
    shipment = transfers.send(world, shop, chairs.id, [(chair.item_id, 60)], arrives_at=FRIDAY)
    transfers.receive(world, shop, shipment.id, {chair.item_id: 50}, {chair.item_id: 2})
    (found,) = admin.get(ASK, q="status:ready_to_ship OR status:in_progress")["inventoryTransfers"]["nodes"]
    assert found == {
        "id": gid("InventoryTransfer", chairs.id),
        "name": "#T0001",
        "status": "IN_PROGRESS",
        "referenceName": "PO-7",
        "origin": None,
        "destination": {"location": {"id": gid("Location", brooklyn)}},
        "totalQuantity": 100,
        "receivedQuantity": 52,
        "lineItems": {"nodes": [{"totalQuantity": 100, "inventoryItem": {"id": gid("InventoryItem", chair.item_id)}}]},
        "shipments": {
            "nodes": [
                {
                    "status": "PARTIALLY_RECEIVED",
                    "tracking": {"arrivesAt": "2026-07-10T15:00:00Z"},
                    "lineItems": {
                        "nodes": [
                            {"quantity": 60, "acceptedQuantity": 50, "rejectedQuantity": 2, "unreceivedQuantity": 8}
                        ]
                    },
                }
            ]
        },
    }


def test_the_hidden_hand_moves_goods_too(client, shop, chair, brooklyn):
    at = f"/_control/{shop.domain}"
    lines = [{"item_id": chair.item_id, "units": 100}]
    made = client.post(f"{at}/transfers", json={"lines": lines, "destination_id": brooklyn}).json
    part = {"lines": [{"item_id": chair.item_id, "units": 60}], "arrives_at": FRIDAY.isoformat()}
    sent = client.post(f"{at}/transfers/{made['id']}/shipments", json=part).json
    later = {"arrives_at": (FRIDAY + timedelta(days=1)).isoformat()}
    assert client.post(f"{at}/shipments/{sent['id']}/tracking", json=later).json["status"] == "IN_TRANSIT"
    taken = client.post(f"{at}/shipments/{sent['id']}/receive", json={"accepted": {chair.item_id: 60}}).json
    assert taken["status"] == "RECEIVED"
    fewer = {"lines": [{"item_id": chair.item_id, "units": 90}]}
    assert client.post(f"{at}/transfers/{made['id']}/items", json=fewer).json["status"] == "IN_PROGRESS"
    assert client.post(f"{at}/transfers/{made['id']}/cancel", json={}).json["status"] == "CANCELED"
    assert client.post(f"{at}/transfers/{made['id']}/cancel", json={}).status_code == 422
    assert client.post(f"{at}/transfers", json={}).status_code == 400
    assert units(level_of(shop, chair)) == (72, 0, 0, 72)
