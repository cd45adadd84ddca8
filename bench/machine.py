"""The machine that a figure was measured on."""

import os
import platform
import sqlite3
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Cores that this process may use, Python, SQLite, the processor, and how busy it all is besides."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "processor": _processor(),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        names = (line for line in told.read_text().splitlines() if line.startswith("model name"))
        return next(names, "").partition(":")[2].strip() or platform.machine()
    return platform.processor() or platform.machine()
