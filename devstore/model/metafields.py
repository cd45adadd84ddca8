"""Data that apps attach to the shop's things, and its declared shape."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Owner = Literal["PRODUCTVARIANT", "PRODUCT", "ORDER", "CUSTOMER", "SHOP", "LOCATION"]


@dataclass
class Metafield:
    """One value; ``value`` is always text, also when ``type`` says it is JSON."""

    id: int
    owner: Owner
    owner_id: int
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime

    @property
    def digest(self) -> str:
        """Changes with the value: what compare-and-set compares."""
        return hashlib.sha256(f"{self.id}:{self.type}:{self.value}".encode()).hexdigest()


@dataclass
class Definition:
    """The declared shape and access of one metafield."""

    id: int
    owner: Owner
    namespace: str
    key: str
    type: str
    name: str
    admin: str | None = None
    storefront: str = "NONE"
    customer_account: str = "NONE"
