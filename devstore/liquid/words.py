"""The translations of a theme or an extension: ``locales/en.default.json`` and its siblings."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Words:
    """Sentences by locale and dotted key. What a locale lacks is taken from the default one."""

    def __init__(self, folder: Path) -> None:
        """Read ``folder``. Raises ``ValueError`` when it has not exactly one ``*.default.json``."""
        self._by_locale: dict[str, Mapping[str, object]] = {}
        defaults = []
        for file in sorted(folder.glob("*.json")):
            if file.name.endswith(".schema.json"):
                continue
            locale = file.name.split(".")[0]
            self._by_locale[locale] = json.loads(file.read_text(encoding="utf-8"))
            if file.name.endswith(".default.json"):
                defaults.append(locale)
        if len(defaults) != 1:
            raise ValueError(f"{folder} needs exactly one *.default.json")
        self.default = defaults[0]

    def say(self, locale: str, key: str, values: Mapping[str, object]) -> str:
        """The sentence with its values put in, escaped as Shopify does unless the key ends in ``_html``."""
        found = self._find(locale, key) or self._find(self.default, key)
        if isinstance(found, Mapping):
            found = found.get("one" if values.get("count") == 1 else "other")
        if not isinstance(found, str):
            return f"Translation missing: {locale}.{key}"
        safe = key.endswith("_html")
        put = {name: str(value) if safe else html.escape(str(value)) for name, value in values.items()}
        return PLACE.sub(lambda place: put.get(place[1], place[0]), found)

    def _find(self, locale: str, key: str) -> object:
        found: object = self._by_locale.get(locale) or self._by_locale.get(locale.partition("-")[0])
        for step in key.split("."):
            if not isinstance(found, Mapping):
                return None
            found = found.get(step)
        return found
