"""Lag: a change in the store that was announced and not looked at yet. Meanwhile the shop sells by what was true before."""

from datetime import datetime, timedelta

from backorder.rules.alarm import Alarm, AlarmKind, lasting


def alarm(oldest: datetime | None, patience: timedelta, now: datetime) -> Alarm | None:
    """Whether the oldest unseen change has waited longer than ``patience``."""
    if oldest is None or now - oldest <= patience:
        return None
    return Alarm(
        AlarmKind.LAG,
        f"The oldest change in the store that was not looked at yet came {lasting(now - oldest)} ago.",
        "Nothing is lost. If it does not shrink by itself, the store asks for a pause, does not let the app in, or the "
        "app has too few workers.",
    )
