"""A session token proves who in which shop is looking; whatever is odd about it, it proves nothing."""

import base64
import json

import jwt
import pytest

from backorder.store.credentials import CallerRefused, session_token
from tests.store.cast import CHAIRWORKS, KEY, LAMPLIGHT, PREVIOUS, SECRET, STRANGER, claims, minted, moment


def who(raw, secrets=(SECRET,)):
    return session_token(raw, KEY, secrets, moment())


def test_a_merchant_is_known_by_the_shop_in_the_token():
    caller = who(minted())
    assert (caller.shop, caller.user, caller.session) == (LAMPLIGHT, "7", "a-browser")
    assert 0 < (caller.expires_at - moment()).total_seconds() <= 60


def test_the_previous_secret_is_good_while_it_is_being_rotated():
    assert who(minted(PREVIOUS), (SECRET, PREVIOUS)).shop == LAMPLIGHT
    with pytest.raises(CallerRefused):
        who(minted(PREVIOUS))


def test_clocks_may_differ_by_ten_seconds():
    now = int(moment().timestamp())
    assert who(minted(exp=now - 8, nbf=now - 60)).shop == LAMPLIGHT
    assert who(minted(nbf=now + 8)).shop == LAMPLIGHT


def test_a_token_without_a_browser_session_is_good_enough():
    assert who(minted(sid=None)).session is None


NOW = int(moment().timestamp())
ODD = {
    "expired": {"exp": NOW - 20},
    "without an end": {"exp": None},
    "with a text for an end": {"exp": "soon"},
    "with a truth for an end": {"exp": True},
    "that never ends": {"exp": float("inf")},
    "that ends in nothing": {"exp": float("nan")},
    "not yet valid": {"nbf": NOW + 86_400, "exp": NOW + 86_460},
    "without a beginning": {"nbf": None},
    "that begins in a list": {"nbf": [1]},
    "for another app": {"aud": "another-app"},
    "for several apps": {"aud": [KEY, "another-app"]},
    "for no app": {"aud": None},
    "without a destination": {"dest": None},
    "with a number for a destination": {"dest": 5},
    "with a list for a destination": {"dest": [f"https://{LAMPLIGHT}"]},
    "without an issuer": {"iss": None},
    "issued by another shop": {"iss": f"https://{CHAIRWORKS}/admin"},
    "issued without admin": {"iss": f"https://{LAMPLIGHT}"},
    "issued for a longer path": {"iss": f"https://{LAMPLIGHT}/admin/x"},
    "of a foreign host": {"dest": "https://evil.example", "iss": "https://evil.example/admin"},
    "of a host that only begins like ours": {
        "dest": "https://lamplight.myshopify.com.evil.example",
        "iss": "https://lamplight.myshopify.com.evil.example/admin",
    },
    "of a host behind a user name": {
        "dest": "https://lamplight.myshopify.com@evil.example",
        "iss": "https://lamplight.myshopify.com@evil.example/admin",
    },
    "over plain http": {"dest": f"http://{LAMPLIGHT}", "iss": f"http://{LAMPLIGHT}/admin"},
    "with a port": {"dest": f"https://{LAMPLIGHT}:444", "iss": f"https://{LAMPLIGHT}:444/admin"},
    "with a path": {"dest": f"https://{LAMPLIGHT}/x", "iss": f"https://{LAMPLIGHT}/x/admin"},
    "in capitals": {"dest": "https://LAMPLIGHT.myshopify.com", "iss": "https://LAMPLIGHT.myshopify.com/admin"},
    "of nobody": {"sub": None},
    "of a number": {"sub": 7},
    "with a number for a session": {"sid": 7},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_signed_token_is_refused_if_it_is(changes):
    raw = jwt.api_jws.PyJWS().encode(json.dumps(claims(**changes)).encode(), SECRET, algorithm="HS256")
    with pytest.raises(CallerRefused):
        who(raw)


def test_a_token_signed_by_a_stranger_is_refused():
    with pytest.raises(CallerRefused):
        who(minted(STRANGER))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_only_one_algorithm_is_accepted(algorithm):
    with pytest.raises(CallerRefused):
        who(minted(algorithm=algorithm))


def test_a_token_without_a_signature_is_refused():
    with pytest.raises(CallerRefused):
        who(jwt.encode(claims(), "", algorithm="none"))


def test_a_signature_does_not_cover_other_claims():
    head, _, tail = minted().split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims(sub="8")).encode()).rstrip(b"=").decode()
    with pytest.raises(CallerRefused):
        who(f"{head}.{other}.{tail}")


DEEP = base64.urlsafe_b64encode(b"[" * 2500).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "undefined",
        "a.b.c",
        "..",
        "\u00e9.\u00e9.\u00e9",
        "\ud800.a.b",
        "a\nb.c.d",
        DEEP + ".e30.c2ln",
        "e30." + DEEP + ".c2ln",
        "x" * 100_000,
        "Bearer " + "x" * 20,
    ],
)
def test_rubbish_is_refused_and_never_an_accident(raw):
    with pytest.raises(CallerRefused):
        who(raw)


def test_the_refusal_does_not_repeat_the_token():
    raw = minted(STRANGER)
    with pytest.raises(CallerRefused) as refused:
        who(raw)
    assert raw not in str(refused.value)
    assert refused.value.reason
