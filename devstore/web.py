"""The store's web application: one place that lists the rooms it shows."""

from flask import Blueprint, Flask

from devstore.admin.door import admin_api
from devstore.backoffice import backoffice
from devstore.control import acts, changes, channels, incoming, machinery
from devstore.embed import embed
from devstore.mailbox import mailbox
from devstore.proxy import proxy
from devstore.storefront import storefront
from devstore.tokens import tokens
from devstore.world import World

# engine: admin_api, tokens, control; pages: storefront, backoffice, embed, mailbox, proxy
BLUEPRINTS: tuple[Blueprint, ...] = (
    admin_api,
    tokens,
    machinery,
    acts,
    changes,
    channels,
    incoming,
    storefront,
    backoffice,
    embed,
    mailbox,
    proxy,
)


def create_app(world: World) -> Flask:
    """The store over ``world``. Blueprints reach it as ``devstore.here.current_world()``."""
    app = Flask("devstore", static_folder=None)
    app.extensions["devstore.world"] = world
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
