"""Whether a variant sells beyond its stock, and who said so."""

from devstore.model import Policy, Shop, Variant
from devstore.payloads import product_payload
from devstore.saying import StoreSays
from devstore.world import World


def set_policy(world: World, shop: Shop, variant_id: int, policy: Policy, *, by: str = "merchant") -> Variant:
    """Set the inventory policy of one variant. Raises ``StoreSays``."""
    with world.lock:
        variant = shop.variants.get(variant_id)
        if variant is None:
            raise StoreSays("The variant does not exist.", ("id",), "PRODUCT_VARIANT_DOES_NOT_EXIST")
        if policy not in {"DENY", "CONTINUE"}:
            raise StoreSays("A policy is DENY or CONTINUE.", ("inventoryPolicy",), "INVALID_INPUT")
        apply_policy(world, shop, variant, policy, by)
        touch_product(world, shop, variant)
        return variant


def apply_policy(world: World, shop: Shop, variant: Variant, policy: Policy, by: str) -> None:
    """Change it and note who did, without a word to subscribers yet."""
    before, variant.inventory_policy = variant.inventory_policy, policy
    shop.note(world.now(), "policy set", by, variant_id=variant.id, before=before, policy=policy)


def touch_product(world: World, shop: Shop, *variants: Variant) -> None:
    """Mark variants of one product as changed now and emit ``products/update`` once."""
    for variant in variants:
        variant.updated_at = world.now()
    product = shop.product_of(variants[0])
    product.updated_at = world.now()
    world.emit(shop, "products/update", product_payload(shop, product))
