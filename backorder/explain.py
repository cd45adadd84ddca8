"""Explain: “why this date”, one sentence and a trace, worked out by the rule that the date itself comes from."""

from dataclasses import dataclass
from datetime import date, datetime

from backorder.db import claims, promises
from backorder.errors import Unknown
from backorder.house import House
from backorder.rules.drop_ship import for_buyer as sent_for_buyer
from backorder.rules.drop_ship import sentence as sent_in_words
from backorder.rules.trace import Trace, for_buyer, in_steps, sentence, trace
from backorder.rules.wording import units_wait
from backorder.scene import Scene, load


@dataclass(frozen=True)
class Explanation:
    """``sentence`` says it to the merchant, ``for_buyer`` to whoever waits; ``steps`` is the ``trace`` in words.

    All are written from the trace; it is None where there is nothing to explain.
    """

    sentence: str
    for_buyer: str = ""
    steps: tuple[str, ...] = ()
    trace: Trace | None = None


def why(house: House, shop_id: int, line_id: int, now: datetime) -> Explanation:
    """Why an order line has the date it has; at several places, the latest. Raises Unknown for one that never waited and is not open."""
    with house.db.read() as tx:
        history = promises.history(tx, shop_id, [line_id])
        found = claims.of_lines(tx, shop_id, [line_id])
        scene = load(tx, shop_id, {claim.item_id for claim in found}, now)
    if not history and not found:
        raise Unknown("line", "There is no such order line.")
    waiting = sum(claim.backordered for claim in found)
    if not waiting:
        covered = "Nothing of this line waits: all of it is covered by stock."
        return Explanation(covered if found else "Nothing of this line is open.")
    sent = _sent(scene, line_id)
    if sent is not None:
        return sent
    traces = _traces(scene, line_id)
    if not traces:
        return Explanation(f"{units_wait(waiting)}; no date has been worked out yet.")
    latest = max(traces, key=lambda each: each.ship_by or date.max)
    return Explanation(sentence(latest), for_buyer(latest), in_steps(latest), latest)


def _sent(scene: Scene, line_id: int) -> Explanation | None:
    """Why a line has its day that a supplier sends; None for any other."""
    sender = scene.senders.get(line_id)
    for goods in scene.goods if sender is not None else ():
        for place in goods.places:
            for claim in place.drop_shipped:
                projection = scene.sent(goods, place).get((line_id, claim.location_id))
                if claim.line_id == line_id and projection is not None and sender is not None:
                    ordered_on = scene.calendar.day(sender.waits_since(claim))
                    said = sent_in_words(claim, sender, projection, ordered_on)
                    return Explanation(said, sent_for_buyer(claim, projection))
    return None


def _traces(scene: Scene, line_id: int) -> list[Trace]:
    """The traces of a line, one for each place at which it waits."""
    return [
        trace(
            claim,
            scene.queue(goods, place),
            scene.future(place, goods.variants),
            promises_first=scene.promised is not None,
            policy=scene.terms.queue_policy.sentence if scene.serves is not None else "",
        )
        for goods in scene.goods
        for place in goods.places
        for claim in place.claims
        if goods.managed and claim.line_id == line_id and claim.backordered
    ]
