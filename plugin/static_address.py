"""Where our own files stand: an address with a digest of them all, so that browsers may keep them for a year.

The digest is in the path, not in a query, so that files which name each other need not know it.
"""

from hashlib import sha256
from pathlib import Path


def static_address(folder: Path) -> str:
    """The address of ``folder`` as its files are now."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"
