"""Access tokens: got for a session token, renewed by a refresh token. Two requests, both ours.

An offline token lives an hour; its refresh token ninety days, and rotates: keep the new pair before using it.
"""

from dataclasses import dataclass, field
from typing import Any

import requests

from backorder.store.errors import AccessLost, IdTokenRefused, StoreBusy, StoreError, StoreRefused
from backorder.store.http import AFTER_FAULT, ask, json_of

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 -- the name of a kind of token
OFFLINE_TOKEN = "urn:shopify:params:oauth:token-type:offline-access-token"  # noqa: S105 -- likewise
RENEW = "refresh_token"
# What the store says of a refresh token that nothing brings back: the OAuth word, that of a shop which has removed the app, and
# what it really says of one that has ended or was replaced, under a word that means anything.
SPENT = frozenset({"invalid_grant", "application_cannot_be_found"})
NOT_ACTIVE = "requires an active refresh_token"


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens and what they may do. Lifetimes are seconds from the answer's arrival."""

    access: str = field(repr=False)
    access_expires_in: int
    refresh: str = field(repr=False)
    refresh_expires_in: int
    scopes: frozenset[str]


def exchange(http: requests.Session, origin: str, key: str, secret: str, id_token: str) -> Tokens:
    """An expiring offline token for a verified session token.

    Raises IdTokenRefused (the session token is spent or foreign), StoreBusy, StoreRefused, AccessLost.
    """
    return _tokens(
        http,
        origin,
        {
            "client_id": key,
            "client_secret": secret,
            "grant_type": EXCHANGE,
            "subject_token": id_token,
            "subject_token_type": ID_TOKEN,
            "requested_token_type": OFFLINE_TOKEN,
            "expiring": "1",
        },
    )


def refresh(http: requests.Session, origin: str, key: str, secret: str, refresh_token: str) -> Tokens:
    """The next pair. Raises AccessLost once the refresh token is spent; StoreBusy leaves it usable, ask again."""
    wish = {"client_id": key, "client_secret": secret, "grant_type": RENEW, "refresh_token": refresh_token}
    return _tokens(http, origin, wish)


def _tokens(http: requests.Session, origin: str, wish: dict[str, str]) -> Tokens:
    response = ask(http, f"{origin}/admin/oauth/access_token", wish, {}, effect=True)
    said = json_of(response)
    if response.status_code != requests.codes.ok:
        raise _refusal(response.status_code, said, renewing=wish["grant_type"] == RENEW)
    if said is None:
        raise StoreBusy("The store's answer cannot be read.", retry_after=AFTER_FAULT, outcome_unknown=True)
    try:
        return Tokens(
            access=_text(said, "access_token"),
            access_expires_in=int(said["expires_in"]),
            refresh=_text(said, "refresh_token"),
            refresh_expires_in=int(said["refresh_token_expires_in"]),
            scopes=frozenset(filter(None, (scope.strip() for scope in str(said["scope"]).split(",")))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreRefused("The store gave no expiring token with a refresh token.", outcome_unknown=True) from error


def _refusal(status: int, said: Any, *, renewing: bool) -> StoreError:
    word, why = (said.get("error"), str(said.get("error_description"))) if isinstance(said, dict) else (None, "")
    if renewing and (word in SPENT or NOT_ACTIVE in why):
        return AccessLost("The refresh token is spent; the merchant's next visit brings new access.")
    if word == "invalid_subject_token":
        return IdTokenRefused("The session token was not accepted for exchange.")
    if status in {requests.codes.payment_required, requests.codes.locked, requests.codes.not_found}:
        return AccessLost(f"The shop answers {status}.")
    return StoreRefused(f"The store gave no token: {status} {word or ''}".rstrip() + ".")


def _text(said: Any, name: str) -> str:
    value = said[name]
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value
