"""An app's block on a page of the theme."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

from liquid import BoundTemplate


@dataclass(frozen=True)
class AppBlock:
    """A block as the merchant placed it: ``settings`` are the schema's defaults and what was changed."""

    id: str
    type: str
    template: BoundTemplate
    settings: Mapping[str, object]

    def facts(self) -> dict[str, object]:
        """What Liquid sees as ``block``."""
        editor = html.escape(json.dumps({"id": self.id, "type": self.type}))
        return {
            "id": self.id,
            "type": self.type,
            "settings": dict(self.settings),
            "shopify_attributes": f'data-block-id="{self.id}" data-shopify-editor-block="{editor}"',
        }
