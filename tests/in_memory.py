"""Where tests keep their files: in memory where the machine lends some, for a commit that waits for a disk proves nothing more."""

import os
import tempfile
from pathlib import Path

ROOM = Path("/dev/shm")  # noqa: S108  # folders in it are made by tempfile, with names and rights of their own
ENOUGH = 2 << 30  # bytes; a whole run leaves a few hundred megabytes


def room() -> str | None:
    """A folder in memory with enough room; None where there is none, and the system's own folder serves."""
    if not (ROOM.is_dir() and os.access(ROOM, os.W_OK)):
        return None
    found = os.statvfs(ROOM)
    return str(ROOM) if found.f_bavail * found.f_frsize >= ENOUGH else None


def move_in() -> None:
    """Let the files of this process and of those it starts lie there, unless somebody said where."""
    if "TMPDIR" not in os.environ and (place := room()):
        os.environ["TMPDIR"] = place
        tempfile.tempdir = None  # whoever asked before forgets what was said
