"""Which world, and which shop, a request is about."""

from flask import abort, current_app

from devstore.model import Shop
from devstore.world import World


def current_world() -> World:
    """The world behind the running web application."""
    world: World = current_app.extensions["devstore.world"]
    return world


def shop_or_404(domain: str) -> Shop:
    """The shop that the address names, or 404."""
    shop = current_world().shops.get(domain)
    if shop is None:
        abort(404, f"There is no shop {domain} here.")
    return shop
