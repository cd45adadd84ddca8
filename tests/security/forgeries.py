"""Session tokens as forgers write them: each with something that a careless check would overlook."""

import base64
import hmac
import json
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from backorder.clock import transport_now
from tests.plugin.cast import ALICE, BOB, KEY, OLD_SECRET, SECRET, session_token

NOW = int(transport_now().timestamp())
CUSTOMER = "gid://shopify/Customer/7001"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(**changes: object) -> dict[str, object]:
    """What a good token of Alice's staff says, with changes; None takes a claim away."""
    good: dict[str, object] = {
        "iss": f"https://{ALICE}/admin",
        "dest": f"https://{ALICE}",
        "aud": KEY,
        "sub": "42",
        "exp": NOW + 3600,
        "nbf": NOW - 5,
        "iat": NOW - 5,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def written(header: Mapping[str, object], said: Mapping[str, object], key: bytes | None) -> str:
    """A token by hand: libraries refuse to write what forgers write. Without a key it is not signed."""
    text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(said).encode())}"
    return f"{text}.{encoded(hmac.digest(key, text.encode(), 'sha256')) if key is not None else ''}"


def hs256(key: bytes, *, header: Mapping[str, object] | None = None, **changes: object) -> str:
    return written({"alg": "HS256", "typ": "JWT"} | dict(header or {}), claims(**changes), key)


def ours(**changes: object) -> str:
    """Signed with the right key: what it says is what is wrong with it."""
    return hs256(SECRET.encode(), **changes)


@cache
def rsa() -> tuple[bytes, bytes]:
    """A pair of keys: private and public, as PEM."""
    key = generate_private_key(65537, 2048)
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def forgeries() -> dict[str, str]:
    """Each forged or confused token by what is wrong with it."""
    private, public = rsa()
    good = session_token(ALICE)
    head, _, tail = good.split(".")
    return {
        "no token": "",
        "of no algorithm": written({"alg": "none", "typ": "JWT"}, claims(), None),
        "of no algorithm, in other letters": written({"alg": "nOnE"}, claims(), None),
        "of no algorithm, with a signature": written({"alg": "none"}, claims(), SECRET.encode()),
        "of a good header without a signature": f"{head}.{encoded(json.dumps(claims()).encode())}.",
        "of another token's signature": f"{head}.{encoded(json.dumps(claims(sub='1')).encode())}.{tail}",
        "signed with a wrong key": hs256(b"a stranger's key, long enough for the digest"),
        "signed with the public key of the app": hs256(KEY.encode()),
        "signed with nothing": hs256(b""),
        "signed with the key of our links": hs256(b"a secret key for links and state"),
        "signed with the key of our books": hs256(b"a key for what rests encrypted."),
        "of two secrets run together": hs256((SECRET + OLD_SECRET).encode()),
        "signed with an RSA key": session_token(ALICE, secret=private.decode(), algorithm="RS256"),
        "signed with a public RSA key as if it were a secret": hs256(public),
        "that claims RSA over our own key": written({"alg": "RS256"}, claims(), SECRET.encode()),
        "that brings its own key": hs256(b"mine mine mine", header={"jwk": {"kty": "oct", "k": encoded(b"mine")}}),
        "that names its own key": hs256(b"", header={"kid": "/dev/null", "jku": "https://evil.example/keys"}),
        "of another algorithm": session_token(ALICE, algorithm="HS384"),
        "expired": ours(exp=NOW - 600),
        "that never ends": ours(exp=None),
        "not yet valid": ours(nbf=NOW + 86_400, exp=NOW + 86_460),
        "for another app": ours(aud="another-app"),
        "for several apps": ours(aud=[KEY]),
        "issued by another shop": ours(iss=f"https://{BOB}/admin"),
        "for another shop than its issuer's": ours(dest=f"https://{BOB}"),
        "of no shop at all": ours(dest="https://evil.example", iss="https://evil.example/admin"),
        "of a shop that only begins like one": ours(
            dest=f"https://{ALICE}.evil.example", iss=f"https://{ALICE}.evil.example/admin"
        ),
        "of a shop over plain http": ours(dest=f"http://{ALICE}", iss=f"http://{ALICE}/admin"),
        "of a customer in checkout": ours(dest=ALICE, iss=None, sid=None, sub=None),
        "of a customer on the order page": ours(dest=ALICE, iss=None, sid=None, sub=CUSTOMER),
        "of a customer, dressed as staff": ours(sub=CUSTOMER),
        "of nobody": ours(sub=None),
        "the store's access token": f"access-of-{ALICE}",
        "the signature of a proxied request": hmac.new(
            SECRET.encode(), b"shop=" + ALICE.encode(), "sha256"
        ).hexdigest(),
        "the signature of a webhook": base64.b64encode(hmac.digest(SECRET.encode(), b"{}", "sha256")).decode(),
        "two good tokens": f"{good}, Bearer {good}",
        "a good token and more": good + "." + tail,
        "not even ASCII": "\u00e9" * 40 + ".\u00fc.\u00df",
        "huge": "x" * 60_000,
        "nested deep": encoded(b"[" * 900) + ".e30.c2ln",
    }
