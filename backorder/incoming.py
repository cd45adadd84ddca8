"""Incoming: what the store says is on its way to the shop's locations, and which purchase order it carries.

A shipment's units are a lot with the day it arrives, the rest of a transfer one without; what the store has received is on
the shelf as soon as a reading of the level shows it. What carries a purchase order is counted once (rules.transfers).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from backorder import counted
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, purchase_orders, receipts, transfers
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.db.transfers import LinkedBy, Transfer, TransferPart
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.transfers import TransferSeen, mentions, parts_of
from backorder.store.gateway import Gateway
from backorder.supply import refresh

# Transfers that one request reads and one transaction notes: other writers stand behind it.
AT_ONCE = 2
THE_STORE = "the store"


def open_ones(house: House, store: Gateway, shop_id: int) -> frozenset[int]:
    """The transfers that the store calls open, and those that we still expect something of."""
    found: set[int] = set()
    after: str | None = None
    while True:
        page, after = store.open_transfers(after)
        found |= set(page)
        if after is None:
            break
    return frozenset(found | expected_ones(house, shop_id))


def expected_ones(house: House, shop_id: int) -> frozenset[int]:
    """The transfers that we still expect something of."""
    with house.db.read() as tx:
        return frozenset(transfer.transfer_id for transfer in transfers.all_of(tx, shop_id))


def read(house: House, store: Gateway, shop_id: int, transfer_ids: Iterable[int], now: datetime) -> None:
    """Read transfers and note them. Raises the errors of ``backorder.store.errors``."""
    wanted = sorted(set(transfer_ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        read_at = transport_now()
        found = store.transfers(some)
        with house.db.write() as tx:
            note(tx, shop_id, {number: found.get(number) for number in some}, read_at, now)


def note(
    tx: Connection, shop_id: int, seen: Mapping[int, TransferSeen | None], read_at: datetime, now: datetime
) -> frozenset[int]:
    """Keep transfers as seen by a reading that began at ``read_at`` (transport time; None: gone), and decide about their goods.

    What an older reading saw changes nothing. Returns the items concerned.
    """
    items = {line.item_id for one in seen.values() if one for line in one.lines}
    items |= {line.item_id for one in seen.values() if one for each in one.shipments for line in each.lines}
    items |= {part.item_id for part in transfers.parts(tx, shop_id, seen)}
    catalogue.lock_items(tx, shop_id, items)
    known = transfers.many(tx, shop_id, seen)
    fresh = {number: one for number, one in seen.items() if number not in known or known[number].read_at <= read_at}
    before = transfers.parts(tx, shop_id, fresh)
    for one in fresh.values():
        if one is not None:
            transfers.save(
                tx, shop_id, _as_read(tx, shop_id, one, known.get(one.transfer_id), read_at), parts_of(one, now)
            )
    transfers.forget(tx, shop_id, [number for number, one in fresh.items() if one is None])
    moved = _receive(tx, shop_id, before, transfers.parts(tx, shop_id, fresh), now)
    for transfer_id in fresh:
        if transfer_id not in known:
            _book_what_came(tx, shop_id, transfer_id, now)
    refresh(tx, shop_id, items)
    decide(tx, shop_id, items, now, cause="transfers read")
    dirty.mark(tx, shop_id, Kind.ITEM, moved, transport_now())
    return frozenset(items)


def _as_read(tx: Connection, shop_id: int, seen: TransferSeen, known: Transfer | None, read_at: datetime) -> Transfer:
    """A transfer for the books. What it mentions links it to the one purchase order of that number, unless a person said."""
    named = mentions(seen)
    order_id, by = (known.purchase_order_id, known.linked_by) if known else (None, None)
    if by is not LinkedBy.PERSON:
        found = purchase_orders.open_numbered(tx, shop_id, named)
        if not found and order_id is not None and _was_called_off(tx, shop_id, order_id, named):
            found = (order_id,)  # let go of, it would bring again what a person said will not come
        order_id, by = (found[0], LinkedBy.MENTION) if len(found) == 1 else (None, None)
    return Transfer(seen.transfer_id, seen.name, seen.status, seen.destination_id, named, order_id, by, read_at)


def _was_called_off(tx: Connection, shop_id: int, order_id: int, named: frozenset[str]) -> bool:
    """Whether what a transfer carries, and still mentions, is a purchase order of which nothing more will come."""
    order = purchase_orders.one(tx, shop_id, order_id)
    return order is not None and order.cancelled_at is not None and order.number.lower() in named


def _receive(
    tx: Connection,
    shop_id: int,
    before: Iterable[TransferPart],
    now_is: Iterable[TransferPart],
    now: datetime,
) -> frozenset[int]:
    """What the store has accepted since we last looked is a receipt: booked in on what it carries, and looked for on the shelf.

    Returns the items of which something was accepted.
    """
    was = {part.part_id: part.accepted for part in before}
    moved = set()
    for part in now_is:
        accepted = part.accepted - was.get(part.part_id, part.accepted)
        if accepted > 0:
            moved.add(part.item_id)
            by_hand = min(accepted, part.booked)
            transfers.booked(tx, shop_id, part.part_id, part.booked - by_hand)
            fresh = accepted - by_hand
            to_dock = counted.book(tx, shop_id, part.item_id, part.location_id, fresh, actor=THE_STORE, now=now)
            if part.purchase_order_id is not None:
                _book(tx, shop_id, part, part.purchase_order_id, fresh, now)
            if to_dock:
                transfers.dock(tx, shop_id, part.part_id, part.at_dock + to_dock, transport_now())
    return frozenset(moved)


def booked_by_hand(tx: Connection, shop_id: int, line: PurchaseOrderLine, units: int) -> dict[str, list[int]]:
    """A person booked in ``units`` of what shipments carry: when the store receives them too, they are not received again.

    Of each part what was booked and is, for whoever takes it back.
    """
    found: dict[str, list[int]] = {}
    of_item = transfers.parts_of_items(tx, shop_id, [line.item_id])
    carried = [part for part in of_item if part.purchase_order_id == line.purchase_order_id and part.shipped]
    for part in sorted(carried, key=lambda part: (part.arrives_at is None, part.arrives_at, part.part_id)):
        known = min(units, max(0, part.to_come - part.booked))
        if known:
            transfers.booked(tx, shop_id, part.part_id, part.booked + known)
            found[str(part.part_id)] = [part.booked, part.booked + known]
        units -= known
    return found


def _book(tx: Connection, shop_id: int, part: TransferPart, order_id: int, units: int, now: datetime) -> None:
    """Book ``units`` in on the purchase order that they are of, the soonest due first; more than was ordered did arrive, too."""
    lines = _lines_of(tx, shop_id, order_id, part.item_id)
    left = units
    for index, line in enumerate(lines):
        last = index == len(lines) - 1
        booked = left if last else min(left, line.outstanding)
        key = f"{_keys_of(part, line)}{part.accepted}"
        if booked and receipts.receive(tx, shop_id, line.line_id, key, booked, now, THE_STORE):
            purchase_orders.change_line(tx, shop_id, line.line_id, received=line.received + booked)
        left -= booked


def _keys_of(part: TransferPart, line: PurchaseOrderLine) -> str:
    """How the keys begin under which the store's receipts of a part are booked in on a line."""
    return f"shipment {part.shipment_id}, item {part.item_id}, line {line.line_id}: "


def _take_off(tx: Connection, shop_id: int, transfer_id: int, order_id: int) -> None:
    """A transfer never carried this purchase order: what the store received of the one is still to come on the other.

    What a person booked in stays: they saw the goods, and can take it back.
    """
    order = purchase_orders.one(tx, shop_id, order_id)
    lines = {line.line_id: line for line in order.lines} if order else {}
    its = transfers.parts(tx, shop_id, [transfer_id])
    begins = tuple(_keys_of(part, line) for part in its for line in lines.values() if line.item_id == part.item_id)
    received = {line.line_id: line.received for line in lines.values()}
    for key, (line_id, units) in receipts.by(tx, shop_id, lines, THE_STORE).items():
        if key.startswith(begins):
            receipts.take_back(tx, shop_id, key)
            received[line_id] -= units
            purchase_orders.change_line(tx, shop_id, line_id, received=received[line_id])


def _book_what_came(tx: Connection, shop_id: int, transfer_id: int, now: datetime) -> None:
    """A transfer has only now been linked to its purchase order: what it brought so far was received, unless it was booked in."""
    by_item: dict[int, list[TransferPart]] = defaultdict(list)
    for part in transfers.parts(tx, shop_id, [transfer_id]):
        if part.purchase_order_id is not None and part.accepted:
            by_item[part.item_id].append(part)
    for item_id, of_item in by_item.items():
        order_id = of_item[0].purchase_order_id
        assert order_id is not None
        received = sum(line.received for line in _lines_of(tx, shop_id, order_id, item_id))
        for part in of_item:
            known = min(received, part.accepted)
            received -= known
            if part.accepted > known:
                _book(tx, shop_id, part, order_id, part.accepted - known, now)


def _lines_of(tx: Connection, shop_id: int, order_id: int, item_id: int) -> tuple[PurchaseOrderLine, ...]:
    lines = purchase_orders.lines_of_items(tx, shop_id, [item_id])
    return tuple(line for line in lines if line.purchase_order_id == order_id)


def carries(
    house: House, shop_id: int, transfer_id: int, purchase_order_id: int | None, *, actor: str, now: datetime
) -> None:
    """A person says which purchase order a transfer carries (None: none of ours). No later reading changes that.

    What the store received of it moves with it.

    Raises Unknown for a transfer or purchase order that the shop does not have, Refused for two that share no goods.
    """

    def work(tx: Connection) -> None:
        transfer = _transfer_of(tx, shop_id, transfer_id)
        items = {part.item_id for part in transfers.parts(tx, shop_id, [transfer_id])}
        if purchase_order_id is not None:
            _check_goods(tx, shop_id, transfer, purchase_order_id, items)
        catalogue.lock_items(tx, shop_id, items)
        transfer = _transfer_of(tx, shop_id, transfer_id)  # as it is under the lock
        if transfer.purchase_order_id not in {None, purchase_order_id}:
            _take_off(tx, shop_id, transfer_id, transfer.purchase_order_id)
        transfers.link(tx, shop_id, transfer_id, purchase_order_id, LinkedBy.PERSON)
        _book_what_came(tx, shop_id, transfer_id, now)
        refresh(tx, shop_id, items)
        decide(tx, shop_id, items, now, cause=f"{transfer.name} linked", actor=actor)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def _transfer_of(tx: Connection, shop_id: int, transfer_id: int) -> Transfer:
    transfer = transfers.many(tx, shop_id, [transfer_id]).get(transfer_id)
    if transfer is None:
        raise Unknown("transfer", "There is no such transfer.")
    return transfer


def _check_goods(tx: Connection, shop_id: int, transfer: Transfer, purchase_order_id: int, items: set[int]) -> None:
    order = purchase_orders.one(tx, shop_id, purchase_order_id)
    if order is None:
        raise Unknown("purchase_order", "There is no such purchase order.")
    if not items & {line.item_id for line in order.lines}:
        raise Refused("transfer_id", f"{transfer.name} brings nothing of what is on {order.number}.")


def link_to_new(tx: Connection, shop_id: int, purchase_order_id: int, number: str, now: datetime) -> None:
    """A purchase order was entered: transfers that mention its number, and no other, carry it."""
    for transfer in transfers.unlinked(tx, shop_id):
        if number.strip().lower() in transfer.mentions:
            others = purchase_orders.open_numbered(tx, shop_id, transfer.mentions)
            if len(others) == 1:
                transfers.link(tx, shop_id, transfer.transfer_id, purchase_order_id, LinkedBy.MENTION)
                _book_what_came(tx, shop_id, transfer.transfer_id, now)
