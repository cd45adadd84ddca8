"""``make demo ONCE=1`` as it is: three processes, HTTP and SMTP between them, both orders of booking and counting."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("first", ["booked-first", "counted-first"])
def test_the_story_comes_true_in_real_processes(first: str) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "promised",
            "demo",
            "--once",
            *(["--counted-first"] if first == "counted-first" else []),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "The promise was kept" in told.stdout
