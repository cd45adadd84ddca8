"""The app as the store knows it: what its ``shopify.app.toml`` declares, and the secret they share."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from devstore.model import Owner

OWNERS: Mapping[str, Owner] = {
    "variant": "PRODUCTVARIANT",
    "product": "PRODUCT",
    "order": "ORDER",
    "customer": "CUSTOMER",
    "shop": "SHOP",
    "location": "LOCATION",
}


@dataclass(frozen=True)
class AppSubscription:
    """One topic the app's configuration asks for; ``uri`` may be relative to the application's address."""

    topic: str
    uri: str
    include_fields: tuple[str, ...] = ()
    filter: str | None = None


@dataclass(frozen=True)
class AppDefinition:
    """One metafield definition the app's configuration declares in its own namespace."""

    owner: Owner
    key: str
    type: str
    name: str
    admin: str = "MERCHANT_READ"
    storefront: str = "NONE"
    customer_account: str = "NONE"


@dataclass(frozen=True)
class AppProxy:
    """Requests to ``{shop}/{prefix}/{subpath}/...`` are forwarded to ``url``."""

    url: str
    prefix: str = "apps"
    subpath: str = "promised"


@dataclass(frozen=True)
class AppConfig:
    """The app: its identity, its secret, and what it asked for."""

    client_id: str
    secret: str
    url: str = "http://localhost:5000"
    name: str = "Promised"
    handle: str = "promised"
    app_id: int = 5_483_001
    scopes: frozenset[str] = frozenset()
    api_version: str = "2026-07"
    subscriptions: tuple[AppSubscription, ...] = ()
    definitions: tuple[AppDefinition, ...] = ()
    proxy: AppProxy | None = None

    @property
    def reserved(self) -> str:
        """The namespace that only this app may write to."""
        return f"app--{self.app_id}"

    def namespace(self, asked: str | None) -> str:
        """What a namespace in a request means: ``$app`` and nothing at all are the app's own."""
        if asked is None or asked == "$app":
            return self.reserved
        if asked.startswith("$app:"):
            return f"{self.reserved}--{asked.removeprefix('$app:')}"
        return asked

    def address(self, uri: str) -> str:
        """Absolute address of a uri that the configuration may have given relative to the application."""
        return uri if "://" in uri else self.url.rstrip("/") + "/" + uri.lstrip("/")


def read_app(path: Path, *, client_id: str, secret: str, url: str) -> AppConfig:
    """Read ``shopify.app.toml``. Key, secret and address come from outside: they differ per installation.

    Raises ``FileNotFoundError``, or ``ValueError`` naming what is wrong in the file.
    """
    return parse_app(tomllib.loads(path.read_text(encoding="utf-8")), client_id=client_id, secret=secret, url=url)


def parse_app(toml: Mapping[str, Any], *, client_id: str, secret: str, url: str) -> AppConfig:
    """The same from a parsed file."""
    webhooks = toml.get("webhooks", {})
    return AppConfig(
        client_id=client_id,
        secret=secret,
        url=url,
        name=toml.get("name", "Promised"),
        handle=toml.get("handle", "promised"),
        scopes=_scopes(toml.get("access_scopes", {}).get("scopes", "")),
        api_version=webhooks.get("api_version", "2026-07"),
        subscriptions=tuple(_subscriptions(webhooks.get("subscriptions", []))),
        definitions=tuple(_definitions(toml)),
        proxy=_proxy(toml.get("app_proxy"), url),
    )


def _scopes(text: str) -> frozenset[str]:
    return frozenset(scope.strip() for scope in text.split(",") if scope.strip())


def _subscriptions(tables: list[dict[str, Any]]) -> list[AppSubscription]:
    found = []
    for table in tables:
        topics = [*table.get("topics", []), *table.get("compliance_topics", [])]
        if not topics or "uri" not in table:
            msg = f"[[webhooks.subscriptions]] needs topics and a uri: {table}"
            raise ValueError(msg)
        fields = tuple(table.get("include_fields", ()))
        found += [AppSubscription(topic, table["uri"], fields, table.get("filter")) for topic in topics]
    return found


def _definitions(toml: Mapping[str, Any]) -> list[AppDefinition]:
    if "product_variant" in toml:
        msg = "[product_variant.metafields] is not a thing: the key of a variant is `variant`"
        raise ValueError(msg)
    found = []
    for word, owner in OWNERS.items():
        for key, table in toml.get(word, {}).get("metafields", {}).get("app", {}).items():
            access = table.get("access", {})
            found.append(
                AppDefinition(
                    owner,
                    key,
                    table["type"],
                    table.get("name", key),
                    admin=access.get("admin", "merchant_read").upper(),
                    storefront=access.get("storefront", "none").upper(),
                    customer_account=access.get("customer_account", "none").upper(),
                )
            )
    return found


def _proxy(table: object, url: str) -> AppProxy | None:
    if table is None:
        return None
    fields = cast("dict[str, str]", table)
    path = fields["url"]
    absolute = path if "://" in path else url.rstrip("/") + "/" + path.lstrip("/")
    return AppProxy(absolute, fields.get("prefix", "apps"), fields.get("subpath", "promised"))
