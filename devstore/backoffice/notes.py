"""A word after an act: left where the act was done, read once where the visitor lands."""

import itertools
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST = 200


@dataclass(frozen=True)
class Note:
    """``where`` is the form it belongs beside; empty: the top of the page."""

    text: str
    wrong: bool = False
    where: str = ""


class Notes:
    """Notes by number. Kept here and not in the address, so that no link can put words into the page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._notes: OrderedDict[int, Note] = OrderedDict()

    def leave(self, note: Note) -> int:
        """Keep a note; returns its number. The oldest unread ones are forgotten."""
        with self._lock:
            number = next(self._numbers)
            self._notes[number] = note
            while len(self._notes) > MOST:
                self._notes.popitem(last=False)
            return number

    def take(self, number: int | None) -> Note | None:
        """The note with this number, once."""
        with self._lock:
            return None if number is None else self._notes.pop(number, None)
