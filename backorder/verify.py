"""Verify: prove the invariants on a live database, and say what was checked, with the first counter-examples."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from backorder.clock import transport_now
from backorder.db import footings, let_go, migrate, queues, shops
from backorder.db.engine import Connection
from backorder.db.proofs import PROOFS, PROOFS_IN_TIME, Check
from backorder.db.proofs.check import judged
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.footing import Footing, is_current, run_of
from backorder.rules.repromise import PROMISE_FIRST
from backorder.rules.terms import Terms
from backorder.scene import Goods, Place, Scene, load

__all__ = ["Certificate", "Check", "verify"]

# What was accepted is applied within so many reconcile periods (I4).
PERIODS = 2
AS_THE_POLICY_SAYS = "what is given is what the shop's own policy gives"
DAYS_LOOKED_BACK = 30
DAYS_STAND = "the days of those who wait are those of the whole queue"
AT_ONCE = 50  # items whose queues are walked together


@dataclass(frozen=True)
class Certificate:
    """What was proved, when, and of which books: ``database`` (without its password), ``revision``, the ``shops`` by domain.

    ``holds``: nowhere a counter-example.
    """

    checks: tuple[Check, ...]
    at: datetime | None = None
    database: str = ""
    revision: str | None = None
    shops: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not any(check.broken for check in self.checks)

    @property
    def counted(self) -> int:
        """In how many places something was checked."""
        return sum(check.counted for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The certificate as JSON values."""
        return {
            "holds": self.holds,
            "at": self.at.isoformat() if self.at else None,
            "database": self.database,
            "revision": self.revision,
            "shops": list(self.shops),
            "checks": [{**asdict(check), "holds": not check.broken} for check in self.checks],
        }


def verify(house: House, shop_id: int | None = None, at: datetime | None = None) -> Certificate:
    """Check every invariant of the books, of one shop or of all (None), in one reading transaction.

    ``at`` is transport time, by which it is judged what has waited too long; None: now.
    """
    at = at or transport_now()
    patience = timedelta(seconds=PERIODS * house.settings.reconcile_seconds)
    with house.db.read() as tx:
        known = shops.every(tx) if shop_id is None else (shops.one(tx, shop_id),)
        return Certificate(
            checks=(
                *(prove(tx, shop_id) for prove in PROOFS),
                *(prove(tx, shop_id, at, patience) for prove in PROOFS_IN_TIME),
                days_stand(tx, known, house.clock.now()),
                given_by_policy(tx, known, house.clock.now()),
            ),
            at=at,
            database=house.db.engine.url.render_as_string(hide_password=True),
            revision=migrate.standing(tx)[1],
            shops=tuple(shop.domain for shop in known),
        )


def days_stand(tx: Connection, known: Iterable[Shop], now: datetime) -> Check:
    """Deep queues are not walked at every delivery: the day beside each claim is the one that the whole queue gives it.

    Left out are goods that are to be looked at, and queues that were last walked on another day or other terms.
    """
    checked: list[int] = []
    wrong: list[str] = []
    for shop in known:
        resting = footings.of_settled_items(tx, shop.shop_id)
        items = sorted({item_id for item_id, _ in resting})
        for start in range(0, len(items), AT_ONCE):
            scene = load(tx, shop.shop_id, items[start : start + AT_ONCE], now)
            for goods in scene.goods:
                for place in goods.places:
                    before = resting.get((place.item_id, place.location.location_id))
                    if before is not None:
                        _compare(scene, goods, place, before, checked, wrong)
    return judged(DAYS_STAND, checked, wrong)


def given_by_policy(tx: Connection, known: Iterable[Shop], now: datetime) -> Check:
    """I2 and I2b where another policy than age or promises rules: deciding again would give nobody another unit.

    A policy counts days, so what was decided on a day is judged as of that day, the last on which it holds. Left out are goods that are
    to be looked at.
    """
    checked: list[int] = []
    wrong: list[str] = []
    for shop in known:
        policy = Terms.from_json(shop.terms).queue_policy
        if policy.by_age or policy.goes_first == PROMISE_FIRST:
            continue
        items = queues.settled_items(tx, shop.shop_id)
        for start in range(0, len(items), AT_ONCE):
            some = items[start : start + AT_ONCE]
            off = _off(load(tx, shop.shop_id, some, now), checked)
            for (item_id, location_id), sentence in off.items():
                if not _held_since(tx, shop.shop_id, item_id, location_id, now):
                    wrong.append(f"shop {shop.shop_id}: {sentence}")
    return judged(AS_THE_POLICY_SAYS, checked, wrong)


def _off(scene: Scene, checked: list[int]) -> dict[tuple[int, int], str]:
    """Where deciding again would give somebody another number of units, and whom."""
    found = {}
    for goods in scene.goods:
        for place in goods.places if goods.managed else ():
            given = {claim.line_id: claim.given for claim in place.claims}
            checked += given
            for claim in scene.give(goods, place, place.claims, place.settled).claims:
                if claim.given != given[claim.line_id]:
                    sentence = (
                        f"line {claim.line_id} was given {given[claim.line_id]}, the policy gives it {claim.given}"
                    )
                    found[place.item_id, place.location.location_id] = sentence
                    break
    return found


def _held_since(tx: Connection, shop_id: int, item_id: int, location_id: int, now: datetime) -> bool:
    """Whether what stands at a shelf was right on a day since it was last changed."""
    at = let_go.last_changed(tx, shop_id, item_id, location_id)
    for _ in range(DAYS_LOOKED_BACK):
        if at is None or at >= now:
            return False
        if (item_id, location_id) not in _off(load(tx, shop_id, [item_id], at), []):
            return True
        at += timedelta(days=1)
    return False


def _compare(scene: Scene, goods: Goods, place: Place, before: Footing, checked: list[int], wrong: list[str]) -> None:
    """Work out the queue of a place, and name who has another day."""
    if not goods.managed or not is_current(before, scene.future(place, goods.variants)):
        return
    queue = scene.queue(goods, place).claims
    for claim in place.claims:
        projection = queue.get((claim.line_id, claim.location_id))
        if projection is None or claim.run is None:
            continue
        checked.append(claim.line_id)
        if (claim.projected_on, claim.run) != (projection.ship_by, run_of(projection)):
            wrong.append(
                f"shop {scene.shop.shop_id}: line {claim.line_id} is said to ship on {claim.projected_on} (run {claim.run}), "
                f"and its queue says {projection.ship_by} (run {run_of(projection)})."
            )
