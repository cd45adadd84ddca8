"""Apps inside the back office: the frame, its session tokens, and the script an app loads to speak to it."""

from devstore.embed.pages import embed

__all__ = ["embed"]
