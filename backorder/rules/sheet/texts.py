"""A cell that is a text: one line, without signs that steer something."""


def read_text(said: str, longest: int) -> str:
    """The text of a cell. Raises ValueError with a sentence."""
    if len(said) > longest:
        raise ValueError(f"This is longer than {longest} characters.")
    if any(sign < " " or sign == "\x7f" for sign in said):
        raise ValueError("Use plain text without line breaks or control characters.")
    return said
