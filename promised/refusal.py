"""Why a process does not begin."""


class CannotStart(Exception):
    """Something here must be mended first; the message is a sentence for each thing, with what to do."""
