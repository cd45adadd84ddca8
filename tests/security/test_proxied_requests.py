"""What comes through the shop's own address: no guess, replay or mix of parameters is taken for the store's word."""

import hmac
import time
from urllib.parse import parse_qsl, urlencode

import pytest

from backorder.clock import transport_now
from backorder.store.credentials import CallerRefused, proxies, proxy_signed
from tests.plugin.cast import ALICE, BOB, OLD_SECRET, SECRET

ODD_QUERIES = ("", "?", "?shop=%00", "?" + "a=1&" * 2000, "?signature=%FF", "?timestamp=NaN", "?shop=" + "x" * 5000)
NOTHING_MORE = {"timestamp": None, "logged_in_customer_id": None}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def proxied(*more: tuple[str, str], secret: str = SECRET, **changes: object) -> str:
    """A query as the store signs it; more parameters, and changes of the usual ones, are signed too."""
    usual = {"shop": ALICE, "path_prefix": "/apps/promised", "timestamp": int(time.time()), "logged_in_customer_id": ""}
    pairs = [(name, str(value)) for name, value in (usual | changes).items() if value is not None] + list(more)
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    text = "".join(sorted(f"{name}={','.join(each)}" for name, each in values.items()))
    return urlencode([*pairs, ("signature", hmac.new(secret.encode(), text.encode(), "sha256").hexdigest())])


def signature_alone(secret: str, query: str) -> bool:
    pairs = parse_qsl(query, keep_blank_values=True)
    return query == proxied(*pairs[:-1], secret=secret, shop=None, path_prefix=None, **NOTHING_MORE)


def lets_in(query: str, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    try:
        return bool(proxy_signed(query, secrets, transport_now()).shop)
    except CallerRefused:
        return False


def test_the_store_itself_is_let_in():
    assert lets_in(proxied())
    assert lets_in(proxied(("ids[]", "2"), ("ids[]", "1")))
    assert lets_in(proxied(secret=OLD_SECRET), (SECRET, OLD_SECRET))


def test_the_order_of_an_array_is_signed_but_the_order_of_names_is_not():
    query = proxied(("ids[]", "2"), ("ids[]", "1"))
    pairs = query.split("&")
    assert lets_in("&".join(sorted(pairs, key=lambda pair: pair.split("=")[0])))
    assert not lets_in(query.replace("=2&", "=9&").replace("=1&", "=2&").replace("=9&", "=1&"))


FORGED = {
    "replayed after two minutes": ("_in_time", lambda: proxied(timestamp=int(time.time()) - 120)),
    "from the future": ("_in_time", lambda: proxied(timestamp=int(time.time()) + 120)),
    "signed by a stranger": ("_signed_with", lambda: proxied(secret="a stranger's")),
    "of a shop that is none": ("_shop", lambda: proxied(shop="evil.example")),
    "of a customer that is cut out of another parameter": (
        "_each_once",
        lambda: proxied(("k", "vlogged_in_customer_id=5m=")),
    ),
    "of two shops": ("_each_once", lambda: proxied(("shop", BOB))),
    "of two customers": ("_each_once", lambda: proxied(("logged_in_customer_id", "7"))),
}
BLIND = {
    "_in_time": lambda _stamp, _now: None,
    "_signed_with": lambda _secret, _query: True,
    "_shop": lambda text: text,
    "_each_once": lambda _pairs: None,
}


@pytest.mark.parametrize(("guard", "forge"), FORGED.values(), ids=FORGED)
def test_a_forged_request_is_refused_and_only_because_of_its_guard(monkeypatch, guard, forge):
    """Each guard with its damage: turned off, the same request is believed."""
    query = forge()
    assert not lets_in(query)
    # Shopify's library looks at the time as well: here it is asked for nothing but the signature.
    monkeypatch.setattr(proxies, "_signed_with", signature_alone)
    assert not lets_in(query)
    monkeypatch.setattr(proxies, guard, BLIND[guard])
    assert lets_in(query)


@pytest.mark.parametrize(
    "path", ["/proxy", "/proxy/", "/proxy/promises", "/proxy/../api/home", "/proxy/%2e%2e/api/home"]
)
def test_nothing_is_answered_to_a_request_that_is_not_proven(client, path):
    """Whatever will stand here one day: unproven it is refused, and never by an accident."""
    for method in METHODS:
        for query in ODD_QUERIES:
            answer = client.open(path + query, method=method, headers={"Cookie": f"shop={ALICE}"})
            assert answer.status_code in {401, 404}, f"{method} {path}{query[:40]}: {answer.status_code}"


def test_every_proxied_address_of_the_map_asks_for_proof(app):
    """A proxied address that answers without a signature fails here, on the day it is added."""
    app.add_url_rule("/proxy/open", endpoint="open", view_func=lambda: "everybody's")
    client = app.test_client()
    unproven = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/proxy") and client.get(rule.rule).status_code not in {401, 404}
    ]
    assert unproven == ["/proxy/open"]
