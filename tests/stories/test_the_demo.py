"""``make demo ONCE=1`` as it is: processes, HTTP and SMTP between them, however the goods arrive and the post behaves."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param([], id="as told"),
        pytest.param(["--counted-first", "--bad-post"], id="counted first, and by bad post", marks=pytest.mark.long),
    ],
)
def test_the_story_comes_true_in_real_processes(wish: list[str], tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "promised", "demo", "--once", *wish],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "The promise was kept" in told.stdout
