"""Documents say what exists: commands, targets and files they name are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from promised.cli import parser
from tests.house.repository import ROOT

DOCUMENTS = tuple(
    path
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted((ROOT / "docs").glob("**/*.md")),
    )
    if path.exists()
)
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|ini|graphql|liquid|json|js|css|html|sh)")


def code(text: str) -> Iterator[str]:
    """What a document shows as code: fenced blocks and spans between backticks."""
    for fenced, span in re.findall(r"^```.*?\n(.*?)^```|`([^`\n]+)`", text, re.DOTALL | re.MULTILINE):
        yield fenced or span


def targets_named(text: str) -> set[str]:
    return {name for shown in code(text) for name in re.findall(r"(?:^|[\s;&])make ([a-z][\w-]*)", shown)}


def commands_named(text: str) -> set[str]:
    return {name for shown in code(text) for name in re.findall(r"(?:^|[\s/;&])promised ([a-z]+)", shown)}


def files_named(text: str) -> set[str]:
    """Paths that a document names in full: from a folder at the root on."""
    named = {shown for span in code(text) for shown in FILE.findall(span) if "/" in shown}
    return {path for path in named if (ROOT / path.split("/")[0]).is_dir()}


def targets() -> set[str]:
    """What ``make`` can be asked for."""
    makefile = ROOT / "Makefile"
    return set(re.findall(r"^([a-z][\w-]*):(?!=)", makefile.read_text(), re.MULTILINE)) if makefile.exists() else set()


def is_command(name: str) -> bool:
    """Whether the command line knows it."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([name, "--help"])
    return ended.value.code == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_target_that_a_document_names_can_be_made(document: Path) -> None:
    assert targets_named(document.read_text()) - targets() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    assert [name for name in sorted(commands_named(document.read_text())) if not is_command(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    assert [path for path in sorted(files_named(document.read_text())) if not (ROOT / path).exists()] == []


def test_every_process_of_the_procfile_is_a_command() -> None:
    processes = re.findall(r"^\w+: promised (\w+)", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert {"migrate", "web", "worker", "beat"} == set(processes)
    assert all(is_command(name) for name in processes)


def test_what_a_document_invents_is_seen() -> None:
    invented = "Run `make everything` or:\n```sh\n.venv/bin/promised conjure --now\n```\nSee `backorder/magic.py`."
    assert targets_named(invented) - targets() == {"everything"}
    assert [name for name in commands_named(invented) if not is_command(name)] == ["conjure"]
    assert [path for path in files_named(invented) if not (ROOT / path).exists()] == ["backorder/magic.py"]


def test_prose_is_not_taken_for_a_command() -> None:
    assert commands_named("What was promised stays promised to them.") == set()
