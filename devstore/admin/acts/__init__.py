"""Mutations. Importing this declares all of them."""

from devstore.admin.acts import (
    cancellation,
    fulfillment_orders,
    fulfillments,
    inventory,
    metafield_definitions,
    metafields,
    moves,
    refunds,
    requests,
    tags,
    variants,
    webhooks,
)

ALL_ACTS = (
    cancellation,
    fulfillment_orders,
    fulfillments,
    inventory,
    metafield_definitions,
    metafields,
    moves,
    refunds,
    requests,
    tags,
    variants,
    webhooks,
)
