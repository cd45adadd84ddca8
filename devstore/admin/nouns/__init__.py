"""Types that can be asked about. Importing this declares all of them."""

from devstore.admin.nouns import (
    agreements,
    catalogue,
    fulfillment,
    inventory,
    lines,
    metafields,
    orders,
    parcels,
    people,
    refunds,
    returns,
    roots,
    shop,
    transfers,
    webhooks,
)

ALL_NOUNS = (
    agreements,
    catalogue,
    fulfillment,
    inventory,
    lines,
    metafields,
    orders,
    parcels,
    people,
    refunds,
    returns,
    roots,
    shop,
    transfers,
    webhooks,
)
