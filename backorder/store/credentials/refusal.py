"""The one way in which a credential fails."""


class CallerRefused(Exception):
    """The credential does not prove who calls. ``reason`` is a short word for logs and counters, never for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The caller could not be verified: {reason}.")
        self.reason = reason
