"""Names tell: no file is the place where things end up."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house.repository import PACKAGES, ROOT, modules

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "service", "services", "manager", "managers", "misc", "common"}


def empty_names(paths: Iterable[Path]) -> Iterator[Path]:
    """Paths of which a folder or a file says nothing about what is in it."""
    for path in paths:
        words = {word for part in (*path.parent.parts, path.stem) for word in part.lower().split("_")}
        if words & EMPTY_WORDS:
            yield path


def test_every_module_is_named_for_what_it_does() -> None:
    ours = [path.relative_to(ROOT) for path in modules(*PACKAGES, "tests")]
    assert len(ours) > 200
    assert list(empty_names(ours)) == []


def test_an_empty_name_is_seen() -> None:
    paths = [Path("backorder/utils.py"), Path("plugin/services/quote.py"), Path("backorder/date_helpers.py")]
    assert list(empty_names([*paths, Path("backorder/quote.py")])) == paths
