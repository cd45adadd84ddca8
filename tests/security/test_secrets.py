"""A whole life of a shop, and nothing that must stay secret stands in a log line, an error or the books' file."""

import base64
import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backorder import install
from backorder.clock import transport_now
from backorder.db import contacts, orders, promises
from backorder.db.engine import Database
from backorder.db.sealed import Sealer
from devstore.installation import request_customer_data
from devstore.model import Delivery, Order
from plugin.app import create_app
from promised.hush import HIDDEN, secrets_of
from tests.security.addresses import guarded
from tests.security.eavesdropping import bytes_of, found_in, found_in_file, overheard
from tests.security.forgeries import hs256
from tests.stories import town as towns
from tests.stories.town import Town

PASSWORD = "the-password-of-the-relay"
WHO = "Quillonia"
AN_ADDRESS = f"{WHO.lower()}@example.com"


@dataclass
class Life:
    """A town in which everything that happens is written down by a witness, who knows each secret as it appears."""

    town: Town
    file: Path
    secrets: dict[str, str] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)

    def learn_tokens(self) -> None:
        for number, given in enumerate(self.town.store.tokens.values()):
            self.secrets[f"access token {number}"] = given.access
            if given.refresh:
                self.secrets.setdefault(f"refresh token {number}", given.refresh)

    def learn_signatures(self, taken: list[Delivery]) -> list[Delivery]:
        for delivery in taken[:3]:
            signature = delivery.headers["X-Shopify-Hmac-Sha256"]
            self.secrets[f"signature of {delivery.webhook_id}"] = signature
        return taken

    def ask_everything(self) -> None:
        """Somebody tries a good session token, a forged one and none at every address, with secrets in odd places."""
        client = create_app(self.town.house).test_client()
        good = hs256(towns.SECRET.encode(), aud=towns.KEY, exp=2**33, nbf=0, **self._of_the_shop())
        forged = hs256(b"not the key", aud=towns.KEY)
        self.secrets |= {"session token": good, "forged session token": forged}
        for address in guarded(self.town.app_with_pages):
            for token in (good, forged) if address.method not in {"HEAD", "OPTIONS"} else ():
                for headers, query in (({"Authorization": f"Bearer {token}"}, {}), ({}, {"id_token": token})):
                    answer = client.open(
                        address.path(), method=address.method, headers=headers, query_string=query, json={"x": 1}
                    )
                    self.bodies.append(f"{answer.headers}{answer.text}")

    def _of_the_shop(self) -> dict[str, object]:
        origin = f"https://{self.town.store.domain}"
        return {"dest": origin, "iss": f"{origin}/admin"}


@pytest.fixture
def life(town: Town, tmp_path: Path) -> Life:
    town.app_with_pages = create_app(town.house)  # type: ignore[attr-defined]
    found = Life(town, tmp_path / "books.db")
    found.secrets = {
        "API secret": towns.SECRET,
        "SECRET_KEY": "a-key-for-links-and-cookies",
        "ENCRYPTION_KEY": "a-key-for-what-is-sealed",
        "relay's password": PASSWORD,
        "customer's address": AN_ADDRESS,
        "customer's family name": "Berg",
        "customer's first name": WHO,
    }
    town.post = found.learn_signatures
    return found


def opened(life: Life) -> tuple[Order, int]:
    """The app is installed, the last lamp is sold, and somebody waits for one that is on order."""
    town = life.town
    town.install()
    life.learn_tokens()
    town.manage(town.lamp)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    order = town.buy(WHO, (town.lamp, 2))
    life.secrets["link to the order"] = order.token
    return order, line


def broken_in_every_way(life: Life, line: int) -> None:
    """The relay refuses us and the customer, the store breaks and forgets its tokens, strangers sign webhooks."""
    town = life.town
    relay = str(town.house.settings.smtp_url)
    town.mailbox.set_mode("reject")
    town.buy(WHO, (town.lamp, 1))
    town.mailbox.set_mode("ok")
    town.house = replace(town.house, settings=town.house.settings.model_copy(update={"smtp_url": with_login(relay)}))
    town.forget_access_tokens()
    town.breaks("metafieldsSet", 502, after_effect=True)
    town.buy(WHO, (town.lamp, 1))
    town.house = replace(town.house, settings=town.house.settings.model_copy(update={"smtp_url": relay}))
    town.time.passes(3700)
    town.book_in(line, 5)
    town.count_in(town.lamp, 5)
    life.learn_tokens()
    client = town.app.test_client()
    forged = base64.b64encode(b"f" * 32).decode()
    life.secrets["forged signature"] = forged
    for signature in (forged, "\u00ff" * 44):
        answer = client.post("/webhooks", data=b"{}", headers={"X-Shopify-Hmac-Sha256": signature})
        life.bodies.append(answer.text)


def with_login(relay: str) -> str:
    return relay.replace("smtp://", f"smtp://promised:{PASSWORD}@")


@pytest.mark.long
def test_no_secret_is_written_down_from_the_first_day_to_the_last(life: Life) -> None:
    town = life.town
    named = {"title": "Aurora lamp", "number": "PO-12", "domain": town.store.domain, "supplier": "Glow & Sons"}
    with overheard(()) as (ear, written):
        order, line = opened(life)
        broken_in_every_way(life, line)
        life.ask_everything()
        told = len(town.mails(WHO))
        assert found_in_file(life.file, life.secrets) == set()
        assert found_in_file(life.file, named) >= set(named), "what is looked for would be found"
        is_forgotten(life, order)
        town.uninstall()
        town.redact_shop()
    assert told >= 2
    assert len(life.secrets) >= 15
    assert len(ear.heard) > 100
    assert found_in(ear.heard, life.secrets) == set(), "said, and hidden by nobody"
    assert found_in([written.getvalue()], life.secrets) == set()
    assert found_in(life.bodies, life.secrets) == set()
    with town.house.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert {name for name, word in named.items() if word.encode() in bytes_of(life.file)} == set()


def is_forgotten(life: Life, order: Order) -> None:
    """The customer asks to be forgotten: the person is gone, and the ledger is not."""
    town = life.town
    assert order.customer is not None
    request_customer_data(town.world, town.store, order.customer, redact=True)
    town.settle()
    with town.house.db.read() as tx:
        assert contacts.get(tx, town.house.sealer, town.shop_id, order.id) is None
        known = orders.get(tx, town.shop_id, order.id)
        assert known is not None
        assert known.status_url is None
        assert promises.of_orders(tx, town.shop_id, [order.id]), "what was promised is still known"
        kept = tx.execute(text("SELECT topic FROM inbox WHERE body_sealed IS NOT NULL AND processed_at IS NOT NULL"))
        assert kept.scalars().all() == [], "no body that names the person is left, not even sealed"


@pytest.mark.long
def test_a_book_that_seals_nothing_would_be_noticed(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage: what the file would hold."""
    monkeypatch.setattr(Sealer, "seal", lambda _self, _purpose, value: value)
    monkeypatch.setattr(Sealer, "seal_text", lambda _self, _purpose, value: value)
    monkeypatch.setattr(Sealer, "open", lambda _self, _purpose, sealed: sealed)
    monkeypatch.setattr(Sealer, "open_text", lambda _self, _purpose, sealed: sealed)
    opened(life)
    found = found_in_file(life.file, life.secrets)
    assert {"customer's address", "access token 0", "refresh token 0", "link to the order"} <= found
    assert "customer's first name in contacts.first_name_sealed" in found


def test_a_token_that_is_logged_is_heard_and_hidden(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage, and the last line of defence: a line that tells a token, an address and a link."""
    keep = install.keep

    def telling(house, shop_id, fresh):
        structlog.get_logger("careless").info("exchanged", got=f"{fresh.access} for {AN_ADDRESS}")
        logging.getLogger("library").warning("refreshing with %s", fresh.refresh)
        return keep(house, shop_id, fresh)

    monkeypatch.setattr(install, "keep", telling)
    with overheard(()) as (ear, written):
        life.town.install()
    life.learn_tokens()
    assert {"access token 0", "refresh token 0", "customer's address"} <= found_in(ear.heard, life.secrets)
    assert found_in([written.getvalue()], life.secrets) == set()
    assert HIDDEN in written.getvalue()


SHAPES = {
    "an access token": "asked with shpat_0123456789abcdef today",
    "a refresh token": "shprt_0123456789abcdef",
    "a session token": "GET /?id_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl&shop=x",
    "a bearer": "Authorization: Bearer abcdef0123456789",
    "a signature": "/proxy?shop=x&signature=0123456789abcdef&timestamp=1",
    "a link's key": "https://x.example/orders/1/authenticate?key=0123456789abcdef",
    "a mail address": "550 no such user <ada.byron+lamp@mail.example.co.uk>",
}
HEART = ("0123456789abcdef", "eyJ", "abcdef0123456789", "ada.byron")


@pytest.mark.parametrize("said", SHAPES.values(), ids=SHAPES)
def test_what_has_the_shape_of_a_secret_is_hidden_whoever_says_it(said: str) -> None:
    with overheard(()) as (_, written):
        logging.getLogger("gunicorn.error").error("Error handling request %s", said)
        structlog.get_logger("ours").info("failed", why=said, inner={"deep": [said]})
        try:
            int(f"no number in {said}")
        except ValueError:
            logging.getLogger("library").exception("it broke")
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    assert all(HIDDEN in line and not any(heart in line for heart in HEART) for line in lines)


@pytest.mark.parametrize("said", ["shop lamplight.myshopify.com", "2 of 3 @ noon", "<promised.1@>", "key=5", "eyJ.x"])
def test_what_is_no_secret_is_left_readable(said: str) -> None:
    with overheard(()) as (_, written):
        structlog.get_logger("ours").info("told", why=said)
    assert json.loads(written.getvalue())["why"] == said


def test_all_keys_of_the_settings_are_hidden_by_value(life: Life) -> None:
    settings = life.town.house.settings.model_copy(update={"smtp_url": with_login("smtp://relay:25")})
    keys = [life.secrets[name] for name in ("API secret", "SECRET_KEY", "ENCRYPTION_KEY", "relay's password")]
    with overheard(secrets_of(settings)) as (_, written):
        for key in keys:
            logging.getLogger("library").error("connecting with %s to %s", key, f"smtp://promised:{key}@relay")
    assert not any(key in written.getvalue() for key in keys)


def refused_by_the_database(database: Database) -> str:
    with pytest.raises(DBAPIError) as refused, database.write() as tx:
        tx.execute(
            text("INSERT INTO contacts (shop_id, order_id, locale) VALUES (:shop, :locale, NULL)"),
            {
                "shop": None,
                "locale": AN_ADDRESS,
            },
        )
    return str(refused.value)


def test_an_error_of_the_database_does_not_repeat_what_was_being_written(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    assert AN_ADDRESS not in refused_by_the_database(database)
    database.engine.hide_parameters = database.engine.dialect.hide_parameters = False  # the damage
    told = refused_by_the_database(database)
    database.close()
    assert AN_ADDRESS in told


def test_a_file_that_only_forgets_where_things_are_would_still_hold_them(sqlite_url: str, tmp_path: Path) -> None:
    """The damage without ``secure_delete``: deleted words stay in the file's free pages."""
    left = {}
    for careful in (True, False):
        database = Database(sqlite_url)
        with database.write() as tx:
            tx.exec_driver_sql(f"PRAGMA secure_delete={'ON' if careful else 'OFF'}")
            for number in range(50):
                row = {"key": f"{number}", "body": f"Aurora lamp {careful} " * 20, "at": transport_now()}
                tx.execute(
                    text("INSERT INTO answers (shop_id, key, fingerprint, body, at) VALUES (1, :key, '', :body, :at)"),
                    row,
                )
            tx.execute(text("DELETE FROM answers"))
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        left[careful] = f"Aurora lamp {careful}".encode() in bytes_of(tmp_path / "books.db")
    assert left == {True: False, False: True}
