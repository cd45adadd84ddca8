"""The back office: what the merchant's staff sees and does, by hand."""

from devstore.backoffice import (  # noqa: F401  # their routes join the door
    changes,
    goods,
    machine,
    orders,
    part_changes,
    parts,
    sales,
    sent,
    transfers,
)
from devstore.backoffice.door import backoffice

__all__ = ["backoffice"]
