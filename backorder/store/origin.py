"""Where a shop's store is reached."""

from shopify.utils.shop_url import sanitize_shop_domain

REAL_ORIGIN = "https://{shop}"
"""The template of Shopify's own stores; a development store has another."""


def shop_domain(text: str) -> str:
    """The permanent domain of a shop (``lamplight.myshopify.com``), exactly as given.

    Nothing is repaired: a scheme, a port, a path, a foreign host, capitals or blanks are refused with ValueError.
    """
    if sanitize_shop_domain(text) != text:
        raise ValueError(f"not the myshopify.com domain of a shop: {text[:80]!r}")
    return text


def origin(template: str, shop: str) -> str:
    """The address of one shop, without a final slash.

    ``template`` holds ``{shop}``, for example ``https://{shop}`` or ``http://127.0.0.1:4010/{shop}``. Raises
    ValueError for a shop that is not a myshopify.com domain: the name of a shop never chooses another host.
    """
    return template.replace("{shop}", shop_domain(shop)).rstrip("/")
