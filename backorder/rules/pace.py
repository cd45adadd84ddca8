"""How many orders may be let go in an hour or a day, the oldest first: work is spread, the queue stays as it is (requirement C16)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

HOUR, DAY = "hour", "day"
PERIODS = {HOUR: timedelta(hours=1), DAY: timedelta(days=1)}
# Who waits looks again this soon at the earliest, and this late at the latest: the setting may have changed.
SOONEST, LATEST = timedelta(seconds=20), timedelta(hours=1)


def room_at(place: int, released: Sequence[datetime], most: int, period: timedelta, now: datetime) -> datetime | None:
    """When there is room to let an order go; None: there is room now.

    ``place`` orders that are to be let go are older; ``released`` are the moments at which orders were let go lately.
    """
    recent = sorted(at for at in released if at > now - period)
    room = max(0, most - len(recent))
    if place < room:
        return None
    # The room opens as those that were let go leave the period, the first first.
    behind = place - room
    rounds, within = divmod(behind, most)
    freed = recent[min(within, len(recent) - 1)] + period if recent else now + period
    return freed + rounds * period


def wait_until(
    place: int, released: Sequence[datetime], most: int, period: timedelta, now: datetime
) -> datetime | None:
    """When an order may look again whether there is room to let it go (``room_at``); None: it may go now."""
    opens = room_at(place, released, most, period, now)
    return None if opens is None else min(max(opens, now + SOONEST), now + LATEST)
