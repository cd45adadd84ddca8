"""The backlog: everything ordered and not yet shipped."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema import BacklogAsked
from plugin.shown import backlog


@endpoint("Open lines in the order in which they are served", reads=BacklogAsked, answers=backlog.BacklogPage)
def list_backlog(call: Call, asked: BacklogAsked) -> backlog.BacklogPage:
    return backlog.page(call.house, call.caller.shop, waiting=asked.waiting, offset=asked.offset)
