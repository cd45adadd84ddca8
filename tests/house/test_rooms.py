"""The rooms of the house and the arrows between them (design §2): ``.importlinter`` keeps them, and each law can fail."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import PACKAGES, ROOT

LAWS = ROOT / ".importlinter"

# For every law one file that breaks it and no other reason to be there.
BREACHES = {
    "arrows": ("webhooks/breach.py", "from promised import serve"),
    "rooms": ("backorder/rules/breach.py", "from backorder.db import inbox"),
    "doors": ("plugin/breach.py", "from workers import tasks"),
    "database": ("backorder/breach.py", "from sqlalchemy import select"),
    "platform": ("plugin/breach.py", "import shopify"),
    "http": ("backorder/breach.py", "import requests"),
    "gateway": ("plugin/breach.py", "from backorder.store.gateway import Gateway"),
    "house": ("backorder/breach.py", "from flask import g"),
    "bell": ("webhooks/breach.py", "from celery import current_app"),
    "stranger": ("devstore/breach.py", "from backorder.rules import seen"),
    "unaided": ("promised/breach.py", "from devstore import world"),
    "bench": ("promised/breach.py", "from bench import machine"),
}
# A room's laws name its neighbours too: db, store and mail do not see each other, verbs do not see doors.
MORE_BREACHES = {
    "db to store": ("rooms", "backorder/db/breach.py", "from backorder.store import gids"),
    "store to db": ("rooms", "backorder/store/breach.py", "from backorder.db import inbox"),
    "mail to db": ("rooms", "backorder/mail/breach.py", "from backorder.db import contacts"),
    "db to settings": ("rooms", "backorder/db/breach.py", "from backorder.config import Settings"),
    "store to a verb": ("rooms", "backorder/store/breach.py", "from backorder import observe"),
    "a verb to a door": ("arrows", "backorder/breach.py", "from plugin import words"),
    "another door to the receiver": ("doors", "workers/breach.py", "from webhooks import receiver"),
    "a room without a place": ("rooms", "backorder/newcomer.py", ""),
}


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


def test_every_room_keeps_its_law(copy: Path) -> None:
    judged = _judge(copy)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(
    ("law", "file", "breach"),
    [
        *(pytest.param(law, *breach, id=law) for law, breach in BREACHES.items()),
        *(pytest.param(*breach, id=name) for name, breach in MORE_BREACHES.items()),
    ],
)
def test_a_breach_of_a_law_is_seen(copy: Path, law: str, file: str, breach: str) -> None:
    place = copy / file
    place.write_text(breach + "\n")
    try:
        judged = _judge(copy, "--contract", law)
    finally:
        place.unlink()
    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert place.stem in judged.stdout


def test_every_law_has_its_breach() -> None:
    laws = configparser.ConfigParser()
    laws.read_string(LAWS.read_text())
    assert {name.rpartition(":")[2] for name in laws.sections() if ":contract:" in name} == set(BREACHES)


def _judge(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Ask the linter about a copy of the house, in a process of its own: it imports what it judges."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", lint, "--no-logo", "--no-cache", *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
