"""By hand: a person gives units of the shelf to an order, lets the queue decide again about what an order keeps, or moves it up.

Or has a supplier send a line to its buyer directly, and takes that back, as long as the supplier was not told.

Every act has a reason and stands in the book of acts with who did it; the ledger of allocations names them too. It can be undone, as
long as what it changed was not changed again. A preview is the real act, taken back (domain §§3 rank, 4 c).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backorder import drop_ship
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.db import catalogue, claims, drop_ships, lots, order_lines, queue_acts
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.movement import Movement, moving
from backorder.rules.allocation import can_be_given
from backorder.rules.claims import Claim
from backorder.rules.wording import units
from backorder.scene import load

GIVE, TAKE_BACK, MOVE_UP, MOVE_BACK = "give", "take back", "move up", "move back"
BY_SUPPLIER, FROM_HERE = "send by supplier", "send from here"
DEEDS = (GIVE, TAKE_BACK, MOVE_UP, MOVE_BACK, BY_SUPPLIER, FROM_HERE)
LONGEST_REASON = 500
FIRST, OWN_PLACE = -1, 0  # ranks (domain §3)
# By this the ledger knows what a person took back.
TAKEN_BACK = "taken back by hand"
CHANGED_SINCE = "This was changed again since, so it cannot be undone."


@dataclass(frozen=True)
class Deed:
    """What a person does with an order line's place at a location (None: its only one). ``units`` are given; None: all it still wants."""

    line_id: int
    what: str
    reason: str
    units: int | None = None
    location_id: int | None = None


def preview(house: House, shop_id: int, deed: Deed, now: datetime) -> Movement:
    """Whose day a deed would move. Raises as ``do``."""
    return house.db.rehearse(lambda tx: do_in(tx, shop_id, deed, actor="a preview", now=now))


def do(house: House, shop_id: int, deed: Deed, *, actor: str, now: datetime) -> Movement:
    """Do it, and tell whose day it moved. Raises Unknown, and Refused for what cannot be."""
    moved = house.db.run(lambda tx: do_in(tx, shop_id, deed, actor=actor, now=now))
    house.bell.ring(Ring.OUTBOX)
    return moved


def undo(house: House, shop_id: int, act_id: int, *, actor: str, now: datetime) -> int:
    """Take a deed back; the order that it was about. Raises Unknown, and Refused if it cannot be taken back."""
    order_id = house.db.run(lambda tx: undo_in(tx, shop_id, act_id, actor=actor, now=now))
    house.bell.ring(Ring.OUTBOX)
    return order_id


def do_in(tx: Connection, shop_id: int, deed: Deed, *, actor: str, now: datetime) -> Movement:
    """``do`` within the caller's transaction."""
    reason = deed.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused("reason", f"Say why, in up to {LONGEST_REASON} characters.")
    if deed.what not in DEEDS:
        raise Refused("what", f"Say one of: {', '.join(DEEDS)}.")
    claim = _claim(tx, shop_id, deed.line_id, deed.location_id)
    catalogue.lock_items(tx, shop_id, [claim.item_id])
    claim = _claim(tx, shop_id, deed.line_id, claim.location_id)  # as it is under the lock

    def work() -> None:
        sentence, change = _do(tx, shop_id, claim, deed, actor, now)
        queue_acts.record(
            tx, shop_id, claim.order_id, claim.line_id, sentence, reason, actor=actor, at=now, change=change
        )

    return moving(tx, shop_id, [claim.item_id], work)


def _do(
    tx: Connection, shop_id: int, claim: Claim, deed: Deed, actor: str, now: datetime
) -> tuple[str, dict[str, Sequence[int]]]:
    """Make the change and decide anew; what was done in a sentence, and what it changed: before and after."""
    title = _title(tx, shop_id, claim)
    if deed.what in {BY_SUPPLIER, FROM_HERE}:
        before, after, supplier = _route(tx, shop_id, claim, deed.what, actor, now)
        where = f"sent by {supplier} directly" if deed.what == BY_SUPPLIER else "sent from here"
        return f"{title}: {where}.", {"supplier": [claim.line_id, before, after]}
    if claim.drop_shipped:
        raise Refused("what", "A supplier sends this line, so it is in no queue. Have it sent from here first.")
    if deed.what == GIVE:
        before, after = claim.kept, _give(tx, shop_id, claim, deed.units, actor, now)
        return f"{title}: {units(after - before)} given by hand.", _kept(claim, before, after)
    if deed.what == TAKE_BACK:
        if claim.kept <= claim.in_works:
            packed = (
                "What it keeps is being packed." if claim.in_works else "It keeps nothing that could be taken back."
            )
            raise Refused("what", packed)
        _loosen(tx, shop_id, claim, claim.in_works, actor, now)
        back = units(claim.kept - claim.in_works)
        return f"{title}: {back} taken back, for the queue to decide about.", _kept(claim, claim.kept, claim.in_works)
    rank = FIRST if deed.what == MOVE_UP else OWN_PLACE
    if claim.rank == rank:
        raise Refused("what", "It stands at the head already." if rank else "It stands in its own place already.")
    _move(tx, shop_id, claim, rank, actor, now)
    where = "to the head of the queue" if rank else "back to its own place"
    return f"{title}: moved {where}.", {"rank": [claim.line_id, claim.rank, rank]}


def _kept(claim: Claim, before: int, after: int) -> dict[str, Sequence[int]]:
    return {"kept": [claim.line_id, claim.location_id, before, after]}


def _give(tx: Connection, shop_id: int, claim: Claim, wanted: int | None, actor: str, now: datetime) -> int:
    """Pin units of the shelf; how many the claim keeps from now on. Nobody loses what was let go."""
    scene = load(tx, shop_id, [claim.item_id], now)
    (goods,) = scene.goods
    if not goods.managed:
        raise Refused("what", "The app does not give out goods that it does not manage.")
    place = next(one for one in goods.places if one.location.location_id == claim.location_id)
    most = can_be_given(claim, place.claims, place.settled)
    stays = max(claim.kept, claim.in_works)
    count = most if wanted is None else wanted
    if not 0 < count <= most:
        rest = claim.units - stays
        there = "nothing of the shelf can be given to it" if not most else f"up to {units(most)} can be given to it"
        raise Refused(
            "units", f"{units(rest)} of it could still be given, and {there}: the rest was let go or is not there."
        )
    keeps = {(claim.line_id, claim.location_id): stays + count - claim.kept}
    decide(tx, shop_id, [claim.item_id], now, cause="given by hand", actor=actor, keeps=keeps)
    return stays + count


def _route(tx: Connection, shop_id: int, claim: Claim, what: str, actor: str, now: datetime) -> tuple[int, int, str]:
    """Have the supplier of its variant send a line, or not; who was to send it before and who is now (0: nobody), and the supplier's name."""
    row = drop_ships.of_lines(tx, shop_id, [claim.line_id]).get(claim.line_id)
    before = (row.supplier_id or 0) if row else 0
    if what == FROM_HERE:
        if not before:
            raise Refused("what", "It is sent from here already.")
        _send_by(tx, shop_id, claim.line_id, 0, actor, now)
        return before, 0, ""
    if before:
        raise Refused("what", "A supplier sends it already.")
    variant = _variant_of(tx, shop_id, claim)
    if variant is None or not variant.managed:
        raise Refused("what", "The app does not decide about goods that it does not manage.")
    if variant.supplier_id is None:
        raise Refused("what", f"Nobody is known to deliver {variant.full_title}: choose a supplier for it first.")
    _send_by(tx, shop_id, claim.line_id, variant.supplier_id, actor, now)
    return 0, variant.supplier_id, variant.supplier or "the supplier"


def _send_by(tx: Connection, shop_id: int, line_id: int, supplier_id: int, actor: str, now: datetime) -> None:
    """A line is sent by a supplier from now on; 0: from here. Raises Refused once the supplier was told, or if some of it was let go."""
    row = drop_ships.of_lines(tx, shop_id, [line_id]).get(line_id)
    open_ones = claims.of_lines(tx, shop_id, [line_id])
    if row is not None and row.told.units:
        raise Refused("what", f"{row.supplier or 'The supplier'} was told to send it, so it stays with them.")
    if supplier_id and not drop_ship.may_be_sent(open_ones):
        raise Refused("what", "Some of it was let go or is being packed, so it is sent from here.")
    by_hand = drop_ships.fresh(line_id, open_ones[0].order_id, supplier_id or None, now, by_hand=True)
    drop_ships.keep(tx, shop_id, [by_hand])
    drop_ships.mark(tx, shop_id, [line_id], drop_shipped=bool(supplier_id))
    items = {claim.item_id for claim in open_ones}
    decide(tx, shop_id, items, now, cause="sent by a supplier" if supplier_id else "sent from here", actor=actor)


def _variant_of(tx: Connection, shop_id: int, claim: Claim) -> catalogue.Variant | None:
    variant_id = order_lines.variants(tx, shop_id, [claim.order_id]).get(claim.line_id)
    return next(iter(catalogue.by_ids(tx, shop_id, [variant_id])), None) if variant_id is not None else None


def _loosen(tx: Connection, shop_id: int, claim: Claim, kept: int, actor: str, now: datetime) -> None:
    lots.loosen(tx, shop_id, claim, kept, cause=TAKEN_BACK, actor=actor, at=now)
    spot = (claim.line_id, claim.location_id)
    decide(tx, shop_id, [claim.item_id], now, cause=TAKEN_BACK, actor=actor, loosened={spot})


def _move(tx: Connection, shop_id: int, claim: Claim, rank: int, actor: str, now: datetime) -> None:
    claims.move(tx, shop_id, claim.line_id, rank)
    decide(tx, shop_id, [claim.item_id], now, cause="moved by hand", actor=actor)


def undo_in(tx: Connection, shop_id: int, act_id: int, *, actor: str, now: datetime) -> int:
    """``undo`` within the caller's transaction."""
    act = queue_acts.one(tx, shop_id, act_id)
    if act is None:
        raise Unknown("act", "There is no such change.")
    found = claims.of_lines(tx, shop_id, [act.line_id])
    catalogue.lock_items(tx, shop_id, {claim.item_id for claim in found})
    act = queue_acts.one(tx, shop_id, act_id)  # as it is under the lock
    assert act is not None
    if act.change is None or act.undone_at is not None:
        raise Refused("act", "This cannot be undone.")
    if "supplier" in act.change:
        line_id, before, after = act.change["supplier"]
        row = drop_ships.of_lines(tx, shop_id, [line_id]).get(line_id)
        if not found or row is None or (row.supplier_id or 0) != after:
            raise Refused("act", CHANGED_SINCE)
        if row.told.units:
            raise Refused("act", f"{row.supplier or 'The supplier'} was told meanwhile, so it stays with them.")
        _send_by(tx, shop_id, line_id, before, actor, now)
    elif "rank" in act.change:
        line_id, before, after = act.change["rank"]
        claim = next(iter(claims.of_lines(tx, shop_id, [line_id])), None)
        if claim is None or claim.rank != after:
            raise Refused("act", CHANGED_SINCE)
        _move(tx, shop_id, claim, before, actor, now)
    else:
        line_id, location_id, before, after = act.change["kept"]
        here = (one for one in claims.of_lines(tx, shop_id, [line_id]) if one.location_id == location_id)
        _keep_as_before(tx, shop_id, next(here, None), before, after, actor, now)
    queue_acts.undone(tx, shop_id, act_id, now)
    sentence = f"Undone: {act.sentence}"
    queue_acts.record(tx, shop_id, act.order_id, act.line_id, sentence, act.reason, actor=actor, at=now)
    return act.order_id


def _keep_as_before(
    tx: Connection, shop_id: int, claim: Claim | None, before: int, after: int, actor: str, now: datetime
) -> None:
    if claim is None or claim.kept != after:
        raise Refused("act", CHANGED_SINCE)
    if before > after:
        _give(tx, shop_id, claim, before - max(after, claim.in_works), actor, now)
    elif claim.in_works > before:
        raise Refused("act", "What was given is being packed, so it cannot be undone.")
    else:
        _loosen(tx, shop_id, claim, before, actor, now)


def _claim(tx: Connection, shop_id: int, line_id: int, location_id: int | None) -> Claim:
    found = [
        one for one in claims.of_lines(tx, shop_id, [line_id]) if location_id is None or one.location_id == location_id
    ]
    if not found:
        raise Unknown("line", "Nothing of this order line is open.")
    if len(found) > 1:
        raise Refused("location_id", "This line is open at several locations: say at which.")
    return found[0]


def _title(tx: Connection, shop_id: int, claim: Claim) -> str:
    lines = order_lines.of_orders(tx, shop_id, [claim.order_id]).get(claim.order_id, ())
    return next((line.title for line in lines if line.line_id == claim.line_id), "A line")
