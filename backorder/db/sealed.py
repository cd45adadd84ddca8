"""Text and bytes that are encrypted at rest: tokens, raw webhook bodies, customers' addresses.

Keys are derived from ``ENCRYPTION_KEY`` per purpose (HKDF-SHA256), so that a value sealed for one column cannot be
opened as another.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class CannotOpen(Exception):
    """The value was sealed under another key or damaged."""


class Sealer:
    """Seals and opens values for named purposes."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._locks: dict[str, Fernet] = {}

    def seal(self, purpose: str, value: bytes) -> bytes:
        """Encrypt and authenticate ``value``."""
        return self._lock(purpose).encrypt(value)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The value that was sealed. Raises CannotOpen."""
        try:
            return self._lock(purpose).decrypt(sealed)
        except InvalidToken as error:
            raise CannotOpen(f"a {purpose} cannot be opened with this ENCRYPTION_KEY") from error

    def seal_text(self, purpose: str, value: str) -> str:
        return self.seal(purpose, value.encode()).decode()

    def open_text(self, purpose: str, sealed: str) -> str:
        return self.open(purpose, sealed.encode()).decode()

    def _lock(self, purpose: str) -> Fernet:
        if purpose not in self._locks:
            derived = HKDF(SHA256(), 32, salt=None, info=f"promised/{purpose}".encode()).derive(self._key)
            self._locks[purpose] = Fernet(urlsafe_b64encode(derived))
        return self._locks[purpose]
