"""Order lines."""

from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.gids import gid
from devstore.model import LineItem, Product, Variant

line = kind("LineItem", LineItem)
line.plain("name", "title", "sku", "quantity", "currentQuantity", "requiresShipping", unfulfilledQuantity="unfulfilled")
line.plain(refundableQuantity="current_quantity", variantTitle="variant_title").always(sellingPlan=None)


@line.field("id")
def _line_id(source: LineItem, _asking: Asking, _args: Args) -> str:
    return gid("LineItem", source.id)


@line.field("nonFulfillableQuantity")
def _non_fulfillable(source: LineItem, _asking: Asking, _args: Args) -> int:
    return source.quantity - source.unfulfilled - source.fulfilled


@line.field("customAttributes")
def _properties(source: LineItem, _asking: Asking, _args: Args) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in source.properties.items()]


@line.field("originalUnitPriceSet")
@line.field("discountedUnitPriceSet")
@line.field("discountedUnitPriceAfterAllDiscountsSet")
def _price(source: LineItem, asking: Asking, _args: Args) -> dict[str, Any]:
    money = {"amount": source.price, "currencyCode": asking.shop.currency}
    return {"shopMoney": money, "presentmentMoney": money}


@line.field("variant")
def _variant(source: LineItem, asking: Asking, _args: Args) -> Variant | None:
    return asking.shop.variants.get(source.variant_id or 0)


@line.field("product")
def _product(source: LineItem, asking: Asking, _args: Args) -> Product | None:
    return asking.shop.products.get(source.product_id or 0)
