"""Clocks that differ. Session tokens allow 10 seconds and signed proxy requests 90; leases of 30 seconds and more go by them."""

from plugin.ready.finding import Finding, Findings, Weight

A_FEW_SECONDS = 5.0
# The shortest lease: beyond it, a process would take from another what that one still works at.
SHORTEST_LEASE = 30.0


def compared(ahead: float, whose: str, *, shared: bool) -> Findings:
    """What to say of a clock that is so many seconds ahead of ours. ``shared``: leases are written by it and by ours."""
    if abs(ahead) <= A_FEW_SECONDS:
        return ()
    way = "behind" if ahead > 0 else "ahead of"
    stops = shared and abs(ahead) > SHORTEST_LEASE
    consequence = (
        "processes would take from each other what is being worked at"
        if stops
        else "with more than 10 seconds merchants cannot enter"
    )
    sentence = f"This machine's clock is {abs(ahead):.0f} s {way} {whose}: set both by NTP; {consequence}."
    return (Finding(Weight.STOPS if stops else Weight.NOTE, sentence),)
