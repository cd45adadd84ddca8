"""A theme app extension: its blocks, as a theme's page takes them in."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstore.liquid.appblock import AppBlock
from devstore.liquid.environment import Side

SCHEMA = re.compile(r"\{%-?\s*schema\s*-?%\}(.*?)\{%-?\s*endschema\s*-?%\}", re.DOTALL)


@dataclass(frozen=True)
class AppExtension:
    """The folder of a theme app extension. ``assets`` is where the shop serves its files, below the shop's root."""

    folder: Path
    assets: str
    side: Side = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "side", Side(self.folder, self.assets))

    def schema(self, name: str) -> dict[str, Any]:
        """The schema of one block. Raises ``ValueError`` when it has none."""
        found = SCHEMA.search((self.folder / "blocks" / f"{name}.liquid").read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"the block {name} has no schema")
        schema: dict[str, Any] = json.loads(found[1])
        return schema

    def place(self, name: str, **settings: object) -> AppBlock:
        """Put the block onto a page."""
        declared = self.schema(name).get("settings", [])
        defaults = {one["id"]: one.get("default") for one in declared if "id" in one}
        template = self.side.template(f"blocks/{name}")
        return AppBlock(f"{self.folder.name}-{name}", "@app", template, {**defaults, **settings})

    def on(self, template: str, target: str) -> list[str]:
        """The names of the blocks for this kind of place (``section``, ``body``) on pages of this template."""
        names = sorted(path.stem for path in (self.folder / "blocks").glob("*.liquid"))
        schemas = {name: self.schema(name) for name in names}
        return [
            name
            for name, schema in schemas.items()
            if schema["target"] == target and template in schema.get("enabled_on", {}).get("templates", [template])
        ]

    def head(self, names: Iterable[str], root: str) -> str:
        """The style sheets and scripts of some blocks, as the page's head loads them: each once."""
        parts = []
        for schema in map(self.schema, names):
            if "stylesheet" in schema:
                parts.append(f'<link rel="stylesheet" href="{root}{self.assets}/{schema["stylesheet"]}">')
            if "javascript" in schema:
                parts.append(f'<script src="{root}{self.assets}/{schema["javascript"]}" defer></script>')
        return "\n".join(dict.fromkeys(parts))
