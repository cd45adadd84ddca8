"""The stage: one opened shop that is put back to its first moment before every sequence.

Nothing is faked between house and store (see ``wire``). What is saved is time: the town is opened once, and then its books
are a file that is copied and the store a value that is unpickled.
"""

import gc
import pickle
import random
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import text

from backorder import deliver, importing, install, manage, observe, purchase
from backorder.config import Settings
from backorder.db import purchase_orders, shops
from backorder.db.engine import Database
from backorder.house import House, build
from backorder.store import client
from backorder.store.credentials import SessionClaims
from devstore import seed
from devstore.app import AppConfig, read_app
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.installation import open_app
from devstore.mailbox.box import Mailbox
from devstore.model import Customer, Delivery, Shop, Variant
from devstore.places import open_place
from devstore.web import create_app
from devstore.world import World
from tests.machine_time import MachineTime, take_over
from tests.proof.books import Books
from tests.proof.deaths import Died, Mortal
from tests.proof.twice import read_twice
from tests.proof.wire import Handed, Relay, call, hand_letters_to
from tests.stories.town import KEY, MONDAY, SECRET, TOML
from webhooks import receiver, topics

LAMP, SHADE, CHAIR = "AUR-1", "LIN-B", "OAK-1"  # the chair is not managed
SUPPLY = {LAMP: (30, 12), SHADE: (12, 20)}  # units on order, and in how many days they are due
PATIENCE = timedelta(seconds=90)
LEASES = timedelta(seconds=240)
ROUNDS = 600
PACE = 2.1  # seconds that a round of everybody's work takes, if nothing else is said
MANNERS = "everybody was still busy after so many rounds"

_DUE = text(
    "SELECT (SELECT min(not_before) FROM dirty), "
    "(SELECT min(not_before) FROM outbox WHERE state IN ('due', 'doing')), "
    "(SELECT min(not_before) FROM inbox WHERE verdict = 'waiting')"
)


class NeverSettled(AssertionError):
    """The town does not come to rest."""


@dataclass
class StoreTime:
    """Business time of the house: the store's."""

    world: World

    def now(self) -> datetime:
        return self.world.now()


@dataclass
class Stage:
    """A town that can begin again. ``begin`` first; then the store is ``store``, the house is ``house``."""

    books: Books
    time: MachineTime
    config: AppConfig
    door: Flask
    shop_front: Flask
    relay: Relay
    saved: bytes = b""
    world: World = field(init=False)
    store: Shop = field(init=False)
    house: House = field(init=False)
    mortal: Mortal = field(init=False)
    mailbox: Mailbox = field(init=False)
    shop_id: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    pace: float = PACE

    # The beginning

    def open(self) -> None:
        """Found the town: installed, two goods managed and on order, the last lamp sold. What follows begins here."""
        self.time.time = MONDAY
        self._build(World(self.config, Clock(None, self.time)), self.books.open())
        self.store = seed.lamplight(self.world)
        for name, is_service in (("Queens", False), ("Ship4You", True)):
            items = list(self.store.items)
            open_place(self.world, self.store, name, is_service=is_service, fulfills_online=False, stocks=items)
        session = SessionClaims(self.store.domain, "1", None, self.time() + timedelta(minutes=1))
        token = open_app(self.world, self.store)
        self.shop_id = install.arrive(self.house, replace_token(session, token), token, self.now()).shop_id
        self.settle()
        chosen = [self.variant(LAMP).id, self.variant(SHADE).id]
        manage.choose(self.house, self.shop_id, chosen, managed=True, actor="Mara", now=self.now())
        for sku, (units, due_in) in SUPPLY.items():
            self.place_order_for_goods(f"PO-{sku}", sku, units, due_in)
        buyer = Customer(0, "lena@example.com", "Lena", "Berg")
        place_order(self.world, self.store, [(self.variant(LAMP).id, 1, {})], buyer)
        if not self.settle():
            raise NeverSettled(MANNERS)
        self.house.db.close()
        self.books.save()
        self.saved = pickle.dumps((self.store, self.time(), self.lines, self.mailbox.messages))

    def begin(self, seed_of_chance: int) -> None:
        """Put everything back to the saved moment; chance is drawn from this seed."""
        self.house.db.close()
        store, moment, lines, letters = pickle.loads(self.saved)  # noqa: S301 - our own bytes of a moment ago
        self.time.time, self.lines = moment, lines
        self._build(World(self.config, Clock(None, self.time)), self.books.put_back())
        self.store = self.world.add(store)
        self.mailbox.messages.extend(letters)
        self.world.post.faults._dice = random.Random(seed_of_chance)
        client.dice = random.Random(seed_of_chance)  # type: ignore[assignment]
        self.pace = PACE

    def _build(self, world: World, url: str) -> None:
        self.world = world
        self.shop_front.extensions["devstore.world"] = world
        self.mailbox = self.relay.box = Mailbox(world.now)
        self.relay.lose_verdicts = 0
        old: House | None = getattr(self, "house", None)
        if old is None:
            self.house = replace(build(_settings(url, world.base)), sleep=self.time.passes)
            self.house.http.mount(world.base, Handed(self.shop_front))
            self.house.http.trust_env = False  # the environment has no say in what stays in this process
        house = self.house
        self.house = replace(house, db=Database(house.settings.database_url), clock=StoreTime(world))  # type: ignore[arg-type]
        self.mortal = Mortal(self.house.db)
        self.door.extensions["house"] = self.house

    # How it moves

    def settle(self, patience: timedelta = PATIENCE) -> bool:
        """Let everybody do what they have to, waiting out pauses up to ``patience``; False if something waits for longer.

        Whoever dies is followed by somebody else, who waits until the leases of the dead have ended.
        """
        deadline = self.time() + patience
        idle = 0
        for _ in range(ROUNDS):
            try:
                busy = self.round()
            except Died:
                deadline, busy = self.time() + LEASES, True
            if busy:
                idle = 0
                continue
            pause = self.pause()
            if pause is None:
                return True
            if self.time() + pause > deadline:
                return False
            self.time.passes(max(0.25 * 2 ** min(idle, 6), pause.total_seconds()))
            idle += 1
        raise NeverSettled(MANNERS)

    def round(self) -> bool:
        """One round of everybody's work; False when nobody got anywhere."""
        self.time.passes(self.pace)
        before = self.due()
        moved = self.world.background.run_due() > 0
        moved |= self.bring_post()
        now = self.time()
        dirty, outbox, inbox = self.due()
        if inbox and inbox <= now:
            topics.digest(self.house, self.now())
            dirty, outbox, inbox = self.due()
        if not self.lines:
            self._import()
        if dirty and dirty <= now:
            observe.observe(self.house, self.shop_id, self.now())
            dirty, outbox, inbox = self.due()
        while outbox and outbox <= self.time() and deliver.deliver(self.house, None, self.now()):
            moved = True
            dirty, outbox, inbox = self.due()
            if dirty and dirty <= now:
                break
        return moved or (dirty, outbox, inbox) != before

    def _import(self) -> None:
        """The first reading of the shop."""
        with self.house.db.read() as tx:
            installed = shops.installed(tx)
        for shop in installed:
            while importing.import_page(self.house, shop.shop_id, self.now()):
                pass

    def bring_post(self) -> bool:
        """Carry what is due to the receiver; if that dies, the store hears of a broken connection."""
        brought = False
        while (delivery := self.world.post.take()) is not None:
            brought = True
            self._bring(delivery)
        return brought

    def _bring(self, delivery: Delivery) -> None:
        answer: int | str = "the connection broke"
        try:
            answer, _, _ = call(self.door, "POST", "/webhooks", "", delivery.headers, delivery.body)
        finally:
            self.world.post.settle(delivery, answer)

    def due(self) -> tuple[datetime | None, ...]:
        """When the next dirty thing, outbox row and inbox row may be taken."""
        with self.house.db.read() as tx:
            row = tx.execute(_DUE).one()
        return tuple(_instant(value) for value in row)

    def pause(self) -> timedelta | None:
        """How long until somebody has work again."""
        times = [at for at in self.due() if at is not None]
        times += [datetime.fromtimestamp(each.due, UTC) for each in self.world.post.pending()]
        return max(timedelta(0), min(times) - self.time()) if times else None

    # What people do that takes more than one word

    def place_order_for_goods(self, number: str, sku: str, units: int, due_in: int) -> None:
        due_on = self.now().date() + timedelta(days=due_in)
        line = purchase.DraftLine(self.variant(sku).id, units, due_on)
        purchase.place(
            self.house, self.shop_id, purchase.Draft(number, "", None, (line,)), actor="Mara", now=self.now()
        )
        self.know_lines(number)

    def know_lines(self, number: str) -> bool:
        """Read back the line of a purchase order, as the page that lists them does; False if there is no such order."""
        with self.house.db.read() as tx:
            found = [po for po in purchase_orders.page(tx, self.shop_id) if po.number == number]
        for order in found:
            self.lines[number] = order.lines[0].line_id
        return bool(found)

    # What there is to see

    def now(self) -> datetime:
        return self.world.now()

    def variant(self, sku: str) -> Variant:
        return next(v for v in self.store.variants.values() if v.sku == sku)

    @property
    def place(self) -> int:
        return self.places[0]

    @property
    def places(self) -> list[int]:
        """The warehouse in Brooklyn, a second one in Queens, and a fulfillment service's."""
        return list(self.store.locations)


def replace_token(session: SessionClaims, _token: str) -> SessionClaims:
    """The library reads the machine's own clock, so here the store alone verifies the token (at the exchange)."""
    return session


def _settings(url: str, base: str) -> Settings:
    return Settings(
        app_url="http://localhost:5000",
        shopify_api_key=KEY,
        shopify_api_secret=SECRET,
        shopify_shop_url=base + "/{shop}",
        secret_key="a-key-for-links-and-cookies",
        encryption_key="a-key-for-what-is-sealed",
        database_url=url,
        smtp_url="smtp://127.0.0.1:2525",
        mail_from="orders@promised.example",
        _env_file=None,
    )


def _instant(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value.astimezone(UTC) if value else None
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


@contextmanager
def stage(books: Books) -> Iterator[Stage]:
    """A stage over these books, opened. Logs are silent while it stands."""
    kept = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    with pytest.MonkeyPatch.context() as patch:
        time = MachineTime(MONDAY)
        take_over(patch, time)
        config = read_app(TOML, client_id=KEY, secret=SECRET, url="http://localhost:5000")
        world = World(config, Clock(None, time))
        relay = Relay(Mailbox(world.now))
        patch.setattr(smtplib.SMTP, "_get_socket", hand_letters_to(relay))
        patch.setattr(client, "dice", client.dice)
        read_twice(patch)
        door = Flask("door")
        door.register_blueprint(receiver.blueprint)
        one = Stage(books, time, config, door, create_app(world), relay)
        try:
            one.open()
            gc.collect()
            gc.freeze()  # what stays for the whole run need not be looked at again and again
            yield one
        finally:
            gc.unfreeze()
            one.house.db.close()
            one.house.http.close()
            structlog.configure(**kept)
