"""A Chromium for the letters' pages; it is offline, so that a page that fetches anything fails."""

import pytest


@pytest.fixture
def open_page(chromium):
    """Opens a page of this width, by day or by night."""
    contexts = []

    def opened(html: str, width: int, scheme: str = "light"):
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_content(html)
        return page

    yield opened
    for context in contexts:
        context.close()
