"""What a verb says when a person asked for something that cannot be."""


class Refused(Exception):
    """The input cannot be used; nothing was changed. ``field`` names it, the message is a sentence for a person."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class Unknown(Refused):
    """The shop has no such thing; somebody else's looks just the same."""
