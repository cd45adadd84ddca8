"""Global ids: ``gid://shopify/Order/4507`` at the rim, 4507 inside."""

import re

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9A-Za-z-]+)(\?.*)?")


def gid(kind: str, number: int | str) -> str:
    """The global id of one thing."""
    return f"gid://shopify/{kind}/{number}"


def level_gid(level_id: int, item_id: int) -> str:
    """Levels carry their item in the id."""
    return f"{gid('InventoryLevel', level_id)}?inventory_item_id={item_id}"


def split_gid(text: str) -> tuple[str, str]:
    """Kind and number of a global id. Raises ``ValueError`` for anything else."""
    found = _GID.fullmatch(text)
    if found is None:
        msg = f"Invalid global id '{text}'"
        raise ValueError(msg)
    return found[1], found[2]


def number(text: str, *kinds: str) -> int:
    """The number of a global id of one of ``kinds``. Raises ``ValueError`` for another kind or no id at all."""
    kind, tail = split_gid(text)
    if kind not in kinds or not tail.isdigit():
        msg = f"Invalid id: {text}"
        raise ValueError(msg)
    return int(tail)
