"""Orders that the app leaves alone: never held, never promised anything, and why (domain §3)."""

# What the store calls the source of an order that a subscription made by itself. The purchase that began it comes from the shop, the
# phone or wherever it was bought, and is an order like any other: its buyer was shown a date, and the law knows it (16 CFR 435.3).
SUBSCRIPTIONS = frozenset({"subscription_contract", "subscription_contract_checkout_one"})


def left_alone(source: str | None) -> str | None:
    """Why an order from this source is left alone, as a sentence; None where it is not.

    Its units count as beyond recall: whoever runs the subscriptions decides when they ship, so nobody else gets them.
    """
    if source in SUBSCRIPTIONS:
        return (
            "Left alone: a subscription made this order, and the app that runs the subscriptions decides when it ships."
        )
    return None
