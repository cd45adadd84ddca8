"""The backlog: everything ordered and not yet shipped."""

from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.backlog import BacklogAsked, BacklogExportAsked, BacklogThenAsked, QueueAsked
from plugin.here import business_now
from plugin.shown import backlog, queues
from plugin.shown.sheets import FileShown


@endpoint("Open lines in the order in which they are served", reads=BacklogAsked, answers=backlog.BacklogPage)
def list_backlog(call: Call, asked: BacklogAsked) -> backlog.BacklogPage:
    return backlog.page(call.house, call.caller.shop, waiting=asked.waiting, search=asked.search, offset=asked.offset)


@endpoint("The backlog, or what of it is looked for, as a CSV file", reads=BacklogExportAsked, answers=FileShown)
def export_backlog(call: Call, asked: BacklogExportAsked) -> FileShown:
    content = backlog.sheet(call.house, call.caller.shop, waiting=asked.waiting, search=asked.search)
    return FileShown(name="backlog.csv", content=content)


@endpoint("A queue: why those who wait are not served, and who they are", reads=QueueAsked, answers=queues.QueueShown)
def show_queue(call: Call, asked: QueueAsked, item_id: int) -> queues.QueueShown:
    found = queues.of_item(call.house, call.caller.shop, item_id, asked.location_id, asked.offset, business_now())
    if found is None:
        raise not_found("Nobody waits for such goods in this shop.")
    return found


@endpoint("The backlog as it was at the end of a past day", reads=BacklogThenAsked, answers=backlog.BacklogThen)
def show_backlog_then(call: Call, asked: BacklogThenAsked) -> backlog.BacklogThen:
    return backlog.as_of(call.house, call.caller.shop, asked.day)
