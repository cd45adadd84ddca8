"""What a browser shows, for people to look at (``PICTURES=1``, in var/screens), and what axe finds on it."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

SCREENS = Path(__file__).parents[1] / "var" / "screens"
# What is not against a rule is nobody's business here: to describe it all and to carry it over takes twice as long as to look.
_RUN = "wishes => axe.run(document, wishes).then(found => ({violations: found.violations}))"


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where somebody asked for pictures: no test needs one, and each takes its time."""
    if os.environ.get("PICTURES"):
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the window's side, once the page wears its style: who follows a link is there before that."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def axe(page: Page, wishes: dict[str, Any] | None = None) -> AxeResults:
    """What shuts people out of this page, by axe's rules (all of them, unless the ``wishes`` say which)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return AxeResults(page.evaluate(_RUN, {"resultTypes": ["violations"], **(wishes or {})}))
