"""A Chromium for the letters' pages; it is offline, so that a page that fetches anything fails."""

from contextlib import ExitStack

import pytest

from tests.browser import fresh_page


@pytest.fixture
def open_page(chromium):
    """Opens a page of this width, by day or by night."""
    with ExitStack() as pages:

        def opened(html: str, width: int, scheme: str = "light"):
            look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "offline": True}
            page = pages.enter_context(fresh_page(chromium, **look))
            page.set_content(html)
            return page

        yield opened
