"""What is for sale: products, their variants, and the inventory item behind each variant."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Policy = Literal["DENY", "CONTINUE"]


@dataclass
class Variant:
    """One sellable form of a product. ``inventory_policy`` says whether it sells beyond its stock."""

    id: int
    product_id: int
    item_id: int
    title: str
    sku: str | None
    price: Decimal
    created_at: datetime
    updated_at: datetime
    barcode: str | None = None
    inventory_policy: Policy = "DENY"


@dataclass
class Product:
    """A product page: ``image`` is an SVG drawing of our own, ``colour`` its background."""

    id: int
    title: str
    handle: str
    created_at: datetime
    updated_at: datetime
    status: str = "ACTIVE"
    vendor: str = ""
    product_type: str = ""
    tags: list[str] = field(default_factory=list)
    body: str = ""
    image: str = ""
    colour: str = "#f4f1ea"
    variants: list[Variant] = field(default_factory=list)


@dataclass
class Collection:
    """Products under one title. ``product_ids`` are in it by hand; with a ``tag``, whatever carries that tag is in it besides."""

    id: int
    title: str
    handle: str
    updated_at: datetime
    product_ids: list[int] = field(default_factory=list)
    tag: str | None = None

    def holds(self, product: Product) -> bool:
        """Whether the product is in it now."""
        return product.id in self.product_ids or (self.tag is not None and self.tag in product.tags)


@dataclass
class Item:
    """What is counted on the shelf. One item may stand behind several variants."""

    id: int
    sku: str | None
    created_at: datetime
    updated_at: datetime
    tracked: bool = True
    requires_shipping: bool = True
    cost: Decimal | None = None
