"""This machine: the folder and the disk of a SQLite file, and the address that the app is given."""

import os
import shutil
from pathlib import Path

from backorder.config import Settings
from plugin.ready.finding import Finding, Findings, Weight

LEAST_ROOM = 200 * 2**20
# So every SQLite file begins.
BEGINS = b"SQLite format 3\0"


def file_of(settings: Settings) -> Path | None:
    """The file that the books are in; None where a server keeps them."""
    if not settings.database_url.startswith("sqlite:///"):
        return None
    return Path(settings.database_url.removeprefix("sqlite:///")).absolute()


def findings(settings: Settings) -> Findings:
    """What is wrong with the file of the books, before anybody opens it."""
    file = file_of(settings)
    if file is None:
        return ()
    folder = next(parent for parent in file.parents if parent.exists())
    place = file if file.exists() else folder
    if (
        file.is_dir()
        or not folder.is_dir()
        or not os.access(folder, os.W_OK | os.X_OK)
        or not os.access(place, os.R_OK | os.W_OK)
    ):
        sentence = (
            f"The books cannot be written in {folder}: let this user write there, or set DATABASE_URL to another file."
        )
        return (Finding(Weight.STOPS, sentence),)
    free = shutil.disk_usage(folder).free
    if free < LEAST_ROOM:
        return (Finding(Weight.NOTE, f"The disk of the books has {free // 2**20} MB left: make room."),)
    return ()


def which(settings: Settings) -> tuple[int, int] | None:
    """Which file the books are in now, whatever its name; None where there is none."""
    file = file_of(settings)
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def still_there(settings: Settings, begun_on: tuple[int, int] | None) -> Findings:
    """Whether the file that a process has begun to work on was taken from under it, or another put in its place."""
    if begun_on is None or which(settings) == begun_on:
        return ()
    sentence = (
        f"The file of the books was taken from {file_of(settings)} while the app runs, and what it accepts now is written there no "
        "more: stop the app, put the books in their place, and start it."
    )
    return (Finding(Weight.MISSING, sentence),)


def at_first(settings: Settings, *, new: bool = False) -> Findings:
    """What is wrong with the file of the books, for a process that has not opened them yet. ``new``: it makes them where there are none.

    Never for one that has: to close the file once more would drop the locks that SQLite holds on it for the whole process.
    """
    file, found = file_of(settings), findings(settings)
    if file is None or any(one.weight is Weight.STOPS for one in found):
        return found
    if not file.exists():
        sentence = f"There are no books at {file}: correct DATABASE_URL, or run `promised migrate` to make new ones."
        return found if new else (Finding(Weight.STOPS, sentence),)
    if not file.is_file():
        return found
    with file.open("rb") as books:
        begins = books.read(len(BEGINS))
    if begins in {b"", BEGINS}:
        return found
    sentence = f"{file} is no SQLite database: put the books in its place, or set DATABASE_URL to another file."
    return (Finding(Weight.STOPS, sentence),)


def address(settings: Settings) -> Findings:
    """Whether the address is one that Shopify takes."""
    if settings.store_is_overridden or settings.app_url.startswith("https://"):
        return ()
    sentence = (
        "APP_URL must begin with https:// against the real Shopify: put TLS before the app and set its address outside."
    )
    return (Finding(Weight.STOPS, sentence),)
