"""What shops have granted, against what ``shopify.app.toml`` asks for."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from backorder.access import lacking
from plugin.ready.finding import Finding, Findings, Weight

TOML = Path(__file__).parents[2] / "shopify.app.toml"


@cache
def wanted() -> frozenset[str]:
    """The scopes that the app asks for."""
    with TOML.open("rb") as file:
        asked = str(tomllib.load(file)["access_scopes"]["scopes"])
    return frozenset(scope.strip() for scope in asked.split(","))


def findings(granted: Mapping[str, frozenset[str]]) -> Findings:
    """Shops that have not granted everything; what each lacks is named."""
    missing = {domain: lacking(scopes, wanted()) for domain, scopes in granted.items()}
    names = tuple(f"{domain} has not granted {', '.join(scopes)}." for domain, scopes in missing.items() if scopes)
    if not names:
        return ()
    shops = "One shop has" if len(names) == 1 else f"{len(names)} shops have"
    sentence = (
        f"{shops} not granted every scope that the app asks for: deploy shopify.app.toml, and let the merchant open the app "
        "and agree (`promised check` names shops and scopes)."
    )
    return (Finding(Weight.NOTE, sentence, names),)
