"""Access scopes: what was granted, and what that covers (``write_orders`` covers ``read_orders``)."""

from collections.abc import Iterable

from shopify import ApiAccess, ApiAccessError


def missing_scopes(granted: Iterable[str], wanted: Iterable[str]) -> frozenset[str]:
    """Those of ``wanted`` that nothing in ``granted`` covers."""
    given = frozenset(granted)
    known = ApiAccess([scope for scope in given if _known(scope)])
    return frozenset(scope for scope in wanted if scope not in given and not _covered(known, scope))


def _covered(access: ApiAccess, scope: str) -> bool:
    return _known(scope) and bool(access.covers(ApiAccess([scope])))


def _known(scope: str) -> bool:
    """Whether the library can weigh a scope; newer families (``customer_…``) cover only themselves."""
    try:
        ApiAccess([scope])
    except ApiAccessError:
        return False
    return True
