"""Shown is promised: the token that proves which ship date a page showed, and what an order's lines prove by it (domain §6).

The theme has no secret, so we sign what it may show: the token travels in the variant's metafield (``$app:backorder``, key
``token``), the theme puts it into the cart as it is, and the order brings it back. Who reads a line of a cart or an order:

- The *visible* property, ``Ships by`` or its translation, is the day in the shopper's language, ``December 7, 2026``. It is there
  for people, and is read by nobody. Without script a page does not know the quantity, and it says ``December 7, 2026 (up to 37)``.
- ``_promised`` is the token as it stood in the metafield. Before its dot: base64url (without padding) of a JSON object
  ``{"v": 1, "shop": "a.myshopify.com", "variant": 7, "state": "backorder", "steps": [{"units": 37, "ship_by": "2026-12-07"}], "rule": "...",
  "issued": "2026-11-20T09:00:00Z", "until": "2026-11-27T09:00:00Z"}``; after it: base64url of the HMAC-SHA256 over what stands
  before the dot. ``steps`` are as in the metafield: the first ``units`` units have the first ``ship_by``, the next the second; before them come
  ``free`` units (0 where nothing is in stock) about which the page said nothing, for they ship at once. Without ``free`` the shelf was
  full, and the page counted them itself: then only ``_ships_by`` says that a day was shown.
  ``units`` null: one day serves any number. ``ship_by`` null: "as soon as it arrives" was shown, and no day; with ``sent_directly``
  beside the steps, that the supplier sends it. Where a range was shown, ``range_from`` is its first day; ``ship_by``, its last one, is
  the promise.
- ``_ships_by`` is the day that the page showed for the quantity chosen there, ``2026-12-07``. It is missing where "as soon as it
  arrives" was shown, and where no script ran: then the page showed all the steps.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

PURPOSE = "evidence of what was shown"  # the key's
TOKEN = "_promised"  # noqa: S105  # the name of a line property
DAY = "_ships_by"
VERSION = 1
# By which rule the steps were made; named in the ledger beside the promise. It changes when the steps mean something else.
RULE = "steps/1"
LONGEST = 8_000  # characters of a token
SHOWN_STATES = frozenset({"backorder", "asap"})


class Verdict(StrEnum):
    """What the properties of an order line prove."""

    VALID = "valid"
    NONE = "none"  # no token: bought where no notice stands, or before there were any
    FORGED = "forged"  # not signed by us, or not as we write it
    OTHER_SHOP = "other_shop"
    OTHER_VARIANT = "other_variant"
    EXPIRED = "expired"  # bought after the page should have fallen silent
    WRONG_QUANTITY = "wrong_quantity"  # more units than had a date, or a later date than the one that was shown


SENTENCES = {
    Verdict.VALID: "The order proves what its buyer was shown.",
    Verdict.NONE: "The order brings no proof that its buyer was shown a date.",
    Verdict.FORGED: "The order brings a proof that we did not sign.",
    Verdict.OTHER_SHOP: "The order brings a proof from another shop.",
    Verdict.OTHER_VARIANT: "The order brings a proof for another variant.",
    Verdict.EXPIRED: "The order brings a proof that had run out when it was placed.",
    Verdict.WRONG_QUANTITY: "The date that the buyer was shown was not given for so many units.",
}


@dataclass(frozen=True)
class Evidence:
    """What a line proves: only a ``VALID`` one has a day (None: "as soon as it arrives") and the rule it was made by.

    Where a range was shown, ``ship_from`` is its first day and ``ship_by`` its last.
    """

    verdict: Verdict
    ship_by: date | None = None
    rule: str | None = None
    ship_from: date | None = None

    @property
    def valid(self) -> bool:
        return self.verdict is Verdict.VALID


@dataclass(frozen=True)
class _Step:
    units: int | None
    ship_by: date | None
    ship_from: date | None


@dataclass(frozen=True)
class _Read:
    shop: str
    variant: int
    free: int | None
    steps: tuple[_Step, ...]
    rule: str
    until: datetime


def shows_a_notice(metafield: Mapping[str, Any]) -> bool:
    """Whether a page says by this metafield, to some quantity at least, that it is on backorder."""
    return metafield["state"] in SHOWN_STATES or bool(metafield["steps"])


def issue(key: bytes, shop: str, variant_id: int, metafield: Mapping[str, Any], now: datetime) -> str | None:
    """The token for what a metafield shows; None where it shows no notice."""
    if not shows_a_notice(metafield):
        return None
    said = {
        "v": VERSION,
        "shop": shop,
        "variant": variant_id,
        "state": metafield["state"],
        "steps": metafield["steps"] or [_any_number(metafield)],
        "rule": RULE,
        **({} if _shelf_is_full(metafield) else {"free": metafield.get("free", 0)}),
        **({"sent_directly": True} if metafield.get("sent_directly") else {}),
        "issued": now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "until": metafield["valid_until"],
    }
    body = _as_text(json.dumps(said, separators=(",", ":"), sort_keys=True).encode())
    return f"{body}.{_as_text(_signature(key, body))}"


def _shelf_is_full(metafield: Mapping[str, Any]) -> bool:
    """Whether the page counts by itself how many ship at once."""
    return metafield["state"] == "in_stock" and "free" not in metafield


def _any_number(metafield: Mapping[str, Any]) -> dict[str, Any]:
    """The step of a metafield that has one day for any number."""
    first = {"range_from": metafield["range_from"]} if "range_from" in metafield else {}
    return {"units": None, "ship_by": metafield["ship_by"], **first}


def judge(
    key: bytes, token: str | None, shown: str | None, shop: str, variant_id: int | None, units: int, bought: datetime
) -> Evidence:
    """What a line of ``units``, ``bought`` then, proves by its properties ``_promised`` and ``_ships_by`` (``shown``)."""
    if not token:
        return Evidence(Verdict.NONE)
    read = _open(key, token)
    if read is None:
        return Evidence(Verdict.FORGED)
    if read.shop != shop:
        return Evidence(Verdict.OTHER_SHOP)
    if read.variant != variant_id:
        return Evidence(Verdict.OTHER_VARIANT)
    if bought >= read.until:
        return Evidence(Verdict.EXPIRED)
    return _for_quantity(read, shown, units)


def _for_quantity(read: _Read, shown: str | None, units: int) -> Evidence:
    """A later day than the one for this quantity was shown too, when the quantity is made smaller in the cart."""
    if not shown and (read.free is None or units <= read.free):
        return Evidence(Verdict.NONE)
    at = 0 if read.free is None else _step_of(read.steps, max(1, units - read.free))
    if at is None:
        return Evidence(Verdict.WRONG_QUANTITY)
    days = {step.ship_by.isoformat(): step for step in read.steps[at:] if step.ship_by is not None}
    if shown and shown not in days:
        known = any(step.ship_by is not None and step.ship_by.isoformat() == shown for step in read.steps)
        return Evidence(Verdict.WRONG_QUANTITY if known else Verdict.FORGED)
    step = days[shown] if shown else read.steps[at]
    return Evidence(Verdict.VALID, step.ship_by, read.rule, step.ship_from)


def _step_of(steps: Sequence[_Step], units: int) -> int | None:
    """Where the last of the units falls: they ship together."""
    reached = 0
    for at, step in enumerate(steps):
        if step.units is None:
            return at
        reached += step.units
        if units <= reached:
            return at
    return None


def _open(key: bytes, token: str) -> _Read | None:
    """What a token says; None unless we signed it. Compared as bytes, in constant time."""
    body, dot, signature = token.partition(".")
    if not dot or len(token) > LONGEST or not token.isascii():
        return None
    if not hmac.compare_digest(_as_text(_signature(key, body)).encode(), signature.encode()):
        return None
    try:
        said = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return _Read(
            shop=said["shop"],
            variant=said["variant"],
            free=said["free"] if said["state"] != "in_stock" else said.get("free"),
            steps=tuple(
                _Step(step["units"], _day(step["ship_by"]), _day(step.get("range_from"))) for step in said["steps"]
            ),
            rule=said["rule"],
            until=datetime.fromisoformat(said["until"]),
        )
    except (ValueError, KeyError, TypeError, NotBase64):  # signed, and yet not as this version writes it
        return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _signature(key: bytes, body: str) -> bytes:
    return hmac.digest(key, body.encode(), "sha256")


def _as_text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
