"""How the store says no."""


class StoreSays(Exception):
    """A refusal a person or an app can act on: the message, the input it concerns, and the Admin API's code."""

    def __init__(self, message: str, field: tuple[str, ...] = (), code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
