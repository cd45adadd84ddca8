"""Text and bytes that are encrypted at rest: tokens, raw webhook bodies, customers' addresses.

Keys are derived from ``ENCRYPTION_KEY`` per purpose (HKDF-SHA256), so that a value sealed for one column cannot be
opened as another. Text is sealed by Fernet, which is text itself. Bytes are sealed by AES-256-GCM: a webhook's body waits on it,
and stays a quarter smaller. A first byte says so; what has none was sealed by Fernet, as bytes were once.
"""

from base64 import urlsafe_b64encode
from ssl import RAND_bytes

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

GCM = b"\x01"
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The value was sealed under another key or damaged."""


class Sealer:
    """Seals and opens values for named purposes."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._for_text: dict[str, Fernet] = {}
        self._for_bytes: dict[str, AESGCM] = {}

    def seal(self, purpose: str, value: bytes) -> bytes:
        """Encrypt and authenticate ``value``."""
        # Random nonces are safe for 2³² values of a purpose: a dozen years of ten webhooks a second.
        # OpenSSL's are as good as the system's, a fork included, and are had without giving up one's turn in the interpreter.
        nonce = RAND_bytes(NONCE_BYTES)
        return GCM + nonce + self._byte_lock(purpose).encrypt(nonce, value, GCM)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The value that was sealed. Raises CannotOpen."""
        try:
            if not sealed.startswith(GCM):
                return self._text_lock(purpose).decrypt(sealed)
            nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
            return self._byte_lock(purpose).decrypt(nonce, rest, GCM)
        except (InvalidToken, InvalidTag, ValueError) as error:
            raise CannotOpen(f"a {purpose} cannot be opened with this ENCRYPTION_KEY") from error

    def seal_text(self, purpose: str, value: str) -> str:
        return self._text_lock(purpose).encrypt(value.encode()).decode()

    def open_text(self, purpose: str, sealed: str) -> str:
        return self.open(purpose, sealed.encode()).decode()

    def _text_lock(self, purpose: str) -> Fernet:
        if purpose not in self._for_text:
            self._for_text[purpose] = Fernet(urlsafe_b64encode(self._derive(f"promised/{purpose}")))
        return self._for_text[purpose]

    def _byte_lock(self, purpose: str) -> AESGCM:
        if purpose not in self._for_bytes:
            self._for_bytes[purpose] = AESGCM(self._derive(f"promised/bytes/{purpose}"))
        return self._for_bytes[purpose]

    def _derive(self, info: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=info.encode()).derive(self._key)
