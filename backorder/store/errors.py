"""What can go wrong between us and a store, named by who should act.

``StoreBusy``: ask again later. ``StoreRefused``: the request is wrong, asking again will not help. ``AccessLost``: the
merchant has to act. Messages never carry tokens, secrets or what a customer gave.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class UserError:
    """One entry of ``userErrors``: what the store did not like, where in the input, and its code if it gave one."""

    message: str
    field: tuple[str, ...] = ()
    code: str | None = None


class StoreError(Exception):
    """The store did not do what was asked.

    ``outcome_unknown``: a mutation may have taken effect all the same; read back before repeating it.
    """

    def __init__(self, message: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class StoreBusy(StoreError):
    """Ask again, not before ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: float, outcome_unknown: bool = False) -> None:
        super().__init__(message, outcome_unknown=outcome_unknown)
        self.retry_after = retry_after


class Throttled(StoreBusy):
    """The shop's query points are used up. The request had no effect, whatever it was."""


class StoreRefused(StoreError):
    """The request is wrong as it stands. ``problems`` are the store's own sentences, empty for a refusal by status."""

    def __init__(self, message: str, *, problems: Sequence[UserError] = (), outcome_unknown: bool = False) -> None:
        super().__init__(message, outcome_unknown=outcome_unknown)
        self.problems = tuple(problems)

    @property
    def codes(self) -> frozenset[str]:
        """The codes among ``problems``."""
        return frozenset(problem.code for problem in self.problems if problem.code)


class AlreadyHeld(StoreRefused):
    """A hold with this handle is there already, or was placed unseen: what was asked for is done, and reading shows it."""


class ChangedMeanwhile(StoreRefused):
    """Compare-and-set failed: somebody wrote since the digest was read. Read again, then decide again."""


class GoneFromStore(StoreRefused):
    """The thing that was named is not in the store (any more)."""


class IdTokenRefused(StoreRefused):
    """The session token could not be exchanged (too old, or not of this shop); the next visit brings a fresh one."""


class AccessLost(StoreError):
    """The shop cannot be reached with what we hold: uninstalled, frozen, or the refresh token is spent."""


class TokenRefused(AccessLost):
    """The access token was not accepted: refresh it and ask once more; if that fails too, access is lost."""


class MissingScope(AccessLost):
    """The installation was not granted what a field needs: a scope by the merchant, or customer data by Shopify.

    ``scope`` is its name, or what the store said instead.
    """

    SAYS = "The shop has not granted "

    def __init__(self, scope: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(f"{self.SAYS}{scope}.", outcome_unknown=outcome_unknown)
        self.scope = scope
