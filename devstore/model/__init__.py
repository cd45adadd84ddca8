"""What a shop is made of: plain values that change under the world's lock. Ids are the store's own numbers."""

from devstore.model.catalogue import Collection, Item, Policy, Product, Variant
from devstore.model.deliveries import Delivery, Subscription
from devstore.model.fulfilment import FOLine, Fulfillment, FulfillmentEvent, FulfillmentOrder, Hold, ShippedLine
from devstore.model.incoming import Shipment, ShipmentLine, Transfer, TransferLine
from devstore.model.journal import Act
from devstore.model.metafields import Definition, Metafield, Owner
from devstore.model.orders import (
    Agreement,
    Disposition,
    Draft,
    DraftLine,
    LineItem,
    Order,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    Sale,
    Transaction,
)
from devstore.model.people import Address, Customer
from devstore.model.shop import Shop
from devstore.model.stock import STATES, Level, Location
from devstore.model.tokens import AccessToken

__all__ = [
    "STATES",
    "AccessToken",
    "Act",
    "Address",
    "Agreement",
    "Collection",
    "Customer",
    "Definition",
    "Delivery",
    "Disposition",
    "Draft",
    "DraftLine",
    "FOLine",
    "Fulfillment",
    "FulfillmentEvent",
    "FulfillmentOrder",
    "Hold",
    "Item",
    "Level",
    "LineItem",
    "Location",
    "Metafield",
    "Order",
    "Owner",
    "Policy",
    "Product",
    "Refund",
    "RefundLine",
    "Return",
    "ReturnLine",
    "Sale",
    "Shipment",
    "ShipmentLine",
    "ShippedLine",
    "Shop",
    "Subscription",
    "Transaction",
    "Transfer",
    "TransferLine",
    "Variant",
]
