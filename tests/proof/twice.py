"""In random stories whatever a decision is told to be just read, or asked ahead, is read once more: it must be what the books say."""

from collections.abc import Mapping
from typing import Any

import pytest

from backorder import allocate, settle
from backorder.scene import NOTHING, JustRead, Scene, load


def read_twice(patch: pytest.MonkeyPatch) -> None:
    """Have every decision ask ahead, however few goods it is about, and look for itself, too."""

    def looked(
        tx: Any, shop_id: int, ids: Any, now: Any, standing: Mapping[Any, Any], told: JustRead = NOTHING
    ) -> Scene:
        scene = load(tx, shop_id, ids, now, standing, told)
        if told is not NOTHING:
            assert scene.goods == load(tx, shop_id, ids, now, standing).goods, "the books say something else by now"
        return scene

    patch.setattr(allocate, "load", looked)
    patch.setattr(settle, "MANY", 1)
