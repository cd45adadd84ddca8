"""The app comes, and goes."""

from devstore.metafields import definition
from devstore.model import Customer, Definition, Shop
from devstore.signing import mint_id_token
from devstore.world import World


def install(world: World, shop: Shop) -> None:
    """The merchant agrees to the app: its scopes are granted and its metafield definitions created."""
    with world.lock:
        if shop.installed:
            return
        shop.installed = True
        shop.granted = world.app.scopes
        for wish in world.app.definitions:
            if definition(shop, wish.owner, world.app.reserved, wish.key) is None:
                number = shop.next_id()
                shop.definitions[number] = Definition(
                    number,
                    wish.owner,
                    world.app.reserved,
                    wish.key,
                    wish.type,
                    wish.name,
                    admin=wish.admin,
                    storefront=wish.storefront,
                    customer_account=wish.customer_account,
                )
        shop.note(world.now(), "app installed", "merchant", scopes=sorted(shop.granted))


def open_app(world: World, shop: Shop, *, session: str | None = None) -> str:
    """What happens when the merchant opens the app: installed if need be, and a session token is minted."""
    install(world, shop)
    return mint_id_token(world.app, shop.domain, world.clock.transport(), session=session)


def grant(world: World, shop: Shop, scopes: frozenset[str]) -> None:
    """The merchant agrees to other scopes, or takes some back: tokens may do exactly that from now on, and the app is told."""
    with world.lock:
        previous, shop.granted = shop.granted, scopes
        for token in shop.tokens.values():
            token.scopes = scopes
        told = {"previous": sorted(previous), "current": sorted(scopes), "updated_at": world.now().isoformat()}
        world.emit(shop, "app/scopes_update", {"id": world.app.app_id, **told})


def uninstall(world: World, shop: Shop) -> None:
    """The merchant removes the app: its tokens die first, then it is told."""
    with world.lock:
        if not shop.installed:
            return
        shop.tokens.clear()
        shop.subscriptions.clear()
        shop.installed, shop.uninstalled_at = False, world.clock.transport()
        shop.note(world.now(), "app uninstalled", "merchant")
        world.emit(
            shop,
            "app/uninstalled",
            {"id": shop.id, "name": shop.name, "myshopify_domain": shop.domain, "email": shop.email},
        )


def request_shop_redaction(world: World, shop: Shop) -> None:
    """Forty-eight hours after it was removed, the app is told to forget the shop."""
    world.emit(shop, "shop/redact", {"shop_id": shop.id, "shop_domain": shop.domain})


def request_customer_data(world: World, shop: Shop, customer: Customer, *, redact: bool) -> None:
    """A customer asks what is kept about them, or to be forgotten."""
    orders = [order.id for order in shop.orders.values() if order.customer and order.customer.id == customer.id]
    who: dict[str, object] = {"id": customer.id, "email": customer.email, "phone": customer.phone}
    payload: dict[str, object] = {"shop_id": shop.id, "shop_domain": shop.domain, "customer": who}
    if redact:
        world.emit(shop, "customers/redact", {**payload, "orders_to_redact": orders})
    else:
        request: dict[str, object] = {"id": shop.next_id()}
        world.emit(shop, "customers/data_request", {**payload, "orders_requested": orders, "data_request": request})
