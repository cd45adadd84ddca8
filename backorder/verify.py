"""Verify: prove the invariants on a live database, and say what was checked, with the first counter-examples."""

from dataclasses import dataclass

from backorder.db.proofs import PROOFS, Check
from backorder.house import House

__all__ = ["Certificate", "Check", "verify"]


@dataclass(frozen=True)
class Certificate:
    """What was proved. ``holds``: nowhere a counter-example."""

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        return not any(check.broken for check in self.checks)


def verify(house: House, shop_id: int | None = None) -> Certificate:
    """Check every invariant of the books, of one shop or of all (None), in one reading transaction."""
    with house.db.read() as tx:
        return Certificate(tuple(prove(tx, shop_id) for prove in PROOFS))
