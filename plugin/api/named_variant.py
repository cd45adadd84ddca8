"""The variant that an address names."""

from backorder.db import catalogue
from backorder.db.catalogue import Variant
from plugin.api.endpoint import Call, not_found


def named_variant(call: Call, variant_id: int) -> Variant:
    """A variant of the caller's shop. Raises Problem if the shop has no such variant."""
    with call.house.db.read() as tx:
        found = catalogue.by_ids(tx, call.shop_id, [variant_id])
    if not found:
        raise not_found("The shop has no such variant.")
    return found[0]
