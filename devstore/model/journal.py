"""The shop's memory of who did what, in order."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Act:
    """One thing that happened: ``seq`` orders acts, ``by`` is buyer, merchant, app, other app or store."""

    seq: int
    at: datetime
    act: str
    by: str
    detail: dict[str, object] = field(default_factory=dict)
