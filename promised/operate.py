"""The operator's errands: migrate, check, reconcile, verify, replay. Each prints what it did and returns the exit status."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backorder import reconcile as reconciling
from backorder import verify as verifying
from backorder.clock import transport_now
from backorder.config import Settings, SettingsError
from backorder.db import inbox, migrate, shops
from backorder.house import House, build
from backorder.store.errors import StoreError
from plugin.ready import Readiness, Weight, machine
from promised.start import PATIENCE_SECONDS, stop_here

_SAID = {Weight.NOTE: "note   ", Weight.MISSING: "MISSING", Weight.STOPS: "STOPS  "}


@contextmanager
def at_home(settings: Settings) -> Iterator[House]:
    """A house with nobody listening to its bell: running processes find the work by their sweep."""
    house = build(settings)
    try:
        yield house
    finally:
        house.http.close()
        house.db.close()


def migrating(settings: Settings) -> int:
    """Bring the database to this version."""
    with at_home(settings) as house:
        migrate.upgrade(house.db)
    print("The database is up to date.")
    return 0


def check(settings: Settings) -> int:
    """Say what is missing or wrong, shop by shop. 1 if the app could not do its work."""
    stop_here(machine.findings(settings))
    with at_home(settings) as house:
        found = Readiness(house).findings(PATIENCE_SECONDS)
    for finding in found:
        print(f"{_SAID[finding.weight]}  {finding.sentence}")
        for name in finding.names:
            print(f"        {name}")
    if not found:
        print("Everything is in order.")
    return 1 if any(finding.weight > Weight.NOTE for finding in found) else 0


def reconcile(settings: Settings, domain: str | None) -> int:
    """Compare books with stores now and mend them, for one shop or all that are installed. 1 if a store cannot be asked."""
    status = 0
    with at_home(settings) as house:
        for shop_id, name in _shops(house, domain):
            try:
                print(f"{name}: {_told(reconciling.reconcile(house, shop_id, house.clock.now()))}")
            except StoreError as error:
                print(f"{name}: {error}", file=sys.stderr)
                status = 1
    return status


def verify(settings: Settings, domain: str | None) -> int:
    """Prove the invariants on the live database. 1 if one is broken."""
    with at_home(settings) as house:
        chosen = _shops(house, domain)[0][0] if domain else None
        certificate = verifying.verify(house, chosen)
    for check in certificate.checks:
        print(f"{'holds ' if not check.broken else 'BROKEN'}  {check.name} ({check.counted} checked)")
        for sentence in check.broken:
            print(f"        {sentence}")
    return 0 if certificate.holds else 1


def replay(settings: Settings, inbox_ids: Sequence[int]) -> int:
    """Let kept webhooks be understood again. 1 if one of them is unknown or its body is forgotten."""
    with at_home(settings) as house:
        gone = [number for number in inbox_ids if not _replayed(house, number)]
    for number in gone:
        print(f"Webhook {number} cannot be replayed: it is unknown, or its body was dropped.", file=sys.stderr)
    print(f"{len(inbox_ids) - len(gone)} of {len(inbox_ids)} will be understood again.")
    return 1 if gone else 0


def _told(drift: reconciling.Drift) -> str:
    return (
        f"{drift.found} differences mended "
        f"({drift.orders_unknown} orders unknown, {drift.orders_changed} changed, {drift.levels_changed} levels, "
        f"{drift.policies_changed} policies); read {drift.orders_read} orders and {drift.items_read} items."
    )


def _replayed(house: House, inbox_id: int) -> bool:
    return house.db.run(lambda tx: inbox.replay(tx, inbox_id, transport_now()))


def _shops(house: House, domain: str | None) -> tuple[tuple[int, str], ...]:
    with house.db.read() as tx:
        known = shops.installed(tx)
    chosen = tuple((shop.shop_id, shop.domain) for shop in known if domain in {None, shop.domain})
    if domain and not chosen:
        raise SettingsError(f"The app is not installed in {domain}.")
    return chosen
