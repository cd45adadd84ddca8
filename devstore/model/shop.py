"""One shop: everything true in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from devstore.model.catalogue import Collection, Item, Product, Variant
from devstore.model.deliveries import Subscription
from devstore.model.fulfilment import FulfillmentOrder
from devstore.model.incoming import Transfer
from devstore.model.journal import Act
from devstore.model.metafields import Definition, Metafield, Owner
from devstore.model.orders import Draft, Order
from devstore.model.people import Customer
from devstore.model.stock import Level, Location
from devstore.model.tokens import AccessToken

FIRST_ID = 8_200_000_000_000  # as large as life: a 32-bit column must notice

MetafieldKey = tuple[Owner, int, str, str]


@dataclass
class Shop:
    """A shop by its domain. Collections keep the order in which things came to be."""

    id: int
    domain: str
    name: str
    email: str = "owner@example.com"
    timezone: str = "America/New_York"
    currency: str = "USD"
    plan: str = "Development"
    last_id: int = FIRST_ID
    last_number: int = 1000
    installed: bool = False
    uninstalled_at: datetime | None = None
    granted: frozenset[str] = frozenset()
    # What of its customers the platform has not approved the app to see: of name, address, email and phone.
    withheld: frozenset[str] = frozenset()
    locations: dict[int, Location] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    levels: dict[tuple[int, int], Level] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    fulfillment_orders: dict[int, FulfillmentOrder] = field(default_factory=dict)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    metafields: dict[MetafieldKey, Metafield] = field(default_factory=dict)
    definitions: dict[int, Definition] = field(default_factory=dict)
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    jobs: dict[str, bool] = field(default_factory=dict)
    journal: list[Act] = field(default_factory=list)

    def next_id(self) -> int:
        """A number no thing in this shop has yet."""
        self.last_id += 1
        return self.last_id

    def next_number(self) -> int:
        """The number after the last order's."""
        self.last_number += 1
        return self.last_number

    def note(self, at: datetime, act: str, by: str, **detail: object) -> None:
        """Write one act into the journal."""
        self.journal.append(Act(len(self.journal) + 1, at, act, by, detail))

    def tracks(self, item_id: int | None) -> bool:
        """Whether units of this item are counted; not when it is untracked or gone with its product."""
        item = self.items.get(item_id or 0)
        return item is not None and item.tracked

    def variants_of(self, item_id: int) -> Iterator[Variant]:
        """The variants that sell an inventory item."""
        return (variant for variant in self.variants.values() if variant.item_id == item_id)

    def levels_of(self, item_id: int) -> Iterator[Level]:
        """The levels of an inventory item at every location that stocks it."""
        return (level for level in self.levels.values() if level.item_id == item_id)

    def fulfillment_orders_of(self, order_id: int) -> Iterator[FulfillmentOrder]:
        """The fulfillment orders of an order; none before routing."""
        return (part for part in self.fulfillment_orders.values() if part.order_id == order_id)

    def order_by_token(self, token: str) -> Order | None:
        """The order whose status page has this secret."""
        return next((order for order in self.orders.values() if order.token == token), None)

    def product_by_handle(self, handle: str) -> Product | None:
        """The product whose page has this name."""
        return next((product for product in self.products.values() if product.handle == handle), None)

    def product_of(self, variant: Variant) -> Product:
        """The product a variant belongs to."""
        return self.products[variant.product_id]

    def item_of(self, variant: Variant) -> Item:
        """The inventory item a variant sells."""
        return self.items[variant.item_id]

    def metafield(self, owner: Owner, owner_id: int, namespace: str, key: str) -> Metafield | None:
        """One metafield by its resolved namespace (``AppConfig.namespace`` resolves ``$app``)."""
        return self.metafields.get((owner, owner_id, namespace, key))
