"""``productVariantsBulkUpdate``: policy, price and metafields of variants of one product in one call."""

from typing import Any

from devstore.admin.acts.refusing import Payload, mutation, payload, refused, user_error
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.metafields import check_metafield, set_metafield
from devstore.model import Product, Variant
from devstore.policy import apply_policy, touch_product
from devstore.saying import StoreSays

inputs("ProductVariantsBulkInput", "id", "inventoryPolicy", "price", "metafields")
inputs("MetafieldInput", "namespace", "key", "type", "value")
payload("ProductVariantsBulkUpdatePayload", "product", "productVariants")


@mutation.field("productVariantsBulkUpdate", "productId", "variants", "allowPartialUpdates")
def _update(_source: None, asking: Asking, args: Args) -> Payload:
    product = asking.shop.products.get(wanted(args["productId"], "Product"))
    if product is None:
        gone = StoreSays("Product does not exist", ("productId",), "PRODUCT_DOES_NOT_EXIST")
        return refused(user_error(gone))
    errors, good = [], []
    for index, wish in enumerate(args["variants"]):
        try:
            good.append((_variant(asking, product, wish), wish))
        except StoreSays as said:
            errors.append(user_error(said, "variants", str(index)))
    if errors and not args.get("allowPartialUpdates"):
        return {"product": product, "productVariants": None, "userErrors": errors}
    for variant, wish in good:
        _apply(asking, variant, wish)
    changed = [variant for variant, _ in good]
    if changed:
        touch_product(asking.world, asking.shop, *changed)
    return {"product": product, "productVariants": changed, "userErrors": errors}


def _variant(asking: Asking, product: Product, wish: dict[str, Any]) -> Variant:
    """The variant a wish is about, when everything in the wish can be done."""
    if not wish.get("id"):
        raise StoreSays("Product variant is missing ID attribute", ("id",), "PRODUCT_VARIANT_ID_MISSING")
    variant = asking.shop.variants.get(wanted(wish["id"], "ProductVariant"))
    if variant is None:
        raise StoreSays("Product variant does not exist", ("id",), "PRODUCT_VARIANT_DOES_NOT_EXIST")
    if variant.product_id != product.id:
        raise StoreSays("Product variant does not belong to the product", ("id",), "MUST_BE_FOR_THIS_PRODUCT")
    if wish.get("price") is not None and wish["price"] < 0:
        raise StoreSays("Price must be greater than or equal to 0", ("price",), "NEGATIVE_PRICE_VALUE")
    for field in wish.get("metafields") or []:
        namespace = asking.world.app.namespace(field.get("namespace"))
        check_metafield(
            asking.shop, "PRODUCTVARIANT", variant.id, namespace, field["key"], field.get("type"), field["value"]
        )
    return variant


def _apply(asking: Asking, variant: Variant, wish: dict[str, Any]) -> None:
    if wish.get("inventoryPolicy"):
        apply_policy(asking.world, asking.shop, variant, wish["inventoryPolicy"], by="app")
    if wish.get("price") is not None:
        variant.price = wish["price"]
    for field in wish.get("metafields") or []:
        namespace = asking.world.app.namespace(field.get("namespace"))
        set_metafield(
            asking.world,
            asking.shop,
            "PRODUCTVARIANT",
            variant.id,
            namespace,
            field["key"],
            field.get("type"),
            field["value"],
            by="app",
        )
