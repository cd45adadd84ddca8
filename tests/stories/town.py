"""The town: a store with its post and mailbox, and our house, side by side in one process, with time turned by hand.

Nothing is faked between them: webhooks are signed and posted to the receiver, documents run against the real schema, and
letters travel by SMTP. What the store did is read from the store's own books.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import responses
from flask import Flask

from backorder import book_in, deliver, importing, install, manage, observe, purchase
from backorder.config import Settings
from backorder.db import (
    backlog,
    claims,
    dirty,
    imports,
    offers,
    outbox,
    promises,
    purchase_orders,
    rests,
    shops,
    taking,
    tokens,
    troubles,
)
from backorder.db.rests import RELAY
from backorder.db.tokens import TokenPair
from backorder.house import House, build
from backorder.mail.message_id import message_id
from backorder.reconcile import reconcile
from backorder.rules.claims import Claim
from backorder.rules.lease import Lease
from backorder.rules.promises import Promise
from backorder.store.credentials import SessionClaims
from devstore import seed
from devstore.app import read_app
from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.editing import add_units
from devstore.faults import ApiFault
from devstore.fulfilment import hold, release, ship
from devstore.handing import register
from devstore.installation import open_app, request_shop_redaction, uninstall
from devstore.mailbox.box import Mailbox
from devstore.model import Customer, Delivery, FulfillmentOrder, Level, Order, Shop, Variant
from devstore.payment import mark_paid
from devstore.policy import set_policy
from devstore.stock import correct, receive
from devstore.world import World
from tests.machine_time import MachineTime
from tests.stories.moved_in import MovedIn
from webhooks import receiver, topics

KEY, SECRET = "key-of-the-app", "secret-of-the-app-that-is-long-enough"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOML = Path(__file__).parents[2] / "shopify.app.toml"
# Backoff that a story waits out; what is postponed for longer belongs to another day.
PATIENCE = timedelta(seconds=90)


@dataclass
class Town:
    """The store (``world``, ``store``), the house, the mailbox, and the time they share."""

    world: World
    store: Shop
    house: House
    mailbox: Mailbox
    time: MachineTime
    app: Flask
    shop_id: int = 0
    post: Callable[[list[Delivery]], list[Delivery]] = field(default=list)
    moved_in: MovedIn | None = None

    # What people do

    def install(self) -> None:
        """The merchant opens the app for the first time; the shop is read. Or it was, in a story that began like this."""
        if self.moved_in is None:
            self._install_by_hand()
        else:
            self.moved_in.install(self, self._install_by_hand)

    def _install_by_hand(self) -> None:
        token = open_app(self.world, self.store)
        # The library reads the machine's own clock, so here the store alone verifies the token (at the exchange).
        claims = SessionClaims(self.store.domain, user="1", session=None, expires_at=self.time() + timedelta(minutes=1))
        self.shop_id = install.arrive(self.house, claims, token, self.now()).shop_id
        self.settle()

    def uninstall(self) -> None:
        """The merchant removes the app in the store's admin."""
        self.time.passes(2)
        uninstall(self.world, self.store)
        self.settle()

    def redact_shop(self) -> None:
        """Two days after leaving, the store asks for everything to be deleted."""
        request_shop_redaction(self.world, self.store)
        self.settle()

    def manage(self, *variants: Variant) -> None:
        """The merchant lets the app sell these on backorder."""
        ids = [variant.id for variant in variants]
        manage.choose(self.house, self.shop_id, ids, managed=True, actor="Mara", now=self.now())
        self.settle()

    def order_goods(self, number: str, variant: Variant, units: int, due_in: int, place: int | None = None) -> int:
        """The merchant enters a purchase order, for the location ``place`` where there are several; the id of its line."""
        due_on = self.today() + timedelta(days=due_in)
        draft = purchase.Draft(number, "Glow & Sons", place, (purchase.DraftLine(variant.id, units, due_on),))
        order_id = purchase.place(self.house, self.shop_id, draft, actor="Mara", now=self.now())
        self.settle()
        with self.house.db.read() as tx:
            order = purchase_orders.one(tx, self.shop_id, order_id)
        assert order is not None
        return order.lines[0].line_id

    def book_in(self, line_id: int, units: int, key: str = "") -> None:
        """The merchant books goods in at the dock."""
        key = key or f"receipt-{line_id}-{self.time().isoformat()}"
        book_in.book_in(self.house, self.shop_id, line_id, units, key=key, actor="Mara", now=self.now())
        self.settle()

    def count_in(self, variant: Variant, units: int) -> None:
        """The warehouse counts goods in at the store."""
        receive(self.world, self.store, variant.item_id, self.place, units)
        self.settle()

    def arrive_without_settling(self, line_id: int, units: int) -> None:
        """Goods are booked in and counted in; nobody has done anything about it yet."""
        book = partial(book_in.book_in, self.house, self.shop_id, line_id, units)
        try:
            book(key="the-only-receipt", actor="Mara", now=self.now())
        except BaseException:  # noqa: BLE001 - whoever sent it may have died; the merchant presses the button again
            book(key="the-only-receipt", actor="Mara", now=self.now())
        receive(self.world, self.store, self.lamp.item_id, self.place, units)

    def correct_count(self, variant: Variant, available: int) -> None:
        correct(self.world, self.store, variant.item_id, self.place, available=available)
        self.settle()

    def buy(self, who: str, *lines: tuple[Variant, int], settle: bool = True, **more: object) -> Order:
        """Somebody buys; the order is routed and everybody hears of it."""
        buyer = Customer(0, f"{who.lower()}@example.com", who, "Berg")
        wishes = [(variant.id, units, {}) for variant, units in lines]
        order = place_order(self.world, self.store, wishes, buyer, **more)  # type: ignore[arg-type]
        if settle:
            self.settle()
        return order

    def edit(self, order: Order, *, add: int) -> None:
        """Staff add units to the order's only line."""
        (line,) = order.line_items
        add_units(self.world, self.store, order.id, line.id, add)
        self.settle()

    def ship(self, part: FulfillmentOrder) -> None:
        ship(self.world, self.store, part.id)
        self.settle()

    def cancel(self, order: Order) -> None:
        cancel_order(self.world, self.store, order.id, reason="CUSTOMER", restock=True)
        self.settle()

    def change_due(self, line_id: int, due_on: date, *, settle: bool = True) -> None:
        """The supplier says another day, and the merchant enters it."""
        purchase.change_due(self.house, self.shop_id, line_id, due_on, actor="Mara", now=self.now())
        if settle:
            self.settle()

    def choose(self, variant: Variant, **choice: Any) -> None:
        manage.choose(self.house, self.shop_id, [variant.id], actor="Mara", now=self.now(), **choice)
        self.settle()

    def set_terms(self, **changes: Any) -> None:
        manage.set_terms(self.house, self.shop_id, changes, actor="Mara", now=self.now())
        self.settle()

    def rearm(self, variant: Variant) -> None:
        manage.rearm(self.house, self.shop_id, variant.id, actor="Mara", now=self.now())
        self.settle()

    def set_policy(self, variant: Variant, policy: str, *, settle: bool = True) -> None:
        """Somebody sets the policy in the store's admin."""
        # The store's timestamps have whole seconds.
        self.time.passes(2)
        set_policy(self.world, self.store, variant.id, policy)  # type: ignore[arg-type]
        if settle:
            self.settle()

    def pay(self, order: Order) -> None:
        mark_paid(self.world, self.store, order.id)
        self.settle()

    def staff_release(self, order: Order) -> None:
        """Staff release whatever holds an order in the store's admin."""
        for part in self.parts(order):
            if part.holds:
                release(self.world, self.store, part.id, [hold.id for hold in part.holds], app_id=None)
        self.settle()

    def hold_by_another_app(self, order: Order) -> None:
        for part in self.parts(order):
            hold(self.world, self.store, part.id, reason="HIGH_RISK_OF_FRAUD", handle="fraud", app_id=99)
        self.settle()

    def buy_chairs_and_look_again(self) -> None:
        self.buy("Carl", (self.chair, 1))
        self.settle_again()

    def settle_again(self) -> None:
        """The clock's own round: everything managed is looked at once more."""
        reconcile(self.house, self.shop_id, self.now())
        self.settle()

    def breaks(self, naming: str, status: int = 502, *, after_effect: bool, **how: Any) -> None:
        """The store breaks at the next document that names this; with ``after_effect`` only its answer is lost."""
        self.world.api_faults.append(ApiFault(status, after_effect, naming, **how))

    def beside(self, domain: str) -> "Town":
        """Another shop of the same town, with the same goods; nothing installed yet."""
        return replace(self, store=seed.lamplight(self.world, domain), shop_id=0)

    def knocks(self, *which: str) -> int:
        """Requests that the store of this shop has seen, all or those for these documents."""
        asked = self.world.knocks.items()
        return sum(n for (shop, what), n in asked if shop == self.store.domain and (not which or what in which))

    def bring_again(self, delivery: Delivery, **headers: str) -> int:
        """The same webhook comes once more, at its place or with another envelope; our answer."""
        client = self.app.test_client()
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post("/webhooks", data=delivery.body, headers={**delivery.headers, **changed}).status_code

    def bring_the_post(self) -> None:
        """The store does its own work, and its post is brought."""
        self._store_works()
        self._post_is_brought()

    def states(self) -> dict[str, int]:
        """The shop's outbox: rows by state."""
        with self.house.db.read() as tx:
            return outbox.counts(tx, self.shop_id)

    def errors(self) -> list[str]:
        """What the rows that stopped say, newest first."""
        with self.house.db.read() as tx:
            return [row.error for row in troubles.newest(tx, self.shop_id)]

    def days_pass(self, days: float) -> None:
        """Business time goes on; machines do not feel it."""
        self.world.clock.advance(days * 86_400)

    # How the town moves

    def settle(self) -> None:
        """Let everybody do what they have to until nothing is left, waiting out short pauses."""
        deadline = self.time() + PATIENCE
        while True:
            while self.step():
                pass
            pause = self._next_pause()
            if pause is None or self.time() + pause > deadline:
                return
            # A row may be due and yet have to wait for another in its lane: time goes on in small steps.
            self.time.passes(max(0.25, pause.total_seconds()))

    def look_for(self, seconds: float) -> None:
        """Everybody works for some seconds, and no longer."""
        until = self.time() + timedelta(seconds=seconds)
        while self.time() < until:
            if not self.step():
                self.time.passes(0.1)

    def step(self) -> bool:
        """One round of everybody's work; False when nobody had any."""
        self.time.passes(0.05)
        return any([self._store_works(), self._post_is_brought(), *self._house_works()])

    def _store_works(self) -> bool:
        return self.world.background.run_due() > 0

    def _post_is_brought(self) -> bool:
        taken: list[Delivery] = []
        while (delivery := self.world.post.take()) is not None:
            taken.append(delivery)
        client = self.app.test_client()
        for delivery in self.post(taken):
            answer = client.post("/webhooks", data=delivery.body, headers=delivery.headers)
            if delivery.state == "under way":
                self.world.post.settle(delivery, answer.status_code)
        return bool(taken)

    def _house_works(self) -> Iterable[bool]:
        topics.digest(self.house, self.now())
        with self.house.db.read() as tx:
            installed = shops.installed(tx)
        for shop in installed:
            yield importing.import_page(self.house, shop.shop_id, self.now())
            with self.house.db.read() as tx:
                waiting = bool(dirty.due(tx, shop.shop_id, self.time(), limit=1))
            if waiting:
                observe.observe(self.house, shop.shop_id, self.now())
            yield waiting
        yield deliver.deliver(self.house, None, self.now())

    def _next_pause(self) -> timedelta | None:
        """How long until somebody has work again."""
        with self.house.db.read() as tx:
            times = [dirty.next_due(tx), taking.next_due(tx), imports.next_due(tx)]
            rest, relay = rests.get(tx, self.shop_id), rests.get(tx, RELAY)
        pauses = [at - self.time() for at in times if at is not None]
        resting = [each.until - self.time() for each in (rest, relay) if each is not None and each.until > self.time()]
        if resting and min(pauses, default=timedelta(0)) <= timedelta(0):
            return min(resting)
        return max(timedelta(0), min(pauses)) if pauses else None

    # What there is to see

    def now(self) -> datetime:
        return self.house.clock.now()

    def today(self) -> date:
        return self.now().date()

    @property
    def place(self) -> int:
        return next(iter(self.store.locations))

    def variant(self, sku: str) -> Variant:
        return next(v for v in self.store.variants.values() if v.sku == sku)

    @property
    def lamp(self) -> Variant:
        return self.variant("AUR-1")

    @property
    def chair(self) -> Variant:
        return self.variant("OAK-1")

    def level(self, variant: Variant) -> Level:
        return self.store.levels[variant.item_id, self.place]

    def parts(self, order: Order) -> list[FulfillmentOrder]:
        return self.store.fulfillment_orders_of(order.id)

    def held(self, order: Order) -> int:
        """Units of an order that wait under a hold."""
        return sum(line.remaining for part in self.parts(order) if part.holds for line in part.lines)

    def shippable(self, order: Order) -> int:
        """Units of an order that a warehouse may ship now."""
        return sum(line.remaining for part in self.parts(order) if part.status == "OPEN" for line in part.lines)

    def mails(self, who: str) -> list[str]:
        """Subjects of the letters somebody got, oldest first."""
        return [mail.subject for mail in self.mailbox.messages if f"{who.lower()}@example.com" in mail.recipients]

    def letters_or_unknown(self, who: str) -> int:
        """Letters somebody got, and letters of which nobody knows whether they arrived (shown to a person)."""
        orders = {o.id for o in self.store.orders.values() if o.email == f"{who.lower()}@example.com"}
        with self.house.db.read() as tx:
            unknown = [row for row in troubles.newest(tx, self.shop_id) if row.subject in orders]
        got = {mail.message_id for mail in self.mailbox.messages if f"{who.lower()}@example.com" in mail.recipients}
        return len(got) + sum(1 for row in unknown if row.state == "unknown" and not self._arrived(row.key, got))

    def _arrived(self, key: str, message_ids: set[str]) -> bool:
        return message_id(self.store.domain, key) in message_ids

    def left_to_sell(self) -> int:
        """Units of the lamp that the store's metafield says may still be sold."""
        return sum(step["units"] for step in self.offer(self.lamp).wanted["steps"])

    def offer(self, variant: Variant) -> offers.Offer:
        with self.house.db.read() as tx:
            return offers.get(tx, self.shop_id, [variant.id])[variant.id]

    def lease(self, variant: Variant) -> Lease:
        with self.house.db.read() as tx:
            return offers.leases(tx, self.shop_id, [variant.id])[variant.id]

    def token(self) -> TokenPair:
        with self.house.db.read() as tx:
            pair = tokens.get(tx, self.house.sealer, self.shop_id)
        assert pair is not None
        return pair

    def forget_access_tokens(self) -> None:
        """The store suddenly takes none of the access tokens it gave; refresh tokens still work."""
        for given in self.store.tokens.values():
            given.expires_at = self.time()

    def journal(self, act: str, order: Order) -> int:
        """How often the app did something to an order, by the store's own journal."""
        return sum(
            1
            for entry in self.store.journal
            if entry.act == act and entry.by == "app" and entry.detail.get("order_id") == order.id
        )

    def spend_all_tokens(self) -> None:
        """The store takes none of the tokens it gave any more, neither access nor refresh."""
        self.store.tokens.clear()

    def backlog_as_of(self, moment: datetime) -> dict[str, int]:
        """Open units by order at a past moment."""
        with self.house.db.read() as tx:
            return {row.order_name: row.units for row in backlog.as_of(tx, self.shop_id, moment)}

    def given(self, order: Order) -> int:
        return sum(claim.given for claim in self._claims(order))

    def kept(self, order: Order) -> int:
        return sum(claim.kept for claim in self._claims(order))

    def promises(self, who: str) -> tuple[Promise, ...]:
        """Every version of what somebody was promised."""
        orders = [o.id for o in self.store.orders.values() if o.email == f"{who.lower()}@example.com"]
        with self.house.db.read() as tx:
            return promises.of_orders(tx, self.shop_id, orders)

    def _claims(self, order: Order) -> tuple[Claim, ...]:
        with self.house.db.read() as tx:
            return claims.of_orders(tx, self.shop_id, [order.id])


def doubled_and_shuffled(dice: random.Random) -> Callable[[list[Delivery]], list[Delivery]]:
    """A post that brings everything twice and in no order."""

    def bring(taken: list[Delivery]) -> list[Delivery]:
        bag = [*taken, *taken]
        dice.shuffle(bag)
        return bag

    return bring


def found(url: str, time: MachineTime, mock: responses.RequestsMock, tmp_path: Path) -> Town:
    """Found a town whose books are at ``url``."""
    clock_file = tmp_path / "clock"
    config = read_app(TOML, client_id=KEY, secret=SECRET, url="http://localhost:5000")
    world = World(config, Clock(clock_file, time))
    store = seed.lamplight(world)
    world.pause = time.passes
    register(mock, world)
    mailbox = Mailbox(world.now)
    port = mailbox.open()
    settings = Settings(
        app_url="http://localhost:5000",
        shopify_api_key=KEY,
        shopify_api_secret=SECRET,
        shopify_shop_url=world.base + "/{shop}",
        secret_key="a-key-for-links-and-cookies",
        encryption_key="a-key-for-what-is-sealed",
        database_url=url,
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="orders@promised.example",
        clock_file=clock_file,
        _env_file=None,
    )
    house = replace(build(settings), sleep=time.passes)
    app = Flask("door")
    app.extensions["house"] = house
    app.register_blueprint(receiver.blueprint)
    return Town(world, store, house, mailbox, time, app)
