"""Hearing: what many deliveries ask for, marked and settled together in one transaction.

Most deliveries are bells of known topics that were never tried before. Each by itself would cost a transaction, and the writer's
turn that goes with it. What is anything else, or cannot be read, or came along when the whole failed, is left to be understood
one by one (``webhooks.topics``), so that a bad one never stops those behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from backorder.clock import transport_now
from backorder.db import inbox, shops
from backorder.db.engine import Connection
from backorder.db.inbox import Kept, Verdict
from backorder.failpoint import reached
from backorder.house import House
from webhooks import marks
from webhooks.look import Hint, Look
from webhooks.payload import Unreadable, parse, shown

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ended:
    """What became of a delivery, and why where that needs saying."""

    verdict: Verdict
    why: str | None = None


DONE = Ended(Verdict.DONE)
NAMES_NOTHING = Ended(Verdict.IGNORED, "It names nothing that we know.")


def not_installed(domain: str) -> Ended:
    """The verdict on a delivery of a shop that is not ours."""
    return Ended(Verdict.IGNORED, f"The app is not installed in {shown(domain)}.")


def hear_together(house: House, taken: Iterable[Kept], hints: Mapping[str, Hint]) -> tuple[Kept, ...]:
    """Understand those that are plain, all or none; the others are returned."""
    looks: dict[Kept, Look] = {}
    left: list[Kept] = []
    for kept in taken:
        look = _look(kept, hints)
        if look is None:
            left.append(kept)
        else:
            looks[kept] = look
    if not looks:
        return tuple(left)
    try:
        ended = house.db.run(lambda tx: _hear(tx, looks))
    except Exception:
        log.exception("webhooks failed together; each is tried by itself", count=len(looks))
        return (*looks, *left)
    told(ended.items())
    return tuple(left)


def told(settled: Iterable[tuple[Kept, Ended]]) -> None:
    """Say in the log what became of deliveries, and how many seconds after they were received."""
    reached("delivery.settled")
    for kept, ended in settled:
        log.info(
            "webhook understood",
            shop=kept.shop_domain,
            topic=kept.topic,
            webhook_id=kept.webhook_id,
            inbox_id=kept.inbox_id,
            verdict=ended.verdict.value,
            size=len(kept.body),
            waited=round((transport_now() - kept.received_at).total_seconds(), 3),
            **({"why": ended.why} if ended.why else {}),
        )


def _look(kept: Kept, hints: Mapping[str, Hint]) -> Look | None:
    """What a plain delivery asks for; None if it must be understood by itself."""
    hint = hints.get(kept.topic)
    if hint is None or kept.attempts > 1:
        return None
    try:
        return hint(parse(kept.body))
    except Unreadable:
        return None
    except Exception:
        log.exception("webhook failed", webhook_id=kept.webhook_id, topic=kept.topic)
        return None


def _hear(tx: Connection, looks: Mapping[Kept, Look]) -> dict[Kept, Ended]:
    at = transport_now()
    by_shop: dict[str, dict[Kept, Look]] = defaultdict(dict)
    ours = inbox.those_still_ours(tx, looks)
    if late := len(looks) - len(ours):
        log.warning("webhooks overtaken", count=late)
    for kept, look in ((kept, looks[kept]) for kept in ours):
        by_shop[kept.shop_domain][kept] = look
    ended: dict[Kept, Ended] = {}
    for domain, asked in sorted(by_shop.items()):
        shop = shops.by_domain(tx, domain)
        if shop is None or not shop.is_installed:
            ended |= dict.fromkeys(asked, not_installed(domain))
            continue
        heard = marks.mark_all(tx, shop.shop_id, asked, at)
        ended |= {kept: DONE if kept in heard else NAMES_NOTHING for kept in asked}
    alike: dict[Ended, list[int]] = defaultdict(list)
    for kept, end in ended.items():
        alike[end].append(kept.inbox_id)
    reached("delivery.understood")
    for end, numbers in alike.items():
        inbox.settle_all(tx, numbers, end.verdict, at, end.why)
    return ended
