"""Where things stand in the repository."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("backorder", "plugin", "webhooks", "workers", "promised")
PACKAGES = (*PRODUCT, "devstore", "bench")


def modules(*folders: str) -> Iterator[Path]:
    """Every Python file below these folders, in a fixed order."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The full names of the modules that a piece of code imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
