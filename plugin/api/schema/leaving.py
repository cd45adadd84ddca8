"""What may be asked of leaving."""

from plugin.api.schema.model import Body


class LeavingSaid(Body):
    """That the app is to leave. ``sure``: what it takes back is known and wanted."""

    sure: bool = False
