"""Types that can be asked about. Importing this declares all of them."""

from devstore.admin.nouns import catalogue, fulfillment, inventory, metafields, orders, parcels, roots, shop, webhooks

ALL_NOUNS = (catalogue, fulfillment, inventory, metafields, orders, parcels, roots, shop, webhooks)
