"""Hostile names outside our pages: in letters, in lines of the log, on the storefront; through the whole town."""

import io
import json

import pytest
import structlog

import promised.voice
from devstore.installation import install
from devstore.mailbox import mailbox_of
from devstore.seed import lamplight
from devstore.web import create_app as create_store
from devstore.world import World
from tests.devstore_pages.cast import APP, Lamplight
from tests.security.eavesdropping import overheard
from tests.security.hostile import NAMES, harm
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

# What the store itself would let somebody enter, all in one name.
WHOLE = NAMES["a header"] + NAMES["a script"] + NAMES["turned around"] + NAMES["a template"] + NAMES["pictures"]


def test_a_letter_about_hostile_names_goes_to_its_customer_alone(town: Town) -> None:
    town.store.name = WHOLE
    for place in town.store.locations.values():
        place.name = WHOLE
    for product in town.store.products.values():
        product.title = WHOLE[:255]
    with overheard(()) as (_, written):
        open_for_backorders(town)
        town.buy("Anna", (town.lamp, 1))
    (letter,) = [mail for mail in town.mailbox.messages if "anna@example.com" in mail.recipients]
    assert letter.recipients == ("anna@example.com",)
    assert "\n" not in letter.subject
    assert [mail for mail in town.mailbox.messages if "everyone@evil.example" in mail.recipients] == []
    for line in written.getvalue().splitlines():
        assert json.loads(line)["event"] != "all is well"


def logged(name: str, *, as_json: bool) -> list[str]:
    """The lines that are written when a name is logged as an event, as a field, and inside one."""
    with overheard(()):
        written = io.StringIO()
        promised.voice.speak((), written, json=as_json)
        structlog.get_logger("ours").info(name, shop=name, inner={"deep": [name]})
    return written.getvalue().splitlines()


@pytest.mark.parametrize("as_json", [True, False], ids=["for machines", "for people"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_an_event_is_one_line_whatever_stands_in_it(name: str, as_json: bool) -> None:
    (line,) = logged(name, as_json=as_json)
    assert "\u202e" not in line
    assert "\x1b[2J" not in line
    if as_json:
        assert json.loads(line)["level"] == "info"


def test_a_log_that_takes_names_as_they_come_could_be_written_by_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage: a line of its own, in the voice of the app."""
    monkeypatch.setattr(promised.voice, "_on_one_line", lambda _logger, _method, entry: entry)
    lines = logged(NAMES["a line of a log"], as_json=False)
    assert len(lines) > 1
    assert any(line.startswith('{"event": "all is well"') for line in lines)


@pytest.fixture
def shop_window():
    """A store whose product page shows our block; what the block is told, and what the page then holds."""
    world = World(APP)
    found = Lamplight(world, lamplight(world))
    install(world, found.shop)
    web = create_store(world)
    yield lambda **told: page_of(web, found, told)
    mailbox_of(web).close()


def page_of(web, found: Lamplight, told: dict[str, object]) -> str:
    found.sold_out(found.lamp)
    found.promise(found.lamp, **told)
    page = web.test_client().get("/lamplight.myshopify.com/products/aurora-lamp").text
    return page[page.index("<promised-ship-date") : page.index("</promised-ship-date>")]


@pytest.mark.parametrize(
    "name", ["a script", "an image that fails", "an attribute", "a template", "a script behind a title"]
)
def test_the_block_on_the_storefront_shows_a_hostile_promise_as_text(shop_window, name: str) -> None:
    """Only the app writes what the block reads; the block does not rely on it."""
    hostile = NAMES[name]
    block = shop_window(ship_by=hostile, steps=[{"units": hostile, "ship_by": hostile}], reason=hostile)
    assert [fault for fault in harm(block) if fault != "<script>"] == []
    assert block.count("<script") == block.count("</script>") == 1, "one of ours, and it holds JSON"
    assert "window.owned=1</script>" not in block
    assert "owned" in block or "7*7" in block, "the page was told"


def test_a_block_that_wrote_json_as_it_comes_would_run_it(shop_window) -> None:
    """The damage: the same block, without the escapes that the filter ``json`` writes."""
    block = shop_window(ship_by=NAMES["an image that fails"] + NAMES["a script behind a title"])
    careless = block.replace("\\u003c", "<").replace("\\u003e", ">").replace("&lt;", "<").replace("&gt;", ">")
    assert careless.count("<script") > 1
