"""The small words of a letter: counts, days and how a person is addressed, in the language of its reader."""

import re
from datetime import date
from typing import Protocol

from backorder.mail.language import Language
from backorder.mail.letter import LetterLine
from backorder.mail.one_line import isolated, one_line

LONGEST_NAME = 40  # characters; a longer first name is somebody's advertisement
_LOOKS_LIKE_A_LINK = re.compile(r"[/:@<>]|\.\S")


class Promised(Protocol):
    """Something that waits: a line of a letter, or of the page that a letter's link opens."""

    @property
    def ship_by(self) -> date | None: ...

    @property
    def ship_from(self) -> date | None: ...

    @property
    def sent_directly(self) -> bool: ...


def ships(line: Promised, language: Language) -> str:
    """What we promise about a waiting line: a day, a range whose last day is the promise, or that no day is known."""
    if line.ship_by is None:
        return language.say("line.asap_directly" if line.sent_directly else "line.asap")
    if line.ship_from is None:
        return language.say("line.by", day=language.day(line.ship_by))
    return language.say("line.between", first=language.day(line.ship_from), day=language.day(line.ship_by))


def before(line: LetterLine, language: Language) -> str:
    """What we had promised until now about a line whose day moved."""
    if line.was is None:
        return language.say("line.before_none")
    if line.was_from is None:
        return language.say("line.before_by", day=language.day(line.was))
    return language.say("line.before_between", first=language.day(line.was_from), day=language.day(line.was))


def preview(line: LetterLine, language: Language) -> str:
    """What an inbox shows of the letter before it is opened: its first line that waits."""
    units = language.count("line.units", line.units_waiting)
    return language.say("line.preview", title=line.title, units=units, ships=ships(line, language))


def greeting(first_name: str | None, language: Language) -> str:
    """How the letter opens: "Hello Ada," or, where the name is missing or is no name, "Hello,".

    Anyone may order under any name. A name that carries a link would make the shop's own letter
    advertise it, so it is not repeated.
    """
    name = one_line(first_name or "")
    if not name or len(name) > LONGEST_NAME or _LOOKS_LIKE_A_LINK.search(name):
        return language.say("page.greeting_bare")
    return language.say("page.greeting", name=isolated(name))
