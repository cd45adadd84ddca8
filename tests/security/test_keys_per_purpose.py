"""Every key has one purpose: the API secret proves what Shopify says and signs nothing of ours, nor do our keys sign for it."""

import ast
import base64
import hmac
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backorder.clock import transport_now
from backorder.db import contacts, inbox, orders, tokens
from backorder.db.sealed import CannotOpen, Sealer
from backorder.store.credentials import CallerRefused, proxy_signed, session_token, webhook_signed
from tests.house.repository import PACKAGES, PRODUCT, ROOT, imported, modules
from tests.plugin.cast import ALICE, KEY, SECRET
from tests.security.forgeries import hs256
from tests.security.test_proxied_requests import proxied
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import SECRET as TOWNS_SECRET

# Who may see the API secret, and for what: to prove a caller, or to ask the store for tokens, which Shopify wants.
SEES_THE_SECRET = {
    "backorder/config.py": "reads it",
    "backorder/install.py": "exchanges a session token for the store's",
    "backorder/access.py": "renews the store's tokens",
    "plugin/session.py": "proves session tokens",
    "plugin/proxy.py": "proves what the store forwards",
    "webhooks/receiver.py": "proves webhooks",
}
NAMES = {"shopify_api_secret", "shopify_api_secret_previous", "secrets"}
# Whoever computes a signature, and what for.
SIGNS = {
    "backorder/store/credentials/webhooks.py": "recomputes the store's signature, to compare",
    "backorder/rules/evidence.py": "signs what a page may show, with a key of its own, and proves it",
    "backorder/rules/order_link.py": "signs the link to one order's page of choice, with a key of its own, and proves it",
    "plugin/operators.py": "compares a token, in constant time",
}
SIGNING = {"hmac", "itsdangerous", "jwt"}


def sources() -> Iterator[tuple[str, str]]:
    for path in modules(*PRODUCT):
        yield path.relative_to(ROOT).as_posix(), path.read_text()


def sees_the_secret(source: str) -> bool:
    """Whether it reads one of the settings that hold the API secret (``import secrets`` is another thing)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in NAMES:
            whose = ast.unparse(node.value)
            if node.attr != "secrets" or "settings" in whose:
                return True
    return False


def imports_signing(source: str) -> bool:
    return any(name.split(".")[0] in SIGNING for name in imported(source))


def test_nobody_else_sees_the_api_secret():
    assert {path for path, source in sources() if sees_the_secret(source)} == set(SEES_THE_SECRET)


def test_nobody_else_makes_signatures():
    assert {path for path, source in sources() if imports_signing(source)} == set(SIGNS)


@pytest.mark.parametrize(
    "breach",
    [
        "def link(house): return hmac.new(house.settings.shopify_api_secret.get_secret_value().encode(), b'x', 'sha256')",
        "def link(settings): return settings.secrets[0]",
    ],
)
def test_a_link_signed_with_the_api_secret_would_be_noticed(breach):
    assert sees_the_secret(breach)
    assert imports_signing("from itsdangerous import URLSafeSerializer")
    assert not sees_the_secret("import secrets\nnumber = secrets.randbelow(4)")


def test_in_a_whole_story_the_api_secret_only_proves_webhooks(town, monkeypatch):
    """Each HMAC with the API secret as its key, by the file of ours that asked for it."""
    asked: set[str] = set()
    digest, new = hmac.digest, hmac.new

    def watched(real):
        def compute(key, *more, **named):
            if TOWNS_SECRET.encode() in bytes(key):
                asked.add(_file_of_ours())
            return real(key, *more, **named)

        return compute

    monkeypatch.setattr(hmac, "digest", watched(digest))
    monkeypatch.setattr(hmac, "new", watched(new))
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    assert asked - {""} == {"backorder/store/credentials/webhooks.py"}


def _file_of_ours() -> str:
    """The innermost file of the product on the stack; empty when only the store on this machine is signing."""
    frame = sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES:
            name = path.relative_to(ROOT).as_posix()
            return "" if name.startswith("devstore/") else name
        frame = frame.f_back
    return ""


PURPOSES = (inbox.BODY_PURPOSE, contacts.EMAIL, contacts.NAME, orders.PAGE, tokens.ACCESS, tokens.REFRESH)


def test_each_purpose_has_a_key_of_its_own():
    sealer = Sealer("a key for what rests encrypted.")
    assert len(set(PURPOSES)) == len(PURPOSES) >= 6
    for purpose in PURPOSES:
        sealed = sealer.seal(purpose, b"words")
        assert sealer.open(purpose, sealed) == b"words"
        for other in set(PURPOSES) - {purpose}:
            with pytest.raises(CannotOpen):
                sealer.open(other, sealed)


def test_one_key_for_everything_would_open_a_token_as_an_address(monkeypatch):
    """The damage: whoever can write a column could read another."""
    one = bytes(range(32))
    monkeypatch.setattr(Sealer, "_derive", lambda _self, _info: one)
    sealer = Sealer("a key")
    assert sealer.open(contacts.EMAIL, sealer.seal(inbox.BODY_PURPOSE, b"words")) == b"words"
    assert sealer.open_text(contacts.EMAIL, sealer.seal_text("access token", "words")) == "words"


def believed(text: bytes, made: str) -> list[str]:
    """As what of Shopify's something of ours would be believed."""
    found = ["a webhook"] if webhook_signed(text, made, [SECRET]) else []
    for name, check in {
        "a session token": lambda: session_token(made, KEY, [SECRET], transport_now()),
        "a proxied request": lambda: proxy_signed(
            f"shop={ALICE}&timestamp=1&signature={made}", [SECRET], transport_now()
        ),
    }.items():
        try:
            check()
        except CallerRefused:
            continue
        found.append(name)
    return found


def test_nothing_that_we_make_is_believed_as_shopifys():
    text = b'{"id": 1}'
    sealer = Sealer("a key for what rests encrypted.")
    ours = [sealer.seal_text(purpose, text.decode()) for purpose in PURPOSES]
    for key in (b"a secret key for links and state", b"a key for what rests encrypted.", KEY.encode(), ALICE.encode()):
        digest = hmac.digest(key, text, "sha256")
        ours += [base64.b64encode(digest).decode(), digest.hex(), hs256(key)]
    assert [made for made in ours if believed(text, made)] == []


def test_signed_with_the_api_secret_it_would_be_believed():
    """The damage that keys of one purpose prevent: a link of ours replayed as a webhook of Shopify's."""
    text = b'{"id": 1}'
    made = base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()
    assert believed(text, made) == ["a webhook"]
    assert believed(text, hs256(SECRET.encode())) == ["a session token"]


def test_what_shopify_signs_for_one_purpose_is_believed_for_no_other():
    proxys = proxied().rpartition("=")[2]
    text = b'{"id": 1}'
    webhooks = base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()
    session = hs256(SECRET.encode())
    assert believed(text, proxys) == []
    assert believed(b"anything else", webhooks) == []
    assert "a webhook" not in believed(text, session)
    with pytest.raises(CannotOpen):
        Sealer("a key for what rests encrypted.").open_text(contacts.EMAIL, session)
