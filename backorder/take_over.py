"""Take over: the only process there was is gone, so what it had in hand need not wait for its leases to end."""

import structlog

from backorder.clock import transport_now
from backorder.db import taking, turns
from backorder.house import House

# Turns that somebody works in; others only remember when something was last done.
WORKS = ("import", "observe")

log = structlog.get_logger(__name__)


def take_over(house: House) -> None:
    """End the turns and leases of whoever was here before. Only for a process that is alone with its books.

    Should the other live on for a moment after all, what it then records is refused: its lease is not what it was.
    """
    at = transport_now()

    with house.db.write() as tx:
        turns.end_all(tx, WORKS, at)
        left = taking.end_leases(tx, at)
    if left:
        log.info("took over", effects=left)
