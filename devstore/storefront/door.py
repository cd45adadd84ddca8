"""The storefront's blueprint: every page of it hangs here."""

from pathlib import Path

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from devstore.storefront.carts import Carts
from devstore.storefront.theme import Theme

CARTS, THEME = "devstore.carts", "devstore.theme"
BLOCKS = Path(__file__).resolve().parents[2] / "extensions" / "promise-block"

storefront = Blueprint("storefront", __name__, template_folder="templates")


@storefront.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(CARTS, Carts())
    state.app.extensions.setdefault(THEME, Theme(BLOCKS))


def carts() -> Carts:
    """The carts of everyone who is shopping."""
    found: Carts = current_app.extensions[CARTS]
    return found


def theme() -> Theme:
    """The theme all shops here wear."""
    found: Theme = current_app.extensions[THEME]
    return found
