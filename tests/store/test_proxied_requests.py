"""A proxied request is believed if Shopify signed all of it, just now."""

import hmac
from urllib.parse import quote, urlencode

import pytest

from backorder.store.credentials import CallerRefused, ProxyCaller, proxy_signed
from backorder.store.credentials.proxies import _signed_with
from tests.store.cast import LAMPLIGHT, PREVIOUS, SECRET, STRANGER, moment


def signed(*more: tuple[str, str], secret: str = SECRET, **changes: object) -> str:
    """The query Shopify would forward; a value of None leaves a parameter out."""
    usual = {
        "shop": LAMPLIGHT,
        "path_prefix": "/apps/promised",
        "timestamp": str(int(moment().timestamp())),
        "logged_in_customer_id": "",
    }
    pairs = [(name, str(value)) for name, value in (usual | changes).items() if value is not None] + list(more)
    return urlencode([*pairs, ("signature", signature(pairs, secret))])


def signature(pairs: list[tuple[str, str]], secret: str = SECRET) -> str:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    text = "".join(sorted(f"{name}={','.join(found)}" for name, found in values.items()))
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def who(query, secrets=(SECRET,)):
    return proxy_signed(query, secrets, moment())


def test_a_visitor_of_a_storefront_is_known_by_the_shop():
    assert who(signed()) == ProxyCaller(LAMPLIGHT, None)


def test_the_raw_bytes_of_a_query_are_as_good_as_its_text():
    assert who(signed().encode()) == ProxyCaller(LAMPLIGHT, None)


def test_a_logged_in_customer_is_known():
    assert who(signed(logged_in_customer_id=4711)) == ProxyCaller(LAMPLIGHT, 4711)


def test_a_visitors_own_parameters_are_part_of_what_was_signed():
    query = signed(("variants", "1"), ("variants", "2"), ("title", "L\u00e4mp & more"))
    assert who(query).shop == LAMPLIGHT
    with pytest.raises(CallerRefused):
        who(query.replace("variants=2", "variants=3"))


def test_the_previous_secret_is_good_while_it_is_being_rotated():
    assert who(signed(secret=PREVIOUS), (SECRET, PREVIOUS)).shop == LAMPLIGHT
    with pytest.raises(CallerRefused):
        who(signed(secret=PREVIOUS))


def test_a_stranger_cannot_sign():
    with pytest.raises(CallerRefused):
        who(signed(secret=STRANGER))


@pytest.mark.parametrize("seconds", [-89, 0, 89])
def test_clocks_may_differ_by_ninety_seconds(seconds):
    assert who(signed(timestamp=int(moment().timestamp()) + seconds)).shop == LAMPLIGHT


@pytest.mark.parametrize("seconds", [-95, 95, -86_400])
def test_a_request_of_another_time_is_refused(seconds):
    with pytest.raises(CallerRefused):
        who(signed(timestamp=int(moment().timestamp()) + seconds))


def stamp(shape: str) -> str:
    return shape.format(int(moment().timestamp()))


@pytest.mark.parametrize(
    "shape", ["", " {}", "{} ", "+{}", "-{}", "{}.0", "{}e0", "{}_0", "0x{}", "now", "\u0661\u0662", "{}\n", "9" * 500]
)
def test_a_timestamp_is_one_plain_integer(shape):
    with pytest.raises(CallerRefused):
        who(signed(timestamp=stamp(shape)))


@pytest.mark.parametrize("name", ["shop", "timestamp"])
def test_what_shopify_always_sends_must_be_there(name):
    with pytest.raises(CallerRefused):
        who(signed(**{name: None}))


def test_a_query_without_a_signature_is_refused():
    with pytest.raises(CallerRefused):
        who(signed().partition("&signature=")[0])


@pytest.mark.parametrize("name", ["shop", "timestamp", "hmac", "logged_in_customer_id", "path_prefix"])
def test_what_shopify_vouches_for_stands_once_even_if_the_signature_fits(name):
    with pytest.raises(CallerRefused):
        who(signed((name, "1"), (name, "2")))


def test_two_signatures_are_refused():
    query = signed()
    with pytest.raises(CallerRefused):
        who(query + "&signature=" + query.rpartition("=")[2])
    with pytest.raises(CallerRefused):
        who("signature=" + "0" * 64 + "&" + query)


@pytest.mark.parametrize("odd", ["", "0" * 63, "0" * 65, "g" * 64, "%C3%A9" * 64, "%FF" * 64, "A" * 64])
def test_a_signature_that_is_none_is_refused_and_never_an_accident(odd):
    with pytest.raises(CallerRefused):
        who(signed().rpartition("=")[0] + "=" + odd)


@pytest.mark.parametrize("shop", ["", "lamplight", "evil.example", "lamplight.myshopify.com.evil.example"])
def test_a_shop_that_is_none_is_refused_even_if_the_signature_fits(shop):
    with pytest.raises(CallerRefused):
        who(signed(shop=shop))


@pytest.mark.parametrize("customer", ["ada", "-1", "1.5", "1,2", "9" * 40])
def test_a_customer_that_is_no_number_is_refused_even_if_the_signature_fits(customer):
    with pytest.raises(CallerRefused):
        who(signed(logged_in_customer_id=customer))


def test_a_customers_id_cannot_be_cut_out_of_a_visitors_own_parameter():
    """The signed text has no separators: Shopify signed one parameter ``k``, the forger presents three."""
    honest = signed(("k", "vlogged_in_customer_id=5m="))
    pairs = [("k", "v"), ("logged_in_customer_id", "5"), ("m", "logged_in_customer_id=")]
    stamped = next(part for part in honest.split("&") if part.startswith("timestamp="))
    forged = (
        urlencode([("shop", LAMPLIGHT), ("path_prefix", "/apps/promised"), *pairs])
        + f"&{stamped}&signature={honest.rpartition('=')[2]}"
    )
    assert _signed_with(SECRET, forged), "the signature fits, and the customer would be number 5"
    with pytest.raises(CallerRefused, match="hides another"):
        who(forged)


@pytest.mark.parametrize(
    "odd",
    ["", "&", "=", "a", "shop", "%", "a=1#b", "a=1\tb", "a=\u00e9", b"a=\xff", "a=%FF", "&".join(["a=1"] * 200)],
)
def test_rubbish_is_refused_and_never_an_accident(odd):
    with pytest.raises(CallerRefused):
        who(odd)


def test_a_fragment_cannot_hide_parameters_from_the_check():
    """A URL parser drops what follows ``#``: the check would then see another query than the door."""
    query = signed() + "#&x=" + quote("y")
    assert _signed_with(SECRET, query), "the library does not see what follows"
    with pytest.raises(CallerRefused):
        who(query)
