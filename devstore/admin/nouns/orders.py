"""Orders, their lines, buyers, money and agreements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.nouns.metafields import metafield_of
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import (
    Address,
    Agreement,
    Customer,
    Fulfillment,
    LineItem,
    Metafield,
    Order,
    Product,
    Sale,
    Transaction,
    Variant,
)
from devstore.standing import display_fulfillment_status


@dataclass(frozen=True)
class Agreed:
    """An agreement seen from its order."""

    order: Order
    agreement: Agreement

    @property
    def id(self) -> int:
        return self.agreement.id

    @property
    def happened_at(self) -> datetime:
        return self.agreement.happened_at

    @property
    def reason(self) -> str:
        return self.agreement.reason


@dataclass(frozen=True)
class Sold:
    """A sale seen from its order."""

    order: Order
    sale: Sale

    @property
    def id(self) -> int:
        return self.sale.id

    @property
    def action_type(self) -> str:
        return self.sale.action

    @property
    def quantity(self) -> int:
        return self.sale.quantity


order = kind("Order", Order)
order.plain("name", "createdAt", "processedAt", "updatedAt", "cancelledAt", "cancelReason", "closed", "test", "email")
order.plain("phone", "tags", "note", "customer", "shippingAddress", "sourceName", "number", legacyResourceId="id")
order.plain(customerLocale="locale", currencyCode="currency", displayFinancialStatus="financial_status")
order.always(confirmed=True, edited=False, paymentTerms=None)


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


@order.listing("agreements")
def _agreements(source: Order, _asking: Asking, _args: Args) -> Listing:
    return Listing([Agreed(source, each) for each in source.agreements])


line = kind("LineItem", LineItem)
line.plain("name", "title", "sku", "quantity", "currentQuantity", "requiresShipping", unfulfilledQuantity="unfulfilled")
line.plain(refundableQuantity="current_quantity", variantTitle="variant_title").always(sellingPlan=None)


@line.field("id")
def _line_id(source: LineItem, _asking: Asking, _args: Args) -> str:
    return gid("LineItem", source.id)


@line.field("nonFulfillableQuantity")
def _non_fulfillable(source: LineItem, _asking: Asking, _args: Args) -> int:
    return source.quantity - source.current_quantity


@line.field("customAttributes")
def _properties(source: LineItem, _asking: Asking, _args: Args) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in source.properties.items()]


@line.field("originalUnitPriceSet")
@line.field("discountedUnitPriceSet")
def _price(source: LineItem, asking: Asking, _args: Args) -> dict[str, Any]:
    money = {"amount": source.price, "currencyCode": asking.shop.currency}
    return {"shopMoney": money, "presentmentMoney": money}


@line.field("variant")
def _variant(source: LineItem, asking: Asking, _args: Args) -> Variant | None:
    return asking.shop.variants.get(source.variant_id or 0)


@line.field("product")
def _product(source: LineItem, asking: Asking, _args: Args) -> Product | None:
    return asking.shop.products.get(source.product_id or 0)


# what this store never has, so that it can be asked and answered with null
kind("LineItemSellingPlan").keys("sellingPlanId", "name")
kind("PaymentTerms").keys("id", "paymentTermsType", "overdue", "paymentSchedules")
kind("PaymentSchedule").keys("id", "dueAt", "completedAt")

kind("MoneyBag").keys("shopMoney", "presentmentMoney")
kind("MoneyV2").keys("amount", "currencyCode")

customer = kind("Customer", Customer).plain("firstName", "lastName", "locale", displayName="name")
kind("CustomerEmailAddress").keys("emailAddress")


@customer.field("id")
def _customer_id(source: Customer, _asking: Asking, _args: Args) -> str:
    return gid("Customer", source.id)


@customer.field("defaultEmailAddress")
def _email(source: Customer, _asking: Asking, _args: Args) -> dict[str, str] | None:
    return {"emailAddress": source.email} if source.email else None


kind("MailingAddress", Address).plain("name", "address1", "city", "provinceCode", "zip", countryCodeV2="country_code")

transaction = kind("OrderTransaction", Transaction).plain("kind", "status", "processedAt", "gateway")


@transaction.field("id")
def _transaction_id(source: Transaction, _asking: Asking, _args: Args) -> str:
    return gid("OrderTransaction", source.id)


agreement = kind("OrderAgreement", Agreed).plain("happenedAt", "reason")
sale = kind("ProductSale", Sold).plain("actionType", "quantity")


@agreement.field("id")
def _agreement_id(source: Agreed, _asking: Asking, _args: Args) -> str:
    return gid("OrderAgreement", source.id)


@agreement.listing("sales")
def _sales(source: Agreed, _asking: Asking, _args: Args) -> Listing:
    return Listing([Sold(source.order, each) for each in source.agreement.sales])


@sale.field("id")
def _sale_id(source: Sold, _asking: Asking, _args: Args) -> str:
    return gid("ProductSale", source.id)


@sale.field("lineItem")
def _sold_line(source: Sold, _asking: Asking, _args: Args) -> LineItem:
    return source.order.line(source.sale.line_item_id)
