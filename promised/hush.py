"""What must never be written down: secrets by their value, by their shape, and fields that hold secrets by their name.

Values are those of the settings. Shapes are those of what we are only handed: the store's tokens and session tokens, and
people's mail addresses.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from backorder.config import Settings

HIDDEN = "•••"
_NAMES = re.compile(
    r"token|secret|password|passphrase|authorization|hmac|signature|cookie|api_key|private", re.IGNORECASE
)
_SHAPES = re.compile(
    r"shp[a-z]{2}_[0-9A-Za-z_-]{6,}"  # access, refresh and other tokens of the store
    r"|\beyJ[0-9A-Za-z_-]{6,}\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]*"  # session tokens
    r"|(?<=Bearer )[^\s'\",;]{6,}"
    r"|(?<=hmac=)[0-9A-Za-z%+/_-]{6,}|(?<=signature=)[0-9A-Za-z%+/_-]{6,}|(?<=[?&]key=)[0-9A-Za-z%+/_-]{6,}"
    r"|[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}(?:@|%40)[0-9A-Za-z](?:[0-9A-Za-z-]{0,62}\.)+[A-Za-z]{2,}"
)
# Shorter than this a value would be found inside ordinary words.
_SHORTEST = 6


class Hush:
    """A structlog processor that hides secrets, wherever in an entry they stand."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)

    def __call__(self, _logger: object, _method: str, entry: Any) -> Any:
        return {name: HIDDEN if _is_secret(name) else self._hush(value) for name, value in entry.items()}

    def _hush(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, HIDDEN)
            return _SHAPES.sub(HIDDEN, value)
        if isinstance(value, dict):
            return self(None, "", {str(name): inner for name, inner in value.items()})
        if isinstance(value, (list, tuple)):
            return [self._hush(inner) for inner in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self._hush(str(value))


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    """Whether a field of this name is hidden; a program has few names and asks for each of them in every line."""
    return _NAMES.search(name) is not None


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every secret in the settings: keys, and the passwords inside addresses."""
    keys = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    addresses = (settings.database_url, settings.redis_url, settings.smtp_url)
    passwords = [password for address in addresses if address and (password := urlsplit(address).password)]
    return (*keys, *passwords, *(unquote(password) for password in passwords))
