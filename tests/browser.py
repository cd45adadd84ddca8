"""One Chromium for the whole run: one thread has room for one running Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# The first has no windows and tools of its own around the page: a third of what a test takes is theirs.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every page is ours: they need no process each, and starting one costs more than all that a test does in it.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
]
_windows: dict[str, BrowserContext] = {}


def program() -> str:
    """The installed browser. Fails the test that needs it with a sentence that says how to get one."""
    found = next(
        (path for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name and (path := shutil.which(name))), None
    )
    if found is None:
        pytest.fail("These tests look at pages in Chromium: install the package chromium, or set CHROMIUM to its path.")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running browser, shared by every room that looks at pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
        yield browser
        _windows.clear()
        browser.close()


@contextmanager
def fresh_page(browser: Browser, **look: Any) -> Iterator[Page]:
    """A new page that knows no cookie, in a window of this ``look`` (what ``new_context`` takes) that is kept open.

    A window of its own for each test would be a process of its own, which costs more than most tests do. What is asked
    for in a test while another page of the same look is open shares that one's cookies: ask for another ``locale``
    or open a window by hand where two people meet.
    """
    window = _windows.get(repr(sorted(look.items())))
    if window is None:
        window = _windows[repr(sorted(look.items()))] = browser.new_context(**look)
        window.new_page()  # stays, and keeps its process for those who come
    if len(window.pages) == 1:
        window.clear_cookies()
    page = window.new_page()
    try:
        yield page
    finally:
        page.close()
