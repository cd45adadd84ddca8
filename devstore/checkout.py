"""A buyer pays: the order comes to be, its units are committed where they will ship from."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from devstore.model import Address, Agreement, Customer, LineItem, Order, Sale, Shop, Transaction
from devstore.payloads import order_payload
from devstore.routing import assign, route
from devstore.saying import StoreSays
from devstore.sellable import refusal
from devstore.shelf import level_at, shift
from devstore.world import World

Wish = tuple[int, int, Mapping[str, str]]
MOST_OF_ONE_LINE = 1_000_000


def place_order(
    world: World,
    shop: Shop,
    lines: Sequence[Wish],
    customer: Customer | None = None,
    *,
    address: Address | None = None,
    source_name: str = "web",
    financial_status: str = "PAID",
    note_attributes: Mapping[str, str] | None = None,
    test: bool = False,
    ignore_policy: bool = False,
    by: str = "buyer",
) -> Order:
    """Buy ``lines`` of (variant id, quantity, line properties). Fulfillment orders follow a little later.

    Stock and policy are checked as the checkout does. Raises ``StoreSays`` when something cannot be bought.
    """
    with world.lock:
        _check(shop, lines, ignore_policy=ignore_policy)
        return enter_order(
            world,
            shop,
            lines,
            customer,
            address=address,
            source_name=source_name,
            financial_status=financial_status,
            note_attributes=note_attributes,
            test=test,
            by=by,
        )


def enter_order(
    world: World,
    shop: Shop,
    lines: Sequence[Wish],
    customer: Customer | None = None,
    *,
    address: Address | None = None,
    source_name: str = "web",
    financial_status: str = "PAID",
    note_attributes: Mapping[str, str] | None = None,
    test: bool = False,
    set_aside_at: Sequence[int | None] = (),
    by: str = "buyer",
) -> Order:
    """Make an order of ``lines`` without asking whether they may be sold, commit its units and let it be routed.

    ``set_aside_at``: for each line the location where its units were set aside for it, or None. Raises ``StoreSays``.
    """
    with world.lock:
        order = write_order(
            world, shop, lines, customer, address=address, source_name=source_name, financial_status=financial_status
        )
        order.test = test
        order.note_attributes.update(note_attributes or {})
        order.assigned.update(assign(shop, order))
        aside = {
            line.id: place for line, place in zip(order.line_items, set_aside_at, strict=False) if place is not None
        }
        order.assigned.update(aside)
        shop.orders[order.id] = order
        told: list[object] = [{"line_item_id": line.id, "units": line.quantity} for line in order.line_items]
        shop.note(world.now(), "order placed", by, order_id=order.id, name=order.name, lines=told)
        _commit(world, shop, order, aside)
        world.emit(shop, "orders/create", order_payload(world, shop, order))
        if financial_status == "PAID":
            world.emit(shop, "orders/paid", order_payload(world, shop, order))
        world.background.later(world.routing_delay, lambda: route(world, shop, order.id))
        return order


def _check(shop: Shop, lines: Sequence[Wish], *, ignore_policy: bool) -> None:
    if not lines:
        msg = "There is nothing in the cart."
        raise StoreSays(msg, ("lines",))
    wanted: Counter[int] = Counter()
    for index, (variant_id, quantity, _) in enumerate(lines):
        if variant_id not in shop.variants:
            msg = "This product is no longer sold."
            raise StoreSays(msg, ("lines", str(index), "variant"))
        if not 0 < quantity <= MOST_OF_ONE_LINE:
            msg = "A quantity is at least 1."
            raise StoreSays(msg, ("lines", str(index), "quantity"))
        wanted[shop.variants[variant_id].item_id] += quantity
        said = (
            None
            if ignore_policy
            else refusal(shop, shop.variants[variant_id], wanted[shop.variants[variant_id].item_id])
        )
        if said:
            raise StoreSays(said, ("lines", str(index), "quantity"), "OUT_OF_STOCK")


def write_order(
    world: World,
    shop: Shop,
    lines: Sequence[Wish],
    customer: Customer | None,
    *,
    address: Address | None = None,
    source_name: str = "web",
    financial_status: str = "PAID",
) -> Order:
    """An order with its lines, its money and its first agreement; no unit moves. Raises ``StoreSays``."""
    if not lines or any(variant_id not in shop.variants or units <= 0 for variant_id, units, _ in lines):
        raise StoreSays("Name at least one thing that is sold, and 1 unit of it or more.", ("lines",))
    now = world.now()
    known = _known(shop, customer)
    order = Order(
        id=shop.next_id(),
        number=shop.next_number(),
        token=secrets.token_hex(16),
        created_at=now,
        processed_at=now,
        updated_at=now,
        currency=shop.currency,
        customer=known,
        shipping_address=address or Address(name=known.name if known else ""),
        email=known.email if known else None,
        phone=known.phone if known else None,
        locale=known.locale if known else "en",
        source_name=source_name,
        financial_status=financial_status,
    )
    order.line_items += [new_line(shop, *wish) for wish in lines]
    sales = [Sale(shop.next_id(), line.id, "ORDER", line.quantity) for line in order.line_items]
    order.agreements.append(Agreement(shop.next_id(), now, "ORDER", sales))
    order.transactions += _money(world, shop, financial_status, order.total)
    return order


def new_line(shop: Shop, variant_id: int, quantity: int, properties: Mapping[str, str]) -> LineItem:
    """A line of an order, at the price of now."""
    variant = shop.variants[variant_id]
    item = shop.item_of(variant)
    return LineItem(
        id=shop.next_id(),
        variant_id=variant.id,
        product_id=variant.product_id,
        item_id=variant.item_id,
        title=shop.product_of(variant).title,
        variant_title=variant.title,
        sku=variant.sku,
        quantity=quantity,
        current_quantity=quantity,
        price=variant.price,
        requires_shipping=item.requires_shipping,
        properties=dict(properties),
    )


def _money(world: World, shop: Shop, financial_status: str, amount: Decimal) -> list[Transaction]:
    kinds = {"PAID": ("SALE", "SUCCESS"), "AUTHORIZED": ("AUTHORIZATION", "SUCCESS"), "PENDING": ("SALE", "PENDING")}
    kind, status = kinds[financial_status]
    return [Transaction(shop.next_id(), kind, status, amount, world.now())]


def _known(shop: Shop, customer: Customer | None) -> Customer | None:
    if customer is None:
        return None
    for known in shop.customers.values():
        if known.email and known.email == customer.email:
            known.first_name = customer.first_name or known.first_name
            known.last_name = customer.last_name or known.last_name
            known.locale = customer.locale
            return known
    customer.id = customer.id or shop.next_id()
    shop.customers[customer.id] = customer
    return customer


def _commit(world: World, shop: Shop, order: Order, aside: Mapping[int, int]) -> None:
    """What was set aside for a line was reserved and not available before it is committed."""
    for line in order.line_items:
        if line.item_id is not None and shop.tracks(line.item_id):
            level = level_at(world, shop, line.item_id, order.assigned[line.id])
            before = "reserved" if line.id in aside else "available"
            shift(world, shop, level, **{before: -line.quantity, "committed": line.quantity})
