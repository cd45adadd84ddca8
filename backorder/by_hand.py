"""By hand: a person gives units of the shelf to an order, lets the queue decide again about what an order keeps, or moves it up.

Every act has a reason and stands in the book of acts with who did it; the ledger of allocations names them too. It can be undone, as
long as what it changed was not changed again. A preview is the real act, taken back (domain §§3 rank, 4 c).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backorder.allocate import decide
from backorder.bell import Ring
from backorder.db import catalogue, claims, lots, orders, queue_acts
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.movement import Movement, moving
from backorder.rules.allocation import can_be_given
from backorder.rules.claims import Claim
from backorder.rules.wording import units
from backorder.scene import load

GIVE, TAKE_BACK, MOVE_UP, MOVE_BACK = "give", "take back", "move up", "move back"
DEEDS = (GIVE, TAKE_BACK, MOVE_UP, MOVE_BACK)
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
    if "rank" in act.change:
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
    lines = orders.lines(tx, shop_id, [claim.order_id]).get(claim.order_id, ())
    return next((line.title for line in lines if line.line_id == claim.line_id), "A line")
