"""Renew the committed Admin API schema from Shopify's npm package.

    python devstore/schema/fetch.py [INTROSPECTION.json.gz]

Without an argument the package is fetched with ``npm pack``. Descriptions are dropped after what they alone say has
been written into the facts: which mutations need ``@idempotent`` and which scopes a field or type needs. The same
input gives the same bytes.
"""

import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@shopify/dev-mcp@1.16.0"
VERSION = "2026-07"
HERE = Path(__file__).parent
KEY_REQUIRED = "idempotency key is required"


def main() -> None:
    """Write ``admin_<version>.json.gz`` and ``facts_<version>.json`` beside this script."""
    source = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else _pack()
    raw = json.loads(gzip.decompress(source))
    schema = raw["data"]["__schema"]
    facts = {
        "package": PACKAGE,
        "version": VERSION,
        "idempotent": _idempotent(schema),
        "scopes": _scopes(raw["offline_scopes"]["items"]),
    }
    small = json.dumps({"__schema": _stripped(schema)}, separators=(",", ":"), sort_keys=True).encode()
    (HERE / f"admin_{VERSION}.json.gz").write_bytes(gzip.compress(small, compresslevel=9, mtime=0))
    text = json.dumps(facts, indent=1, sort_keys=True)
    (HERE / f"facts_{VERSION}.json").write_text(text + "\n", encoding="utf-8")


def _pack() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        # npm is the reader's own; its name is looked up on PATH as in any shell
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)  # noqa: S603, S607
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as package:
            member = package.extractfile(f"package/dist/data/admin_{VERSION}.json.gz")
            if member is None:
                raise FileNotFoundError(f"{PACKAGE} has no schema of {VERSION}")
            return member.read()


def _idempotent(schema: dict[str, Any]) -> list[str]:
    mutation = next(kind for kind in schema["types"] if kind["name"] == "Mutation")
    return sorted(field["name"] for field in mutation["fields"] if KEY_REQUIRED in (field["description"] or ""))


def _scopes(items: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Any-of scopes by type name and by ``Type.field``; only where there are any."""
    found = {}
    for item in items:
        coordinate = item["typeName"] + (f".{item['fieldName']}" if item["type"] == "field" else "")
        if item.get("offlineScopes"):
            found[coordinate] = sorted(item["offlineScopes"])
    return found


def _stripped(node: Any) -> Any:
    if isinstance(node, list):
        return [_stripped(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _stripped(value) for key, value in node.items() if key not in {"description", "deprecationReason"}}
    if node.get("isDeprecated"):
        kept["deprecationReason"] = "deprecated"
    return kept


if __name__ == "__main__":
    main()
