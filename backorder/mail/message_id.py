"""The name of a message: the same event always has the same one."""

import hashlib
import re

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def message_id(shop_domain: str, key: str) -> str:
    """The Message-ID of what is owed to a customer because of the event ``key`` of this shop.

    Should a message ever be handed over twice, mail systems and readers can tell that it is one.
    Raises ``ValueError`` where ``shop_domain`` is not a host name.
    """
    host = shop_domain.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(f"{shop_domain!r} is not the domain of a shop.")
    # A host name has no line break, so no other pair of shop and key makes the same string.
    name = hashlib.sha256(f"{host}\n{key}".encode()).hexdigest()[:32]
    return f"<{name}@{host}>"
