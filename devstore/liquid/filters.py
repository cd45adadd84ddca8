"""Shopify's filters, as far as our block and this store's theme use them."""

import html
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_currency
from liquid import RenderContext, is_undefined
from liquid.filter import with_context

from devstore.liquid.dates import written
from devstore.liquid.page import page_of
from devstore.liquid.words import Words

Filter = Callable[..., Any]
# what would end a script element or begin markup is written as its code, so that JSON can stand inside a page
INSIDE_A_PAGE: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def shop_filters(words: Words, assets: str) -> dict[str, Filter]:
    """The filters of one side; ``assets`` is where its files stand below the shop's root."""

    @with_context
    def translate(key: object, *, context: RenderContext, **values: object) -> str:
        return words.say(page_of(context).locale, str(key), values)

    @with_context
    def asset_url(name: object, *, context: RenderContext) -> str:
        return f"{page_of(context).root}{assets}/{name}"

    return {
        "t": translate,
        "translate": translate,
        "asset_url": asset_url,
        "date": _date,
        "json": _json,
        "money": _money,
        "money_with_currency": _money_with_currency,
        "image_url": _image_url,
        "stylesheet_tag": _stylesheet_tag,
        "script_tag": _script_tag,
        "handle": _handle,
        "handleize": _handle,
    }


@with_context
def _date(value: object, pattern: object = None, *, context: RenderContext, format: object = None) -> str:  # noqa: A002  # Liquid's own name for the argument
    known = None if is_undefined(value) else value
    return written(known, _text(pattern), _text(format), page_of(context))


def _json(value: object, *_: object) -> str:
    return json.dumps(None if is_undefined(value) else value, default=_plain, ensure_ascii=False).translate(
        INSIDE_A_PAGE
    )


@with_context
def _money(cents: object, *, context: RenderContext) -> str:
    page = page_of(context)
    amount = Decimal(str(cents)) / 100
    return str(format_currency(amount, page.currency, locale=page.locale.replace("-", "_")))


@with_context
def _money_with_currency(cents: object, *, context: RenderContext) -> str:
    return f"{_money(cents, context=context)} {page_of(context).currency}"


def _image_url(image: object, **_: object) -> str:
    return str(image.get("src", "")) if isinstance(image, Mapping) else ""


def _stylesheet_tag(address: object, **_: object) -> str:
    return f'<link rel="stylesheet" href="{html.escape(str(address))}" media="all">'


def _script_tag(address: object) -> str:
    return f'<script src="{html.escape(str(address))}" defer></script>'


def _handle(value: object) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in str(value).lower()).split()
    return "-".join(words)


def _text(value: object) -> str | None:
    return None if value is None or is_undefined(value) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
