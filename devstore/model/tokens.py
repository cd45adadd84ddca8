"""The keys an installed app holds."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class AccessToken:
    """An offline token with its refresh token. Times are transport time; ``expires_at`` None never expires.

    ``replaces`` is the refresh token this pair was bought with: it stays good until this token is first used.
    """

    access: str
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime | None
    refresh: str | None = None
    refresh_expires_at: datetime | None = None
    replaces: str | None = None
    used: bool = False
