"""The operator's errands: migrate, check, reconcile, restore, leave, verify, replay. Each prints what it did and returns the exit status."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from backorder import leave as leaving
from backorder import owed as owing
from backorder import reconcile as reconciling
from backorder import replay as replaying
from backorder import restore as restoring
from backorder import verify as verifying
from backorder.config import Settings, SettingsError
from backorder.db import migrate, shops
from backorder.db.ours import Ours
from backorder.house import House, build
from backorder.observe import observe
from backorder.replay import Choice
from backorder.store.errors import StoreError
from plugin.ready import Readiness, Weight, machine
from promised.start import PATIENCE_SECONDS, stop_here
from webhooks import topics

_SAID = {Weight.NOTE: "note   ", Weight.MISSING: "MISSING", Weight.STOPS: "STOPS  "}
# Looking is done in bounds; what is left after so many rounds is the workers'.
ROUNDS = 50


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


def restore(settings: Settings, domain: str | None) -> int:
    """Switch selling on backorder off and give back what was borrowed, for one shop or all. 1 if something is still owed."""
    status = 0
    with at_home(settings) as house:
        for shop_id, name in _shops(house, domain):
            given = restoring.restore(house, shop_id, actor="operator", now=house.clock.now())
            print(f"{name}: {_given(given)}")
            status = 1 if given.owed else status
    return status


def leave(settings: Settings, domain: str, *, look: bool, owed_to: str | None) -> int:
    """Give back all of ours in one shop's store (with ``look`` nothing), and write what customers are owed. 1 if something is there still.

    ``owed_to`` is a path; ``-`` prints the sheet, and what else is said goes to stderr. Raises SettingsError where it cannot be written.
    """
    says = partial(print, file=sys.stderr if owed_to == "-" else sys.stdout)
    with at_home(settings) as house:
        ((shop_id, name),) = _shops(house, domain)
        if owed_to is not None:
            _write(owed_to, owing.export(house, shop_id))
        found = leaving.standing(house, shop_id)
        owed = found.owed
        says(f"{name}: {owed.units} units are owed to customers ({owed.customers}), in orders ({owed.orders}).")
        if look:
            says(f"{name}: {_there(found.ours)}")
            return 0
        left = leaving.leave_now(
            house,
            shop_id,
            actor="operator",
            now=house.clock.now(),
            tell=lambda ours: says(f"{name}: still there: {_there(ours)}"),
        )
    if not left.total and not left.under_way:
        says(f"{name}: everything is given back.")
        return 0
    says(f"{name}: still there: {_there(left)} The rest is tried again by the workers.")
    return 1


def _there(ours: Ours) -> str:
    return (
        f"holds {ours.holds}, policies {ours.policies}, metafields of variants {ours.offers}, "
        f"metafields and tags of orders {ours.annotations}; changes under way {ours.under_way}, of them stopped {ours.stopped}."
    )


def _write(path: str, sheet: str) -> None:
    """Write a sheet to a new file, or to stdout."""
    if path == "-":
        sys.stdout.write(sheet)
        return
    try:
        with Path(path).open("x", encoding="utf-8", newline="") as file:
            file.write(sheet)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from None


def come_back(settings: Settings, domain: str) -> int:
    """Let the app work again for one shop that it had left."""
    with at_home(settings) as house:
        ((shop_id, name),) = _shops(house, domain)
        back = leaving.come_back(house, shop_id, actor="operator", now=house.clock.now())
    print(f"{name}: the app is back; the workers hold and sell again." if back else f"{name}: the app had not left.")
    return 0


def _given(back: restoring.GivenBack) -> str:
    said = (
        f"selling on backorder is off; {back.returned} of {back.returned + back.owed} borrowed policies are given back"
    )
    return f"{said}. The rest is tried again by the workers." if back.owed else f"{said}."


def verify(settings: Settings, domain: str | None, *, as_json: bool = False) -> int:
    """Prove the invariants on the live database and print the certificate. 1 if one is broken."""
    with at_home(settings) as house:
        chosen = _shops(house, domain)[0][0] if domain else None
        certificate = verifying.verify(house, chosen)
    if as_json:
        print(json.dumps(certificate.to_json(), indent=2))
        return 0 if certificate.holds else 1
    for sentence in _certified(certificate):
        print(sentence)
    return 0 if certificate.holds else 1


def _certified(certificate: verifying.Certificate) -> Iterator[str]:
    at = f"{certificate.at:%Y-%m-%d %H:%M:%S} UTC" if certificate.at else "an unknown time"
    yield f"Proved at {at} on {certificate.database}, revision {certificate.revision}."
    yield f"Shops: {', '.join(certificate.shops) or 'none'}."
    for check in certificate.checks:
        yield f"{'holds ' if not check.broken else 'BROKEN'}  {check.name} ({check.counted} checked)"
        yield from (f"        {sentence}" for sentence in check.broken)
    broken = sum(1 for check in certificate.checks if check.broken)
    verdict = "all hold" if not broken else f"{broken} broken"
    yield f"{len(certificate.checks)} invariants in {certificate.counted} places: {verdict}."


def replay(settings: Settings, choice: Choice, *, now: bool = False) -> int:
    """Let kept webhooks be understood again; with ``now`` by this process, which then says what came of it.

    1 if one that was named is unknown or its body is forgotten.
    """
    with at_home(settings) as house:
        before = replaying.last_effect(house)
        replayed = replaying.replay(house, choice)
        gone = sorted(set(choice.ids) - set(replayed.ids))
        for number in gone:
            print(f"Webhook {number} cannot be replayed: it is unknown, or its body was dropped.", file=sys.stderr)
        asked = f"{len(replayed.ids)} of {len(choice.ids)}" if choice.ids else str(len(replayed.ids))
        print(f"{asked} will be understood again.")
        if replayed.forgotten and not choice.ids:
            print(f"{replayed.forgotten} more were chosen, and their bodies were dropped.")
        if now:
            understand(house, replayed)
            print(_effects(replaying.effects_since(house, before)))
    return 1 if gone else 0


def understand(house: House, replayed: replaying.Replayed) -> None:
    """Understand what was replayed and look at what it asks for, here and now. What follows is left to the outbox."""
    while replaying.still_waiting(house, replayed):
        topics.digest(house, house.clock.now())
    for shop_id, _ in _shops(house, None):
        for _ in range(ROUNDS):
            if not observe(house, shop_id, house.clock.now()):
                break


def _effects(new: Mapping[str, int]) -> str:
    """``0 new effects.``, or which. A running worker may add its own meanwhile."""
    what = ", ".join(f"{count} {effect}" for effect, count in sorted(new.items()))
    return f"{sum(new.values())} new effects{f' ({what})' if what else ''}."


def _told(drift: reconciling.Drift) -> str:
    return (
        f"{drift.found} differences mended "
        f"({drift.orders_unknown} orders unknown, {drift.orders_changed} changed, {drift.transfers_changed} transfers, {drift.levels_changed} levels, "
        f"{drift.policies_changed} policies); read {drift.orders_read} orders and {drift.items_read} items."
    )


def _shops(house: House, domain: str | None) -> tuple[tuple[int, str], ...]:
    with house.db.read() as tx:
        known = shops.installed(tx)
    chosen = tuple((shop.shop_id, shop.domain) for shop in known if domain in {None, shop.domain})
    if domain and not chosen:
        raise SettingsError(f"The app is not installed in {domain}.")
    return chosen
