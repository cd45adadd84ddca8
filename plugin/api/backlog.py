"""The backlog: everything ordered and not yet shipped."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema import BacklogAsked, BacklogThenAsked
from plugin.shown import backlog


@endpoint("Open lines in the order in which they are served", reads=BacklogAsked, answers=backlog.BacklogPage)
def list_backlog(call: Call, asked: BacklogAsked) -> backlog.BacklogPage:
    return backlog.page(call.house, call.caller.shop, waiting=asked.waiting, offset=asked.offset)


@endpoint("The backlog as it was at the end of a past day", reads=BacklogThenAsked, answers=backlog.BacklogThen)
def show_backlog_then(call: Call, asked: BacklogThenAsked) -> backlog.BacklogThen:
    return backlog.as_of(call.house, call.caller.shop, asked.day)
