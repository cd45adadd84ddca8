"""An alarm: something that a person should look at, said in one sentence, with what to do."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_SECONDS = {"day": 86_400, "hour": 3600, "minute": 60}


class AlarmKind(StrEnum):
    """What an alarm is about."""

    DRIFT = "drift"  # comparisons with the store find more than usual
    UNEXPLAINED = "unexplained"  # nothing explains much of what they find, or more and more of it
    COMPARISON = "comparison"  # comparisons fail, or do not take place
    SILENCE = "silence"  # the store has not been heard of for too long
    LAG = "lag"  # a change of the store has not been looked at for too long


@dataclass(frozen=True)
class Alarm:
    """What is unusual (``sentence``) and what to do about it (``advice``)."""

    kind: AlarmKind
    sentence: str
    advice: str


def lasting(span: timedelta) -> str:
    """A span in the largest unit of which it has two, or else in minutes: "26 hours", "3 days", "1 minute"."""
    seconds = max(0.0, span.total_seconds())
    unit = next((name for name, length in _SECONDS.items() if seconds >= 2 * length), "minute")
    number = max(1, int(seconds // _SECONDS[unit]))
    return f"{number} {unit}{'' if number == 1 else 's'}"
