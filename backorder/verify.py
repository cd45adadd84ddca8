"""Verify: prove the invariants on a live database, and say what was checked, with the first counter-examples."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from backorder.clock import transport_now
from backorder.db import migrate, shops
from backorder.db.proofs import PROOFS, PROOFS_IN_TIME, Check
from backorder.house import House

__all__ = ["Certificate", "Check", "verify"]

# What was accepted is applied within so many reconcile periods (I4).
PERIODS = 2


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
            ),
            at=at,
            database=house.db.engine.url.render_as_string(hide_password=True),
            revision=migrate.standing(tx)[1],
            shops=tuple(shop.domain for shop in known),
        )
