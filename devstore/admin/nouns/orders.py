"""Orders."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.nouns.agreements import agreed
from devstore.admin.nouns.metafields import metafield_of
from devstore.admin.nouns.refunds import Refunded
from devstore.admin.nouns.returns import Returned
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Fulfillment, Metafield, Order, Transaction
from devstore.standing import display_fulfillment_status

order = kind("Order", Order)
order.plain("name", "createdAt", "processedAt", "updatedAt", "cancelledAt", "cancelReason", "closed", "test", "email")
order.plain(
    "phone", "tags", "note", "edited", "customer", "shippingAddress", "sourceName", "number", legacyResourceId="id"
)
order.plain(customerLocale="locale", currencyCode="currency", displayFinancialStatus="financial_status")
order.always(confirmed=True, paymentTerms=None)


@order.field("id")
def _id(source: Order, _asking: Asking, _args: Args) -> str:
    return gid("Order", source.id)


@order.field("displayFulfillmentStatus")
def _status(source: Order, asking: Asking, _args: Args) -> str:
    return display_fulfillment_status(asking.shop, source)


@order.field("fullyPaid")
def _paid(source: Order, _asking: Asking, _args: Args) -> bool:
    return source.financial_status == "PAID"


@order.field("canNotifyCustomer")
def _notifiable(source: Order, _asking: Asking, _args: Args) -> bool:
    return bool(source.email or source.phone)


@order.field("statusPageUrl")
def _status_page(source: Order, asking: Asking, _args: Args) -> str:
    return f"{asking.world.origin(asking.shop)}/orders/{source.token}"


@order.field("customAttributes")
def _attributes(source: Order, _asking: Asking, _args: Args) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in source.note_attributes.items()]


@order.field("metafield", "namespace", "key")
def _metafield(source: Order, asking: Asking, args: Args) -> Metafield | None:
    return metafield_of(asking, "ORDER", source.id, args)


@order.listing("lineItems")
def _lines(source: Order, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.line_items)


@order.listing("fulfillmentOrders", "displayable")
def _parts(source: Order, asking: Asking, args: Args) -> Listing:
    parts = list(asking.shop.fulfillment_orders_of(source.id))
    if args.get("displayable"):
        parts = [part for part in parts if part.status not in {"CANCELLED", "INCOMPLETE"}]
    return Listing(parts)


@order.field("transactions", "first")
def _transactions(source: Order, _asking: Asking, args: Args) -> list[Transaction]:
    return source.transactions[: args.get("first")]


@order.field("fulfillments", "first")
def _fulfillments(source: Order, _asking: Asking, args: Args) -> list[Fulfillment]:
    return source.fulfillments[: args.get("first")]


@order.field("refunds", "first")
def _refunds(source: Order, _asking: Asking, args: Args) -> list[Refunded]:
    return [Refunded(source, each) for each in source.refunds[: args.get("first")]]


@order.listing("returns")
def _returns(source: Order, _asking: Asking, _args: Args) -> Listing:
    return Listing([Returned(source, each) for each in source.returns])


@order.listing("agreements")
def _agreements(source: Order, _asking: Asking, _args: Args) -> Listing:
    return Listing([agreed(source, each) for each in source.agreements])
