"""The cast of the plugin's tests: Alice's Lamplight, Bob's shop, their goods and the people who wait."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import jwt

from backorder import believe, manage, note, note_items, purchase
from backorder.allocate import decide
from backorder.clock import BusinessClock, transport_now
from backorder.db import catalogue, heard, levels, locations, outbox, reconciliations, shops, taking, tokens
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.seen import (
    AgreementSeen,
    FulfillmentOrderSeen,
    ItemSeen,
    LevelSeen,
    LineSeen,
    LocationSeen,
    OrderSeen,
    PartSeen,
    Policy,
    ShopSeen,
    TransactionSeen,
    VariantSeen,
)
from backorder.rules.terms import Terms

KEY = "the-api-key"
# As long as the longest digest that a forger may try, so that no library warns.
SECRET, OLD_SECRET = "the secret of the app, today ".ljust(64, "."), "the secret of the app, before ".ljust(64, ".")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 10:00 in New York
DUE = date(2026, 12, 4)
ALICE, BOB = "alice-lamplight.myshopify.com", "bobs-bikes.myshopify.com"


@dataclass(frozen=True)
class StoppedClock(BusinessClock):
    """A clock on which it is always the same moment."""

    at: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Goods:
    """A product with one variant, and what lies on its shelf less what is ordered."""

    number: int
    title: str
    on_hand: int
    price: Decimal

    @property
    def variant_id(self) -> int:
        return self.number * 10 + 1

    @property
    def item_id(self) -> int:
        return self.number * 10 + 2


def session_token(shop: str, *, secret: str = SECRET, algorithm: str = "HS256", **changes: object) -> str:
    """A session token as the admin mints it, with some claims changed (None takes one away)."""
    now = int(transport_now().timestamp())
    claims: dict[str, object] = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": KEY,
        "sub": "42",
        "exp": now + 60,
        "nbf": now - 5,
        "iat": now - 5,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
    }
    claims |= changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm=algorithm)


def bearer(shop: str, **changes: object) -> dict[str, str]:
    """The header of a fetch from the embedded pages of a shop."""
    return {"Authorization": f"Bearer {session_token(shop, **changes)}"}


def install(house: House, domain: str, name: str) -> Shop:
    """A shop that has the app, with a token that is good for a while."""
    with house.db.write() as tx:
        shop = shops.install(tx, domain, NOW)
        seen = ShopSeen(shop.shop_id, domain, name, "America/New_York", "USD", f"hello@{domain}", frozenset())
        shops.describe(tx, shop.shop_id, seen)
        later = transport_now() + timedelta(days=1)
        pair = tokens.TokenPair(f"access-of-{domain}", later, f"refresh-of-{domain}", later, frozenset())
        tokens.put(tx, house.sealer, shop.shop_id, pair)
        # Heard of and compared a moment ago, whatever day the machine lives in.
        heard.note(tx, shop.shop_id, [transport_now()])
        reconciliations.ask(tx, shop.shop_id, reconciliations.Why.SCHEDULE, "schedule", transport_now())
        reconciliations.end(tx, shop.shop_id, None, transport_now())
        locations.save_locations(
            tx,
            shop.shop_id,
            [LocationSeen(1, f"{name} warehouse", active=True, fulfills_online=True, is_service=False, country="US")],
        )
        return shops.one(tx, shop.shop_id)


def stock(house: House, shop: Shop, goods: Goods, *, committed: int = 0, policy: Policy = Policy.DENY) -> None:
    """The shop sells these goods, by its own ``policy``, and a settled read found them on the shelf."""
    level = LevelSeen(goods.item_id, 1, goods.on_hand - committed, committed, goods.on_hand, 0, NOW)
    variant = VariantSeen(
        variant_id=goods.variant_id,
        product_id=goods.number,
        item_id=goods.item_id,
        title="Default Title",
        product_title=goods.title,
        product_handle=f"goods-{goods.number}",
        product_status="ACTIVE",
        sku=f"SKU-{goods.number}",
        price=goods.price,
        policy=policy,
        tracked=True,
        requires_shipping=True,
        updated_at=NOW,
    )
    with house.db.write() as tx:
        catalogue.save_variants(tx, shop.shop_id, [variant])
        catalogue.lock_items(tx, shop.shop_id, [goods.item_id])
        seen = ItemSeen(goods.item_id, tracked=True, levels=(level,), variants=(variant,))
        note_items.item(tx, shop.shop_id, goods.item_id, seen, transport_now(), NOW)
        decide(tx, shop.shop_id, [goods.item_id], NOW, cause="a test")


def lands(house: House, shop: Shop, goods: Goods, *, committed: int) -> None:
    """Goods are found on the shelf that no delivery explains, and the merchant says that they are really there."""
    stock(house, shop, goods, committed=committed)
    with house.db.read() as tx:
        (level,) = levels.of_items(tx, shop.shop_id, [goods.item_id])
    believe.release(house, shop.shop_id, goods.item_id, 1, level.aside.units, actor="Ben", now=NOW)


def order(
    house: House, shop: Shop, number: int, wanted: dict[Goods, int], *, paid: bool = True, ago: timedelta | None = None
) -> int:
    """Somebody orders: ``number`` makes the name and the ids. Returns the order id."""
    seen = order_seen(number, wanted, paid=paid, at=NOW - (ago or timedelta(hours=1)))
    with house.db.write() as tx:
        noted = note.order(tx, shop.shop_id, Terms(), seen, transport_now())
        decide(tx, shop.shop_id, noted.items, NOW, cause="a test")
    return seen.order_id


def order_seen(number: int, wanted: dict[Goods, int], *, paid: bool, at: datetime) -> OrderSeen:
    """An order as the store tells it."""
    lines = tuple(
        LineSeen(number * 100 + i, g.variant_id, g.item_id, g.title, f"SKU-{g.number}", n, n, n, True, g.price)
        for i, (g, n) in enumerate(wanted.items(), 1)
    )
    parts = tuple(PartSeen(line.line_id + 50, line.line_id, line.item_id, line.quantity, True) for line in lines)
    sale = (TransactionSeen("SALE", "SUCCESS", at),) if paid else ()
    return OrderSeen(
        order_id=number * 10,
        name=f"#{number}",
        created_at=at,
        processed_at=at,
        updated_at=at,
        cancelled_at=None,
        closed=False,
        test=False,
        financial_status="PAID" if paid else "PENDING",
        currency="USD",
        country="US",
        source="web",
        tags=frozenset(),
        status_url=None,
        promise=None,
        promise_digest=None,
        transactions=sale,
        agreements=tuple(AgreementSeen(line.line_id, line.quantity, at) for line in lines),
        lines=lines,
        fulfillment_orders=(
            FulfillmentOrderSeen(
                number * 10 + 7, number * 10, 1, "OPEN", "UNSUBMITTED", at, False, frozenset(), (), parts
            ),
        ),
        customer_id=70 + number % 2,  # every other order is of the same customer
    )


def manage_goods(house: House, shop: Shop, *goods: Goods) -> None:
    """The merchant lets the app sell these goods on backorder."""
    manage.choose(house, shop.shop_id, [g.variant_id for g in goods], managed=True, actor="a test", now=NOW)


def purchase_order(house: House, shop: Shop, number: str, goods: Goods, units: int, due_on: date = DUE) -> int:
    """The merchant has ordered these goods from a supplier."""
    draft = purchase.Draft(number, "Glow & Sons", None, (purchase.DraftLine(goods.variant_id, units, due_on),))
    return purchase.place(house, shop.shop_id, draft, actor="a test", now=NOW)


def stops(house: House, shop: Shop, state: outbox.State, why: str) -> int:
    """The next effect owed to the shop's store does not work out. Returns its number."""
    with house.db.write() as tx:
        due = taking.take(tx, transport_now(), shop.shop_id)
        assert due is not None
        taking.finish(tx, due.outbox_id, state, transport_now(), error=why)
        return due.outbox_id


LAMP = Goods(101, "Aurora lamp", 0, Decimal("129.00"))
CHAIR = Goods(102, "Oak chair", 12, Decimal("240.50"))
SHADE = Goods(103, "Linen shade", 6, Decimal("38.00"))
BIKE = Goods(201, "Night rider", 0, Decimal("899.00"))


@dataclass(frozen=True)
class Stage:
    """Two shops on one house. Alice's lamp is sold out and on order; Bob's bike too."""

    house: House
    alice: Shop
    bob: Shop
    lamps_ordered: int
    bikes_ordered: int


def set_stage(house: House) -> Stage:
    """Set the stage: three people wait for Alice's lamp, one for Bob's bike."""
    alice, bob = install(house, ALICE, "Lamplight"), install(house, BOB, "Bob’s Bikes")
    for goods in (LAMP, CHAIR, SHADE):
        stock(house, alice, goods)
    stock(house, bob, BIKE)
    manage_goods(house, alice, LAMP, CHAIR)
    manage_goods(house, bob, BIKE)
    lamps = purchase_order(house, alice, "PO-12", LAMP, 40)
    bikes = purchase_order(house, bob, "BIKES-7", BIKE, 5)
    order(house, alice, 1001, {LAMP: 1}, ago=timedelta(hours=5))
    order(house, alice, 1002, {LAMP: 2}, ago=timedelta(hours=4))
    order(house, alice, 1003, {LAMP: 1, CHAIR: 1}, ago=timedelta(hours=3))
    order(house, bob, 2001, {BIKE: 1})
    stock(house, alice, LAMP, committed=4)
    stock(house, alice, CHAIR, committed=1)
    stock(house, bob, BIKE, committed=1)
    return Stage(house, alice, bob, lamps, bikes)
