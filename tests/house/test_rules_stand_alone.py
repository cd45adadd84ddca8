"""The rules are pure: the standard library only, and of it nothing that knows the time, chance, a file or a socket."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import imported, modules

RULES = tuple(modules("backorder/rules"))
IMPURE = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "smtplib",
    "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}


def strangers(source: str) -> Iterator[str]:
    """Imports that are neither of the rules nor of the pure part of the standard library."""
    for name in imported(source):
        top = name.split(".")[0]
        at_home = name == "backorder.rules" or name.startswith("backorder.rules.")
        if not at_home and (top not in sys.stdlib_module_names or top in IMPURE):
            yield name


def clocks(source: str) -> Iterator[str]:
    """Places where code asks what time it is, or opens a file, by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                yield f"line {node.lineno}: {ast.unparse(node.func)}()"
            if isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}:
                yield f"line {node.lineno}: {node.func.id}()"


@pytest.mark.parametrize("module", RULES, ids=lambda path: path.stem)
def test_a_rule_uses_the_standard_library_and_other_rules_only(module: Path) -> None:
    assert list(strangers(module.read_text())) == []


@pytest.mark.parametrize("module", RULES, ids=lambda path: path.stem)
def test_a_rule_is_told_the_time_and_never_asks(module: Path) -> None:
    assert list(clocks(module.read_text())) == []


def test_the_rules_were_found() -> None:
    assert {"allocation", "projection", "selling", "lease", "holds"} <= {module.stem for module in RULES}


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy",
        "from backorder.db import inbox",
        "from backorder import house",
        "import random",
        "from . import claims",
        "def f():\n    import requests",
    ],
)
def test_a_stranger_among_the_rules_is_seen(line: str) -> None:
    assert list(strangers(line))


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()", "open('rules.txt')"])
def test_a_rule_that_asks_by_itself_is_seen(line: str) -> None:
    assert list(clocks(line))
