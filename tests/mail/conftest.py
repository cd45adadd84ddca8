"""A Chromium for the letters' pages; it is offline, so that a page that fetches anything fails."""

import shutil

import pytest

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def letter_browser():
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        pytest.fail("These tests look at letters in Chromium: install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(letter_browser):
    """Opens a page of this width, by day or by night."""
    contexts = []

    def opened(html: str, width: int, scheme: str = "light"):
        context = letter_browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_content(html)
        return page

    yield opened
    for context in contexts:
        context.close()
