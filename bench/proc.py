"""What the kernel says of a process and its children: processor time, memory, open files, threads."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """Of a process with all its children: seconds of processor time, resident bytes, open files, threads."""

    cpu_seconds: float = 0.0
    resident: int = 0
    files: int = 0
    threads: int = 0


def usage(pid: int) -> Usage:
    """What a process and its living children use now; nothing, once it has ended."""
    cpu, resident, files, threads = 0.0, 0, 0, 0
    for one in _family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            files += sum(1 for _ in Path(f"/proc/{one}/fd").iterdir())
        except OSError:
            continue  # it ended while we looked
        cpu += (int(fields[11]) + int(fields[12])) / TICKS
        resident += int(fields[21]) * PAGE
        threads += int(fields[17])
    return Usage(cpu, resident, files, threads)


def children(pid: int) -> list[int]:
    """The living children of a process, oldest first."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        pass  # it ended while we looked
    return sorted(found)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _family(child)


def forget_peak() -> None:
    """Begin to note anew how much memory this process takes at most."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most bytes that this process had in memory since then."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
