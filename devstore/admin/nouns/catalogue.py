"""Products and variants."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.nouns.metafields import metafield_of
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Collection, Item, Metafield, Product, Variant
from devstore.sellable import inventory_quantity, refusal, sellable_online

product = kind("Product", Product)
product.plain(
    "title", "handle", "status", "vendor", "productType", "tags", "createdAt", "updatedAt", legacyResourceId="id"
)
product.plain(descriptionHtml="body").always(requiresSellingPlan=False, isGiftCard=False)


@product.field("id")
def _product_id(source: Product, _asking: Asking, _args: Args) -> str:
    return gid("Product", source.id)


@product.field("onlineStorePreviewUrl")
def _preview(source: Product, asking: Asking, _args: Args) -> str:
    return f"{asking.world.origin(asking.shop)}/products/{source.handle}"


@product.listing("variants")
def _variants(source: Product, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.variants)


@product.field("metafield", "namespace", "key")
def _product_metafield(source: Product, asking: Asking, args: Args) -> Metafield | None:
    return metafield_of(asking, "PRODUCT", source.id, args)


collection = kind("Collection", Collection)
collection.plain("title", "handle", "updatedAt", legacyResourceId="id")


@collection.field("id")
def _collection_id(source: Collection, _asking: Asking, _args: Args) -> str:
    return gid("Collection", source.id)


@collection.listing("products")
def _collected(source: Collection, asking: Asking, _args: Args) -> Listing:
    return Listing([each for each in asking.shop.products.values() if source.holds(each)])


variant = kind("ProductVariant", Variant)
variant.plain("title", "sku", "barcode", "price", "inventoryPolicy", "createdAt", "updatedAt", legacyResourceId="id")


@variant.field("id")
def _variant_id(source: Variant, _asking: Asking, _args: Args) -> str:
    return gid("ProductVariant", source.id)


@variant.field("displayName")
def _display(source: Variant, asking: Asking, _args: Args) -> str:
    return f"{asking.shop.product_of(source).title} - {source.title}"


@variant.field("inventoryQuantity")
def _quantity(source: Variant, asking: Asking, _args: Args) -> int:
    return inventory_quantity(asking.shop, source.item_id)


@variant.field("sellableOnlineQuantity")
def _sellable(source: Variant, asking: Asking, _args: Args) -> int:
    return sellable_online(asking.shop, source.item_id)


@variant.field("availableForSale")
def _for_sale(source: Variant, asking: Asking, _args: Args) -> bool:
    return refusal(asking.shop, source, 1) is None


@variant.field("inventoryItem")
def _item(source: Variant, asking: Asking, _args: Args) -> Item:
    return asking.shop.item_of(source)


@variant.field("product")
def _product(source: Variant, asking: Asking, _args: Args) -> Product:
    return asking.shop.product_of(source)


@variant.field("metafield", "namespace", "key")
def _variant_metafield(source: Variant, asking: Asking, args: Args) -> Metafield | None:
    return metafield_of(asking, "PRODUCTVARIANT", source.id, args)
