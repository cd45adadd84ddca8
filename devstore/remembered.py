"""What ``@idempotent`` remembers: the answer a key was given, and what was asked with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """``fingerprint`` stands for the mutation and its arguments."""

    fingerprint: str
    result: object


class Remembered:
    """Answers by shop and key."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answered] = {}

    def recall(self, shop: str, key: str) -> Answered | None:
        """The answer given under this key before."""
        return self._answers.get((shop, key))

    def keep(self, shop: str, key: str, answered: Answered) -> None:
        """Remember an answer under its key."""
        self._answers[shop, key] = answered
