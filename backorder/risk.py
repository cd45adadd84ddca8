"""Risk: of everybody who waits, how likely it is that the promise is kept, before the day has come; the least likely first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from backorder.db import backlog, lateness, managing, promises
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.lots import by_lead_time
from backorder.rules.projection import Projection
from backorder.rules.promises import Basis, promised
from backorder.rules.risk import SAFE, Arrives, Chances, as_learned
from backorder.rules.tranches import pieces
from backorder.scene import Goods, Place, Scene, load

AT_ONCE = 50  # items whose queues are walked together


@dataclass(frozen=True)
class AtRisk:
    """An order line of which ``units`` wait, promised for a day: ``likely`` is the probability that it ships by then.

    ``ship_by`` is when it would ship as things are (None: no day can be named), from ``source``. ``overdue``: that should be here
    already, and neither a new day nor its supplier's lateness says when it comes, so ``ship_by`` is only hoped for.
    """

    order_id: int
    line_id: int
    units: int
    promised_on: date
    ship_by: date | None
    source: str
    likely: float
    overdue: bool = False
    order_name: str = ""
    title: str = ""
    unit_price: Decimal = Decimal(0)
    currency: str = ""

    @property
    def money(self) -> Decimal:
        """What waits is worth."""
        return self.unit_price * self.units


def at_risk(
    house: House, shop_id: int, now: datetime, *, below: float = SAFE, believes: Callable[[date], Arrives] | None = None
) -> tuple[AtRisk, ...]:
    """Every line whose promise is kept with less than ``below`` probability, least likely first, then by what it is worth.

    ``believes`` tells, as of a day, how likely each lot is here by another one; by itself it is as its supplier has been until now.
    """
    found: dict[int, AtRisk] = {}
    with house.db.read() as tx:
        arrives = believes or partial(as_learned, lateness.get(tx, shop_id))
        items = managing.managed_items(tx, shop_id)
        for start in range(0, len(items), AT_ONCE):
            scene = load(tx, shop_id, items[start : start + AT_ONCE], now)
            for one in _judged(tx, scene, arrives(scene.today)):
                found[one.line_id] = _both(found[one.line_id], one) if one.line_id in found else one
        risky = {line_id: one for line_id, one in found.items() if one.likely < below}
        worded = {row.claim.line_id: row for row in backlog.with_words(tx, shop_id, risky)} if risky else {}
    named = (
        replace(one, order_name=row.order_name, title=row.title, unit_price=row.unit_price, currency=row.currency)
        for line_id, one in risky.items()
        if (row := worded.get(line_id)) is not None
    )
    return tuple(sorted(named, key=lambda one: (one.likely, -one.money, one.promised_on, one.line_id)))


def _judged(tx: Connection, scene: Scene, arrives: Arrives) -> Iterator[AtRisk]:
    places = [place for goods in scene.goods for place in goods.places]
    lines = {c.line_id for place in places for c in (*place.claims, *place.drop_shipped) if c.backordered}
    days = promised(promises.history(tx, scene.shop.shop_id, lines)) if lines else {}
    for goods in scene.goods:
        if goods.managed:
            yield from _of_goods(scene, goods, days, arrives)


def _of_goods(scene: Scene, goods: Goods, days: dict[int, date | None], arrives: Arrives) -> Iterable[AtRisk]:
    for place in goods.places:
        future, queue = scene.future(place, goods.variants), scene.queue(goods, place)
        chances = Chances(future, arrives)
        for claim in place.claims:
            projection, day = queue.claims.get((claim.line_id, claim.location_id)), days.get(claim.line_id)
            if projection is None or day is None:
                continue
            last = projection.last_lot
            yield AtRisk(
                order_id=claim.order_id,
                line_id=claim.line_id,
                units=claim.backordered,
                promised_on=day,
                ship_by=projection.ship_by,
                source=last.label if last and projection.basis is Basis.LOT else "",
                likely=_likely(scene, chances, claim, projection, day),
                overdue=_only_hoped_for(projection),
            )
        yield from _of_suppliers(scene, goods, place, days, arrives)


def _of_suppliers(
    scene: Scene, goods: Goods, place: Place, days: dict[int, date | None], arrives: Arrives
) -> Iterable[AtRisk]:
    """What suppliers send from no shelf: it ships when they do."""
    sent = scene.sent(goods, place) if place.drop_shipped else {}
    for claim in place.drop_shipped:
        projection, day = sent.get((claim.line_id, claim.location_id)), days.get(claim.line_id)
        if projection is None or day is None:
            continue
        sender, theirs = scene.senders[claim.line_id], projection.last_lot
        chances = Chances(scene.sent_future(goods, place, sender.days), arrives)
        yield AtRisk(
            order_id=claim.order_id,
            line_id=claim.line_id,
            units=claim.units,
            promised_on=day,
            ship_by=projection.ship_by,
            source=sender.supplier,
            likely=chances.in_time(claim.units, day, theirs) if theirs else 0.0,
            overdue=_only_hoped_for(projection),
        )


def _only_hoped_for(projection: Projection) -> bool:
    return projection.overdue and projection.allowance is None and projection.reckoned is None


def _likely(scene: Scene, chances: Chances, claim: Claim, projection: Projection, day: date) -> float:
    future = chances.future
    beyond = (
        by_lead_time(claim, future.calendar.day(claim.since), future.lead_time_days or 0)
        if projection.basis is Basis.LEAD_TIME
        else None
    )
    if scene.by_place:
        last = pieces(claim)[-1]  # it ships whole, so the last of its pieces says when
        return chances.in_time(projection.ahead + last.backordered, day, beyond)
    if projection.basis in {Basis.LOT, Basis.LEAD_TIME}:  # whose turn it is does not follow from the place
        served = [serving.lot for serving in projection.servings]
        return chances.all_here([*served, beyond] if beyond else served, day)
    return 0.0


def _both(one: AtRisk, other: AtRisk) -> AtRisk:
    """A line that waits at two places: both must come in time."""
    days = (one.ship_by, other.ship_by)
    latest = max(day for day in days if day) if all(days) else None
    worse = min(one, other, key=lambda each: each.likely)
    overdue = one.overdue or other.overdue
    return replace(
        worse, units=one.units + other.units, ship_by=latest, likely=one.likely * other.likely, overdue=overdue
    )
