"""The hidden hand: JSON by which tests and the demo look into the store and move it."""

from devstore.control.acts import acts
from devstore.control.changes import changes
from devstore.control.channels import channels
from devstore.control.machinery import machinery
from devstore.control.transfers import incoming

__all__ = ["acts", "changes", "channels", "incoming", "machinery"]
