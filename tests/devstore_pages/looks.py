"""What everybody needs who looks at the store's pages in a browser: their widths, and a page that is kept."""

import pytest

from tests.pictures import axe, fits, picture

WIDTHS = (pytest.param(1280, marks=pytest.mark.long), 390)


def keep(page, name, *, accessible=True):
    """The page must fit its width and hold nothing that shuts people out."""
    width = page.viewport_size["width"]
    picture(page, f"store-{name}-{width}")
    assert fits(page)
    if accessible:
        report = axe(page)
        assert report.violations_count == 0, report.generate_report()
