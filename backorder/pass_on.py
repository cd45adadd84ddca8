"""Pass on: tell suppliers what they are to send to buyers directly, and what has changed of it since.

What a supplier was told stands beside each line; whatever is open and is not what they were told is to be passed on: new, changed or
cancelled. A person does it, by a letter or some other way; nothing is sent to a supplier by itself. The buyers' addresses are
read from the store while the letter or file is written, and rest in no book.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import structlog

from backorder.access import open_store
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    claims,
    drop_ships,
    fulfillment_orders,
    mails,
    order_lines,
    orders,
    outbox,
    promises,
    supplier_letters,
    suppliers,
    troubles,
)
from backorder.db.drop_ships import DropShip
from backorder.db.engine import Connection
from backorder.db.outbox import Effect
from backorder.db.supplier_letters import Passed, SupplierLetter
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.drop_ship import Tell, Told
from backorder.rules.parcels import NotYet, ShipTo, next_step
from backorder.rules.promises import promised
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen
from backorder.rules.sheet.cells import written

log = structlog.get_logger(__name__)

LONGEST_NOTE = 500
# Of one letter; and of one file or one word that the merchant passed it on themselves.
MOST_LINES, MOST_IN_FILE = 250, 5_000
HEADINGS = ("What", "Order", "SKU", "Product", "Units", "Before", "Ship by", "Ship to", "Country", "Order line")
NO_ADDRESS = "The store shows no address for {orders}. See in the store's admin whether it has one, and whether the app may read it."


@dataclass(frozen=True)
class Desk:
    """What lies between a shop and one supplier.

    ``to_pass_on``: lines of which the supplier must be told; ``not_yet`` are not paid, so they wait. ``with_them``: lines that
    the supplier knows and has not sent. ``shipped``: of those the lines that the merchant said were shipped; ``not_told`` says why
    the store cannot be told of some of them for now.
    """

    supplier_id: int
    supplier: str
    email: str
    to_pass_on: tuple[Passed, ...] = ()
    not_yet: tuple[Passed, ...] = ()
    with_them: tuple[Passed, ...] = ()
    shipped: frozenset[int] = frozenset()
    not_told: Mapping[int, str] = field(default_factory=dict)


def desks(house: House, shop_id: int) -> tuple[Desk, ...]:
    """The suppliers of a shop who have something to send or to be told, by name."""
    with house.db.read() as tx:
        return desks_in(tx, shop_id)


def desks_in(tx: Connection, shop_id: int) -> tuple[Desk, ...]:
    """``desks`` within the caller's transaction."""
    rows = drop_ships.not_ended(tx, shop_id)
    if not rows:
        return ()
    by_line: dict[int, list[Claim]] = {}
    for claim in claims.of_lines(tx, shop_id, rows):
        by_line.setdefault(claim.line_id, []).append(claim)
    ids = {row.order_id for row in rows.values()}
    known = orders.many(tx, shop_id, ids)
    lines = {line.line_id: line for some in order_lines.of_orders(tx, shop_id, ids).values() for line in some}
    days = promised(promises.history(tx, shop_id, rows))
    parts = fulfillment_orders.of_orders(
        tx, shop_id, {row.order_id for row in rows.values() if row.shipped_at is not None}
    )
    found = {one.supplier_id: Desk(one.supplier_id, one.name, one.email) for one in suppliers.every(tx, shop_id)}
    for line_id, row in rows.items():
        order, open_ones = known.get(row.order_id), by_line.get(line_id, [])
        desk = found.get(row.supplier_id or 0)
        if desk is None or (order is not None and order.test):
            continue
        name = order.name if order else row.order_name
        passed, tell = _passed(row, name, lines.get(line_id), open_ones, days)
        if tell is None:
            desk = replace(desk, with_them=(*desk.with_them, passed)) if open_ones else desk
        elif tell is Tell.CANCELLED or all(claim.ready for claim in open_ones):
            desk = replace(desk, to_pass_on=(*desk.to_pass_on, passed))
        else:
            desk = replace(desk, not_yet=(*desk.not_yet, passed))
        if row.shipped_at is not None and open_ones:
            why = _not_told(row, lines.get(line_id), parts.get(row.order_id, ()))
            desk = replace(desk, shipped=desk.shipped | {line_id}, not_told={**desk.not_told, **why})
        found[desk.supplier_id] = desk
    return tuple(desk for desk in found.values() if desk.to_pass_on or desk.not_yet or desk.with_them)


def _not_told(row: DropShip, line: LineSeen | None, parts: Iterable[FulfillmentOrderSeen]) -> dict[int, str]:
    """Why the store cannot be told that a line was shipped, if it cannot."""
    step = next_step(parts, drop_ships.said_of({row.line_id: row}, [line] if line else ()))
    return {row.line_id: step.why} if isinstance(step, NotYet) else {}


def _passed(
    row: DropShip, order_name: str, line: LineSeen | None, open_ones: Sequence[Claim], days: Mapping[int, date | None]
) -> tuple[Passed, Tell | None]:
    """A line as the supplier is to be told it, and what is to be told of it."""
    units = sum(claim.units for claim in open_ones)
    shipped = _shipped(line, row)
    tell = row.told.to_tell(units, shipped)
    dated = [claim.projected_on for claim in open_ones]
    worked_out = max((day for day in dated if day), default=None) if all(dated) else None
    passed = Passed(
        line_id=row.line_id,
        order_id=row.order_id,
        order_name=order_name,
        title=line.title if line else row.title,
        sku=line.sku if line else row.sku,
        tell=tell or Tell.NEW,
        units=units,
        was=row.told.owed(shipped),
        ship_by=days.get(row.line_id) or worked_out,
    )
    return passed, tell


def _shipped(line: LineSeen | None, row: DropShip) -> int:
    """Units of a line that have left in all; of one that the store has no more, as many as when it was passed on."""
    return line.shipped if line else row.told.shipped_before


def send(
    house: House,
    shop_id: int,
    supplier_id: int,
    line_ids: Collection[int] | None,
    note: str,
    *,
    by_mail: bool,
    actor: str,
    now: datetime,
) -> int:
    """Pass these lines on to a supplier (None: all there are), by a letter or some other way; the number of the letter.

    Raises Unknown for a supplier that the shop lacks, and Refused for what cannot be.
    """
    number = house.db.run(
        lambda tx: send_in(tx, shop_id, supplier_id, line_ids, note, by_mail=by_mail, actor=actor, now=now)
    )
    log.info("passed on", shop_id=shop_id, actor=actor, supplier_id=supplier_id, letter=number, by_mail=by_mail)
    house.bell.ring(Ring.OUTBOX)
    return number


def send_in(
    tx: Connection,
    shop_id: int,
    supplier_id: int,
    line_ids: Collection[int] | None,
    note: str,
    *,
    by_mail: bool,
    actor: str,
    now: datetime,
) -> int:
    """``send`` within the caller's transaction."""
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Refused("note", f"Use at most {LONGEST_NOTE} characters.")
    items = {claim.item_id for claim in claims.of_lines(tx, shop_id, drop_ships.not_ended(tx, shop_id))}
    catalogue.lock_items(tx, shop_id, items)
    desk = _desk(tx, shop_id, supplier_id)
    chosen = _chosen(desk, line_ids)
    if by_mail and len(chosen) > MOST_LINES:
        raise Refused(
            "line_ids", f"A letter holds at most {MOST_LINES} lines: choose fewer, or pass the file on yourself."
        )
    if len(chosen) > MOST_IN_FILE:
        raise Refused("line_ids", f"Pass on at most {MOST_IN_FILE} lines at once.")
    if by_mail and not desk.email:
        raise Refused(
            "email", f"No e-mail address of {desk.supplier} is known. Write one down, or pass the file on yourself."
        )
    number = supplier_letters.add(
        tx, shop_id, supplier_id, desk.supplier, desk.email if by_mail else "", note, chosen, actor=actor, at=now
    )
    _tell(tx, shop_id, desk, chosen, actor, now)
    if by_mail:
        _mail(tx, shop_id, number)
    return number


def _chosen(desk: Desk, line_ids: Collection[int] | None) -> list[Passed]:
    """These lines of what is to be passed on (None: all there are). Raises Refused unless each of them is, and there is one."""
    chosen = [one for one in desk.to_pass_on if line_ids is None or one.line_id in line_ids]
    if not chosen or (line_ids is not None and len(chosen) < len(set(line_ids))):
        raise Refused(
            "line_ids", "Not all of these lines are to be passed on to this supplier now: look at the page again."
        )
    return chosen


def _desk(tx: Connection, shop_id: int, supplier_id: int) -> Desk:
    known = suppliers.one(tx, shop_id, supplier_id)
    if known is None:
        raise Unknown("supplier", "There is no such supplier.")
    found = (desk for desk in desks_in(tx, shop_id) if desk.supplier_id == supplier_id)
    return next(found, Desk(supplier_id, known.name, known.email))


def _tell(tx: Connection, shop_id: int, desk: Desk, chosen: Iterable[Passed], actor: str, now: datetime) -> None:
    """Keep what the supplier knows from now on."""
    by_line = {one.line_id: one for one in chosen}
    rows = drop_ships.of_lines(tx, shop_id, by_line)
    lines = {
        line.line_id: line
        for some in order_lines.of_orders(tx, shop_id, {row.order_id for row in rows.values()}).values()
        for line in some
    }
    drop_ships.keep(
        tx,
        shop_id,
        [
            replace(
                row,
                told=Told(by_line[line_id].units, _shipped(lines.get(line_id), row)),
                told_day=by_line[line_id].ship_by,
                told_at=now,
                told_by=actor[:128],
                supplier=desk.supplier,
                order_name=by_line[line_id].order_name,
                title=by_line[line_id].title,
                sku=by_line[line_id].sku,
                ended_at=now if by_line[line_id].tell is Tell.CANCELLED else row.ended_at,
            )
            for line_id, row in rows.items()
        ],
    )


def _mail(tx: Connection, shop_id: int, number: int) -> None:
    letter = supplier_letters.one(tx, shop_id, number)
    assert letter is not None
    payload = {"about": "supplier", "letter": number}
    outbox.put(tx, shop_id, Effect.MAIL, outbox.supplier_lane(number), number, letter.key, transport_now(), payload)


def send_again(house: House, shop_id: int, letter_id: int, *, actor: str) -> None:
    """Mail a letter to a supplier once more, as it was. Raises Unknown, and Refused for one that was not mailed or is leaving."""

    def work(tx: Connection) -> None:
        letter = supplier_letters.one(tx, shop_id, letter_id)
        if letter is None:
            raise Unknown("letter", "There is no such letter.")
        if not letter.email:
            raise Refused("letter", "This was not passed on by e-mail.")
        if mails.open_in(tx, shop_id, outbox.supplier_lane(letter_id)):
            raise Refused("letter", "This letter is on its way.")
        troubles.give_up(tx, shop_id, outbox.supplier_lane(letter_id), transport_now(), "sent once more by a person")
        supplier_letters.once_more(tx, shop_id, letter_id)
        _mail(tx, shop_id, letter_id)

    house.db.run(work)
    log.info("passed on once more", shop_id=shop_id, actor=actor, letter=letter_id)
    house.bell.ring(Ring.OUTBOX)


def states(tx: Connection, shop_id: int, letters: Iterable[SupplierLetter]) -> dict[int, str]:
    """What became of the last mailing of each of these letters: a state of the outbox; without one it was not mailed."""
    keys = {letter.key: letter.letter_id for letter in letters if letter.email}
    return {keys[key]: state for key, state in mails.states_of(tx, shop_id, keys).items()}


def export(house: House, shop_id: int, supplier_id: int, line_ids: Collection[int] | None = None) -> str:
    """These lines that are to be passed on to a supplier (None: all there are) as a sheet, with the buyers' addresses.

    The addresses are read from the store now. Raises Unknown, Refused where there is nothing, where one of the lines is not to be
    passed on or where the store shows no address, and the errors of the store.
    """
    with house.db.read() as tx:
        desk = _desk(tx, shop_id, supplier_id)
    if not desk.to_pass_on:
        raise Refused("supplier", "Nothing is to be passed on to this supplier.")
    chosen = _chosen(desk, line_ids)
    addresses = with_addresses(open_store(house, shop_id).addresses, chosen)
    rows = []
    for one in chosen:
        to = addresses.get(one.order_id)
        rows.append(
            (
                one.tell.value,
                one.order_name,
                one.sku,
                one.title,
                one.units,
                one.was,
                one.ship_by.isoformat() if one.ship_by else None,
                ", ".join(to.lines) if to else None,
                to.country if to else None,
                one.line_id,
            )
        )
    return written(HEADINGS, rows)


def with_addresses(read: Callable[[Iterable[int]], dict[int, ShipTo]], lines: Iterable[Passed]) -> dict[int, ShipTo]:
    """The addresses of orders of which something is to be sent. Raises Refused if one of them has none."""
    wanted = {line.order_id: line.order_name for line in lines if line.tell is not Tell.CANCELLED}
    found = read(wanted) if wanted else {}
    missing = [name for order_id, name in sorted(wanted.items()) if order_id not in found]
    if missing:
        raise Refused("address", NO_ADDRESS.format(orders=", ".join(missing)))
    return found
