"""How an order is to be held, gathered from the books: only what a plan may need, for most orders need next to nothing."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from backorder.db import drop_ships, hold_acts, lots, queues, shops, ways
from backorder.db.engine import Connection
from backorder.rules.claims import Claim
from backorder.rules.holds import Wanted
from backorder.rules.lots import LotKind
from backorder.rules.mixed import Way
from backorder.rules.order_claims import is_open, under_our_hold
from backorder.rules.promises import Basis
from backorder.rules.queue_policy import NOT_WHOLE
from backorder.rules.seen import FulfillmentOrderSeen
from backorder.rules.terms import Terms
from backorder.rules.waves import Wave, by_arrival, waves
from backorder.rules.working_calendar import WorkingCalendar
from backorder.scene import load

# A hold that was lost is set again at most twice a day; then somebody must look (domain §5).
AGAIN_AT_MOST = 2
A_DAY = timedelta(days=1)


def holds_wanted(
    tx: Connection,
    shop_id: int,
    order_id: int,
    queue: Sequence[Claim],
    parts: Collection[FulfillmentOrderSeen],
    managed: frozenset[int],
    now: datetime,
) -> Wanted:
    """What a plan of the order's holds goes by. The caller holds the lock of its items."""
    way = ways.of_orders(tx, shop_id, [order_id]).get(order_id)
    ours = [claim for claim in queue if claim.item_id in managed and not claim.drop_shipped]
    sent, let_go = _sent(tx, shop_id, queue)
    lacking = [claim for claim in ours if claim.exposed > claim.given]
    lacking += [claim for claim in queue if claim.exposed and (claim.line_id, claim.location_id) in sent]
    open_ones = [fo for fo in parts if is_open(fo)]
    return Wanted(
        may_release=all(claim.ready for claim in queue),
        way=way,
        waves=_waves(tx, shop_id, ours, now) if lacking else {},
        # What a supplier sends must not keep back what lies here.
        may_narrow=bool(sent) or _may_narrow(tx, shop_id, way, ours, open_ones),
        cut=hold_acts.cut_of(tx, shop_id, order_id) if _mergeable(open_ones) else frozenset(),
        given_up=_given_up(tx, shop_id, order_id, lacking or queue, now) if lacking or way else frozenset(),
        sent=sent,
        let_go=let_go,
        set_aside=frozenset((claim.line_id, claim.location_id) for claim in ours if claim.stopped_since is not None),
    )


def _sent(
    tx: Connection, shop_id: int, queue: Sequence[Claim]
) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
    """What suppliers send of an order, by (line, location): what is held until they have, and what is held no more."""
    lines = {claim.line_id for claim in queue if claim.drop_shipped}
    if not lines:
        return frozenset(), frozenset()
    senders = drop_ships.senders(tx, shop_id, lines)
    sent, let_go = set(), set()
    for claim in queue:
        sender = senders.get(claim.line_id) if claim.drop_shipped else None
        if sender is not None and sender.let_go:
            let_go.add((claim.line_id, claim.location_id))
        elif sender is not None and sender.held:
            sent.add((claim.line_id, claim.location_id))
    return frozenset(sent), frozenset(let_go)


def _waves(
    tx: Connection, shop_id: int, claims: Sequence[Claim], now: datetime
) -> dict[tuple[int, int], Sequence[Wave]]:
    """With which arrivals the waiting units come; unasked where one unit waits, for it cannot be cut."""
    waiting = [claim for claim in claims if claim.backordered]
    if sum(claim.backordered for claim in waiting) < 2:
        return {}
    shop = shops.one(tx, shop_id)
    today = WorkingCalendar(timezone=shop.timezone).day(now)
    by_age = Terms.from_json(shop.terms).queue_policy.by_age
    coming = defaultdict(list)
    for lot in lots.of_items(tx, shop_id, {claim.item_id for claim in waiting}):
        if lot.kind is not LotKind.ON_HAND:
            coming[lot.item_id, lot.location_id].append(lot)
    found: dict[tuple[int, int], Sequence[Wave]] = {}
    uncertain = []
    for claim in waiting:
        here = coming[claim.item_id, claim.location_id]
        if len(here) > 1 and not by_age and not claim.later:
            uncertain.append(claim)
            continue
        ahead = queues.units_before(tx, shop_id, claim) if len(here) > 1 else 0
        found[claim.line_id, claim.location_id] = waves(here, ahead, claim.backordered, today)
    return found | _by_policy(tx, shop_id, uncertain, now) if uncertain else found


def _by_policy(
    tx: Connection, shop_id: int, claims: Sequence[Claim], now: datetime
) -> dict[tuple[int, int], Sequence[Wave]]:
    """With which arrivals units come where who is ahead depends on more than age: as the decision itself gives them out.

    So whole queues are read, as each decision of such a shop does; only for who waits for several units with several arrivals to come.
    """
    scene = load(tx, shop_id, {claim.item_id for claim in claims}, now)
    whole = scene.terms.whole != NOT_WHOLE
    wanted = {(claim.line_id, claim.location_id): claim for claim in claims}
    found: dict[tuple[int, int], Sequence[Wave]] = {}
    for goods in scene.goods:
        for place in goods.places:
            queue = scene.queue(goods, place).claims
            for spot in wanted.keys() & queue.keys():
                served = [(serving.lot, serving.units) for serving in queue[spot].servings]
                lacks = queue[spot].basis is not Basis.LOT
                found[spot] = by_arrival(
                    [] if whole and lacks else served, wanted[spot].backordered, scene.today, whole=whole
                )
    return found


def _may_narrow(
    tx: Connection, shop_id: int, way: Way | None, claims: Sequence[Claim], open_ones: Sequence[FulfillmentOrderSeen]
) -> bool:
    """By the shop's setting; and where somebody said of this very order that what is there is to be sent."""
    if not any(under_our_hold(fo) for fo in open_ones) or not any(c.given > c.exposed for c in claims):
        return False
    return way is Way.SPLIT or Terms.from_json(shops.one(tx, shop_id).terms).narrow_holds


def _mergeable(open_ones: Sequence[FulfillmentOrderSeen]) -> bool:
    return sum(fo.status == "OPEN" and not fo.holds for fo in open_ones) > 1


def _given_up(
    tx: Connection, shop_id: int, order_id: int, claims: Sequence[Claim], now: datetime
) -> frozenset[tuple[int, int]]:
    lost = hold_acts.lost_since(tx, shop_id, order_id, now - A_DAY)
    spots = ((claim.line_id, claim.location_id) for claim in claims)
    return frozenset(spot for spot in spots if lost.get(spot[0], 0) > AGAIN_AT_MOST)
