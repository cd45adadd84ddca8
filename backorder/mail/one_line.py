"""Names and titles come from strangers; a letter shows each of them on one line, as what it is."""

import unicodedata

# Characters that end a line or a header, and those that make a reader see other text than was written.
_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_REORDERS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def one_line(text: str) -> str:
    """The same words on one line: breaks, control and text-direction characters become single spaces.

    Joiners stay: emoji and several scripts are spelt with them.
    """
    return " ".join("".join(" " if _is_unruly(sign) else sign for sign in text).split())


def isolated(text: str) -> str:
    """What is written from right to left, kept to itself, so that the numbers and signs of the words around it stay in their order.

    Anything else is as it was: hardly a letter carries the two invisible characters.
    """
    if any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text


def _is_unruly(sign: str) -> bool:
    return sign in _REORDERS or unicodedata.category(sign) in _BREAKS
