"""This machine: the folder and the disk of a SQLite file, and the address that the app is given."""

import os
import shutil
from pathlib import Path

from backorder.config import Settings
from plugin.ready.finding import Finding, Findings, Weight

LEAST_ROOM = 200 * 2**20


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
        or not os.access(place, os.W_OK)
    ):
        sentence = (
            f"The books cannot be written in {folder}: let this user write there, or set DATABASE_URL to another file."
        )
        return (Finding(Weight.STOPS, sentence),)
    free = shutil.disk_usage(folder).free
    if free < LEAST_ROOM:
        return (Finding(Weight.NOTE, f"The disk of the books has {free // 2**20} MB left: make room."),)
    return ()


def address(settings: Settings) -> Findings:
    """Whether the address is one that Shopify takes."""
    if settings.store_is_overridden or settings.app_url.startswith("https://"):
        return ()
    sentence = (
        "APP_URL must begin with https:// against the real Shopify: put TLS before the app and set its address outside."
    )
    return (Finding(Weight.STOPS, sentence),)
