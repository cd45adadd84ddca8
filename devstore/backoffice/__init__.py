"""The back office: what the merchant's staff sees and does, by hand."""

from devstore.backoffice import goods, machine, orders, parts, sent, transfers  # noqa: F401  # their routes join the door
from devstore.backoffice.door import backoffice

__all__ = ["backoffice"]
