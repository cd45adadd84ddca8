"""One variant out of an answer: the fragment ``VariantParts`` as a value."""

from decimal import Decimal

from backorder.rules.seen import Policy, VariantSeen
from backorder.store.gids import number
from backorder.store.reading import Node, instant


def variant(node: Node) -> VariantSeen:
    product, item, promise = node["product"], node["inventoryItem"], node["backorder"]
    cost = item["unitCost"]
    return VariantSeen(
        variant_id=number(node["id"]),
        product_id=number(product["id"]),
        item_id=number(item["id"]),
        title=node["title"],
        product_title=product["title"],
        product_handle=product["handle"],
        product_status=product["status"],
        sku=node["sku"] or None,
        price=Decimal(node["price"]),
        policy=Policy(node["inventoryPolicy"]),
        tracked=item["tracked"],
        requires_shipping=item["requiresShipping"],
        updated_at=instant(node["updatedAt"]),
        promise=promise and promise["jsonValue"],
        promise_digest=promise and promise["compareDigest"],
        vendor=product["vendor"],
        product_type=product["productType"],
        tags=tuple(product["tags"]),
        barcode=node["barcode"] or None,
        unit_cost=cost and Decimal(cost["amount"]),
    )
