"""The gateway to the merchant's store.

The only room that speaks GraphQL to Shopify. It is *given* the shop and its token, keeps nothing, and answers with the
frozen values of ``backorder.rules.seen``. It knows neither the books, nor mail, nor a door.
"""
