"""What a request may know of its surroundings: the house, who calls, and what time it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g

from backorder.db.shops import Shop
from backorder.house import House

EXTENSION = "house"


@dataclass(frozen=True)
class Caller:
    """A member of a shop's staff, as a verified session token says. The shop comes from nowhere else."""

    shop: Shop
    user: str | None

    @property
    def actor(self) -> str:
        """Who did it, for the ledgers."""
        return f"staff {self.user}" if self.user else "staff"


def current_house() -> House:
    """The house of the application that answers this request."""
    return cast(House, current_app.extensions[EXTENSION])


def current_caller() -> Caller:
    """Who calls. Only behind a guard; raises AttributeError elsewhere."""
    return cast(Caller, g.caller)


def business_now() -> datetime:
    """Business time, aware UTC."""
    return current_house().clock.now()
