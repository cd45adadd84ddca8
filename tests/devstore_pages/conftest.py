from contextlib import ExitStack

import pytest

from devstore.installation import install
from devstore.mailbox import mailbox_of
from devstore.seed import lamplight
from devstore.web import create_app
from devstore.world import World
from tests.browser import fresh_page
from tests.serving import served

from .cast import APP, Lamplight


@pytest.fixture
def world():
    return World(APP)


@pytest.fixture
def shop(world):
    found = lamplight(world)
    install(world, found)
    return found


@pytest.fixture
def lamplight_shop(world, shop):
    return Lamplight(world, shop)


@pytest.fixture
def web(world, shop):
    return create_app(world)


@pytest.fixture
def client(web):
    return web.test_client()


@pytest.fixture
def box(web):
    """The mailbox, open on a free port."""
    opened = mailbox_of(web)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def serve():
    """Serves a WSGI application on loopback in a thread; returns its port."""
    with ExitStack() as servers:
        yield lambda application: servers.enter_context(served(application))


@pytest.fixture
def open_page(chromium):
    """Opens an address at a width; what the page complains of in its console fails the test."""
    complaints, expected = [], []
    windows = ExitStack()
    looks = []

    def opened(address, width=1280, *, scripts=True):
        look = {"viewport": {"width": width, "height": 900}, "java_script_enabled": scripts}
        if look in looks:  # somebody else, who does not know this one's cookies
            page = windows.enter_context(chromium.new_context(**look)).new_page()
        else:
            page = windows.enter_context(fresh_page(chromium, **look))
        looks.append(look)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    opened.expect = expected.append  # a word of a complaint that belongs to the story
    yield opened
    windows.close()
    assert [said for said in complaints if not any(word in said for word in expected)] == []
