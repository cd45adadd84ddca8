"""The door for people: one Flask application over the house, made by a function, nothing at import."""

from pathlib import Path

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from backorder.house import House
from plugin import choice, health, pages, proxy, words
from plugin.answers import sealing, voice
from plugin.api import blueprint as api
from plugin.api.schema.values import LARGEST_ID
from plugin.here import EXTENSION
from plugin.static_address import static_address
from plugin.window import Window
from webhooks import receiver

HERE = Path(__file__).parent
A_YEAR = 31_536_000


class IdConverter(IntegerConverter):
    """An id as databases hold it, written in one way; anything larger, or in other digits, names nothing."""

    regex = r"[1-9][0-9]{0,18}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)


def create_app(house: House) -> Flask:
    """The application: pages, JSON API, the shop's own address for storefronts, what a letter's link opens, health, and the store's webhooks."""
    app = Flask("plugin", root_path=str(HERE), static_url_path=static_address(HERE / "static"))
    app.extensions[EXTENSION] = house
    app.extensions[proxy.DOORMEN] = proxy.Doormen()
    app.extensions[choice.CHOOSERS] = Window(choice.OF_AN_ORDER)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = A_YEAR  # their address carries a digest of their content
    app.url_map.converters["id"] = IdConverter
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # its redirects would be to whatever host the caller named
    app.jinja_env.filters.update(words.FILTERS)
    voice(app)
    for blueprint in (receiver.blueprint, health.blueprint, api, proxy.blueprint, choice.blueprint, pages.blueprint):
        app.register_blueprint(blueprint)
    taken_first = receiver.before(app.wsgi_app, house, sealing(house.settings))
    app.wsgi_app = taken_first  # type: ignore[assignment,method-assign]  # as Flask's guide has it
    return app
