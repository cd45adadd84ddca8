"""One Chromium for the whole run: one thread has room for one running Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
        browser.close()
