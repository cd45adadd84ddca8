"""The rooms of the house and the arrows between them (design §2): ``.importlinter`` keeps them, and each law can fail."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import PACKAGES, ROOT

LAWS = ROOT / ".importlinter"

# For every law one module that breaks it and no other reason to be there: where it lies, and what it says.
BREACHES = {
    "arrows": ("webhooks", "from promised import serve"),
    "rooms": ("backorder/rules", "from backorder.db import inbox"),
    "doors": ("plugin", "from workers import tasks"),
    "database": ("backorder", "from sqlalchemy import select"),
    "platform": ("plugin", "import shopify"),
    "http": ("backorder", "import requests"),
    "gateway": ("plugin", "from backorder.store.gateway import Gateway"),
    "house": ("backorder", "from flask import g"),
    "bell": ("webhooks", "from celery import current_app"),
    "stranger": ("devstore", "from backorder.rules import seen"),
    "unaided": ("promised", "from devstore import world"),
    "bench": ("promised", "from bench import machine"),
}
# A room's laws name its neighbours too: db, store and mail do not see each other, verbs do not see doors.
MORE_BREACHES = {
    "db to store": ("rooms", "backorder/db", "from backorder.store import gids"),
    "store to db": ("rooms", "backorder/store", "from backorder.db import inbox"),
    "mail to db": ("rooms", "backorder/mail", "from backorder.db import contacts"),
    "db to settings": ("rooms", "backorder/db", "from backorder.config import Settings"),
    "store to a verb": ("rooms", "backorder/store", "from backorder import observe"),
    "a verb to a door": ("arrows", "backorder", "from plugin import words"),
    "another door to the receiver": ("doors", "workers", "from webhooks import receiver"),
    "a room without a place": ("rooms", "backorder", ""),
}
BROKEN = {**{law: (law, *breach) for law, breach in BREACHES.items()}, **MORE_BREACHES}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their laws, to break them in."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        for module in (ROOT / package).rglob("*.py"):
            place = folder / module.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, place)
    shutil.copyfile(LAWS, folder / LAWS.name)
    return folder


@pytest.fixture(scope="module")
def judged(copy: Path) -> dict[str, str]:
    """What the linter says of each law where all of them are broken at once: each by a module of its own."""
    for name, (_law, room, breach) in BROKEN.items():
        (copy / room / f"{_module(name)}.py").write_text(breach + "\n")
    said = _judge(copy)
    assert said.returncode == 1, said.stdout + said.stderr
    return _by_law(said.stdout)


def test_every_room_keeps_its_law() -> None:
    said = _judge(ROOT)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("name", BROKEN)
def test_a_breach_of_a_law_is_seen(judged: dict[str, str], name: str) -> None:
    law = BROKEN[name][0]
    assert re.search(rf"\b{_module(name)}\b", judged[law]), judged[law]


def test_every_law_has_its_breach() -> None:
    assert set(_names()) == set(BREACHES)


def _module(name: str) -> str:
    """The module that breaks a law, by the name of its test."""
    return f"breach_{name.replace(' ', '_')}"


def _names() -> dict[str, str]:
    """The laws' names as the linter says them, by what they are called here."""
    laws = configparser.ConfigParser()
    laws.read_string(LAWS.read_text())
    return {part.rpartition(":")[2]: laws[part]["name"] for part in laws.sections() if ":contract:" in part}


def _by_law(said: str) -> dict[str, str]:
    """What the linter says of each law that is broken: its name, underlined, and then what breaks it."""
    _all, _title, broken = said.partition("Broken contracts\n")
    begins = {law: broken.find(f"\n{name}\n---") for law, name in _names().items()}
    ends = [*begins.values(), len(broken)]
    return {law: broken[at : min(end for end in ends if end > at)] for law, at in begins.items() if at >= 0}


def _judge(folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask the linter about a copy of the house, in a process of its own: it imports what it judges."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", lint, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
