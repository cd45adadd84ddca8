"""Shops to begin with."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from devstore.drawings import CHAIR, LAMP, SHADE
from devstore.model import Item, Level, Location, Product, Shop, Variant
from devstore.world import World

DOMAIN = "lamplight.myshopify.com"
# Things of different shops never have the same number.
NUMBERS_OF_A_SHOP = 1_000_000


@dataclass(frozen=True)
class Form:
    """One variant to be: its title, sku, price and how many stand on the shelf."""

    title: str
    sku: str
    price: str
    units: int


def empty(world: World, domain: str = DOMAIN, name: str = "Lamplight") -> Shop:
    """A shop with one location and nothing in it."""
    shop = Shop(id=61_000_000_001 + len(world.shops), domain=domain, name=name, email=f"owner@{domain}")
    shop.last_id += NUMBERS_OF_A_SHOP * len(world.shops)
    place = Location(shop.next_id(), "Brooklyn warehouse")
    shop.locations[place.id] = place
    return world.add(shop)


def lamplight(world: World, domain: str = DOMAIN) -> Shop:
    """Lamplight in Brooklyn: the last Aurora lamp, twelve oak chairs, linen shades in two colours."""
    shop = empty(world, domain)
    stock(
        world,
        shop,
        "Aurora lamp",
        (Form("Default Title", "AUR-1", "129.00", 1),),
        kind="Lamps",
        body="A table lamp of brass and opal glass. Its light is warm and even, like the hour before sunrise.",
        image=LAMP,
        colour="#f6efe2",
    )
    stock(
        world,
        shop,
        "Oak chair",
        (Form("Default Title", "OAK-1", "240.00", 12),),
        kind="Chairs",
        body="Solid oak, oiled by hand, with a woven seat that gets better with the years.",
        image=CHAIR,
        colour="#eef0e8",
    )
    stock(
        world,
        shop,
        "Linen shade",
        (Form("Natural", "LIN-N", "48.00", 8), Form("Ink blue", "LIN-B", "52.00", 5)),
        kind="Shades",
        body="Washed linen on a white frame. Fits the Aurora lamp and most others.",
        image=SHADE,
        colour="#e9eef2",
    )
    return shop


def stock(
    world: World,
    shop: Shop,
    title: str,
    forms: tuple[Form, ...],
    *,
    kind: str = "",
    body: str = "",
    image: str = "",
    colour: str = "#f4f1ea",
) -> Product:
    """Put a product on sale, tracked and with policy DENY, its units at the shop's first location."""
    now = world.now()
    product = Product(
        shop.next_id(),
        title,
        title.lower().replace(" ", "-"),
        now,
        now,
        vendor=shop.name,
        product_type=kind,
        body=body,
        image=image,
        colour=colour,
    )
    shop.products[product.id] = product
    for form in forms:
        product.variants.append(_variant(shop, product, form, now))
    return product


def _variant(shop: Shop, product: Product, form: Form, now: datetime) -> Variant:
    item = Item(shop.next_id(), form.sku, now, now, cost=Decimal(form.price) / 2)
    variant = Variant(shop.next_id(), product.id, item.id, form.title, form.sku, Decimal(form.price), now, now)
    place = next(iter(shop.locations))
    shop.items[item.id] = item
    shop.variants[variant.id] = variant
    shop.levels[item.id, place] = Level(shop.next_id(), item.id, place, now, available=form.units)
    return variant


def bazaar(world: World, domain: str = DOMAIN) -> Shop:
    """Fifty sold-out things, for whoever measures."""
    shop = empty(world, domain, name="Bazaar")
    for number in range(1, 51):
        stock(world, shop, f"Thing {number}", (Form("Default Title", f"THING-{number}", "20.00", 0),))
    return shop


SEEDS = {"demo": lamplight, "empty": empty, "bazaar": bazaar}
