"""The buyer's language: its sentences from ``words/``, its days and counts by the Unicode locale data (Babel)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from backorder.rules.revision import Why

WORDS = Path(__file__).parent / "words"
DEFAULT = "en"
# As the theme block and the lines at checkout speak them (extensions/*/locales).
LANGUAGES = ("en", "de", "es", "fr", "ja", "nl")


@dataclass(frozen=True)
class Language:
    """One language in which letters are written. ``locale`` may name a region, whose days are written its own way."""

    locale: Locale

    @property
    def tag(self) -> str:
        """As ``Content-Language`` and ``lang`` name it: ``fr-CA``."""
        return str(self.locale).replace("_", "-")

    def say(self, name: str, /, **places: object) -> str:
        """The sentence ``name``, as ``line.by``. Raises KeyError for one that there is not, or for a place left empty."""
        sentence = _words(self.locale.language)[name]
        if not isinstance(sentence, str):
            raise KeyError(name)
        return sentence.format_map(places)

    def count(self, name: str, count: int, /, **places: object) -> str:
        """The sentence ``name`` in the form that this language has for so many."""
        forms = _words(self.locale.language)[name]
        if isinstance(forms, str):
            raise KeyError(name)
        form = forms.get(self.locale.plural_form(count), forms["other"])
        return form.format_map({**places, "count": format_decimal(count, locale=self.locale)})

    def day(self, day: date) -> str:
        """The day as the product page writes it: ``December 7, 2026``, ``7 décembre 2026``."""
        return format_date(day, "long", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """The day and the time of day, as it is said where ``at`` is from: ``7 December 2026, 09:30``."""
        return str(self.locale.datetime_formats["long"]).format(
            format_time(at, "short", locale=self.locale), self.day(at.date())
        )

    def reason(self, reason: str) -> str:
        """One of our own reasons in this language; any other word for word."""
        names = {why.value: why.name.lower() for why in Why}
        return self.say(f"why.{names[reason]}") if reason in names else reason


def spoken(locale: str | None) -> Language:
    """The language for a buyer, of whom the store says that they read ``locale``: theirs where letters are written in it, else English.

    ``fr-CA`` is French with Canada's way to write a day; a region that nobody knows is as good as none.
    """
    base, _, region = (locale or "").replace("_", "-").partition("-")
    if base.lower() not in LANGUAGES:
        return _language(DEFAULT)
    try:
        return Language(Locale.parse(f"{base.lower()}-{region}", sep="-")) if region else _language(base.lower())
    except (ValueError, UnknownLocaleError):
        return _language(base.lower())


def _language(base: str) -> Language:
    return Language(Locale(base))


@cache
def _words(base: str) -> Mapping[str, str | Mapping[str, str]]:
    """The sentences of one language, by table and name."""
    with (WORDS / f"{base}.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {f"{table}.{name}": said for table, sentences in tables.items() for name, said in sentences.items()}
