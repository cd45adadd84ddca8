"""Answers that go wrong on the way out: late, torn, of the wrong status, with an error beside the data."""

import json
from dataclasses import replace

from flask import Response, request

from devstore.faults import ApiFault
from devstore.model import Shop
from devstore.world import World


def fault_for_this(world: World, shop: Shop) -> ApiFault | None:
    """The fault that waits for this request, if one does; it strikes as often as it says."""
    text = request.get_data(as_text=True)
    with world.lock:
        found = next((fault for fault in world.api_faults if fault.strikes(shop.domain, text)), None)
        if found is not None:
            place = world.api_faults.index(found)
            world.api_faults.remove(found)
            if found.times > 1:
                world.api_faults.insert(place, replace(found, times=found.times - 1))
    return found


def broken(world: World, fault: ApiFault, good: Response | None = None) -> Response:
    """What the app hears instead of ``good``, which is None when nothing was done."""
    if fault.silence:
        world.pause(fault.silence)
    if good is not None and fault.torn:
        body = good.get_data()
        return Response(body[: len(body) // 2], good.status_code, mimetype=good.mimetype)
    if good is not None and fault.beside:
        said = good.get_json()
        said["errors"] = [{"message": "A part of the answer failed", "extensions": {"code": fault.beside}}]
        return Response(json.dumps(said), good.status_code, mimetype=good.mimetype)
    answer = Response("<html><body><h1>Something went wrong</h1></body></html>", fault.status, mimetype="text/html")
    if fault.status == 429:
        answer.headers["Retry-After"] = "2.0"
    return answer
