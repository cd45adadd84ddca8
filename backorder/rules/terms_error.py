"""What is wrong with a setting: its name, and a sentence for the merchant."""


class TermsError(ValueError):
    """A setting that cannot be; ``field`` names it, the message is a sentence for the merchant."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


def must(holds: bool, field: str, sentence: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    """Refuse a setting unless it ``holds``. Raises TermsError."""
    if not holds:
        raise TermsError(field, sentence)
