"""Keys for what we sign ourselves: links, evidence.

Each purpose has its own, derived from ``SECRET_KEY`` (HKDF-SHA256), so that what is signed for one is worthless for another. The
API secret signs nothing of ours, and none of our keys is ever a secret that the store signs with.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backorder.config import Settings


def signing_key(settings: Settings, purpose: str) -> bytes:
    """32 bytes for one purpose, the same on every machine that shares the ``SECRET_KEY``."""
    secret = settings.secret_key.get_secret_value().encode()
    return HKDF(SHA256(), 32, salt=None, info=f"promised/signs/{purpose}".encode()).derive(secret)
