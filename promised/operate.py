"""The operator's errands: migrate, check, reconcile, rebuild, move, export, restore, leave, verify, replay. Each prints what it did and returns the exit status."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from backorder import export as exporting
from backorder import leave as leaving
from backorder import move as moving
from backorder import owed as owing
from backorder import rebuild as rebuilding
from backorder import reconcile as reconciling
from backorder import replay as replaying
from backorder import restore as restoring
from backorder import verify as verifying
from backorder.config import Settings, SettingsError, known_database
from backorder.db import differences, migrate, shops
from backorder.db.differences import Difference
from backorder.db.engine import Database, DatabaseBusy, OutcomeUnknown
from backorder.db.ours import Ours
from backorder.errors import Refused
from backorder.house import House, build
from backorder.observe import observe
from backorder.replay import Choice
from backorder.rules.causes import REPAIRS, SENTENCES
from backorder.store.errors import StoreError
from plugin.ready import Readiness, Weight, database, machine
from promised.alone import Alone
from promised.refusal import CannotStart
from promised.start import PATIENCE_SECONDS, stop_here
from webhooks import topics

_SAID = {Weight.NOTE: "note   ", Weight.MISSING: "MISSING", Weight.STOPS: "STOPS  "}
# Looking is done in bounds; what is left after so many rounds is the workers'.
ROUNDS = 50
# What a comparison answers that found something: told apart from 1 (a store cannot be asked) and 2 (the settings are wrong).
DIFFERED = 3


@contextmanager
def at_home(settings: Settings, *, to_write: bool = True) -> Iterator[House]:
    """A house with nobody listening to its bell, over books that this version can use: running processes find the work by their sweep.

    Not ``to_write``: whoever only reads may ask a standby. Raises CannotStart where the database does not answer, is behind its migrations or is not opened by our key.
    """
    with _at_any_books(settings) as house:
        stop_here(database.findings(house, to_write=to_write), Weight.MISSING)
        yield house


@contextmanager
def _at_any_books(settings: Settings, *, new: bool = False) -> Iterator[House]:
    """The same over whatever the database holds. Raises CannotStart where the file of the books can be none, or the database is lost.

    ``new``: where there are no books, they are made. Whoever only looks makes none.
    """
    stop_here(machine.at_first(settings, new=new))
    house = build(settings)
    try:
        yield house
    except (DatabaseBusy, OutcomeUnknown) as away:
        raise CannotStart(
            f"Not done: {away}. See whether it runs and DATABASE_URL names it; then say it again."
        ) from away
    finally:
        house.http.close()
        house.db.close()


def migrating(settings: Settings) -> int:
    """Bring the database to this version."""
    with _at_any_books(settings, new=True) as house:
        stop_here(database.before_migrating(house), Weight.MISSING)
        migrate.upgrade(house.db)
    print("The database is up to date.")
    return 0


def check(settings: Settings) -> int:
    """Say what is missing or wrong, shop by shop. 1 if the app could not do its work."""
    with _at_any_books(settings) as house:
        found = Readiness(house).findings(PATIENCE_SECONDS)
    for finding in found:
        print(f"{_SAID[finding.weight]}  {finding.sentence}")
        for name in finding.names:
            print(f"        {name}")
    if not found:
        print("Everything is in order.")
    return 1 if any(finding.weight > Weight.NOTE for finding in found) else 0


def reconcile(settings: Settings, domain: str | None, *, as_json: bool = False) -> int:
    """Compare books with stores now and mend them, for one shop or all that are installed; print each difference.

    0 if nothing differed, DIFFERED if something did, 1 if a store cannot be asked.
    """
    status, told = 0, []
    with at_home(settings) as house:
        for shop_id, name in _shops(house, domain):
            try:
                run = reconciling.reconcile(house, shop_id, house.clock.now())
            except StoreError as error:
                print(f"{name}: {error}", file=sys.stderr)
                status = 1
                continue
            with house.db.read() as tx:
                found = differences.of_run(tx, shop_id, run.run_id)
            if as_json:
                told.append(_as_json(name, run, found))
            else:
                _tell(name, run.drift, found)
            status = status or (DIFFERED if run.drift.found or run.drift.effects_missing else 0)
    if as_json:
        print(json.dumps(told, indent=2))
    return status


def _tell(name: str, drift: reconciling.Drift, found: Sequence[Difference]) -> None:
    """A line for each difference that is kept, then the total."""
    for one in found:
        said = f"the store says {one.store_said}, the books said {one.books_said}."
        error = f" ({one.why.detail})" if one.why.detail else ""
        print(f"{one.kind.value:<10} {one.name}: {said} {SENTENCES[one.why.cause]}{error} {REPAIRS[one.why.repair]}")
    more = drift.found + drift.effects_missing - len(found)
    if more > 0:
        print(f"{'':<10} {more} more, which are counted only.")
    print(f"{name}: {_told(drift)}")


def _as_json(name: str, run: reconciling.Run, found: Sequence[Difference]) -> dict[str, Any]:
    return {
        "shop": name,
        "comparison": run.run_id,
        "counts": asdict(run.drift),
        "differences": [
            {
                "kind": one.kind.value,
                "subject": one.subject,
                "name": one.name,
                "store_said": one.store_said,
                "books_said": one.books_said,
                "cause": one.why.cause.value,
                "detail": one.why.detail,
                "repair": one.why.repair.value,
            }
            for one in found
        ],
    }


def rebuild(settings: Settings, domain: str, into: str, *, as_json: bool = False) -> int:
    """Make a shop's books anew in an empty database and compare them with the live ones, table by table.

    0 if they are equal, DIFFERED if not, 1 if the store cannot be asked.
    """
    with at_home(settings) as house, closing(_another(into)) as other:
        ((shop_id, name),) = _shops(house, domain)
        try:
            done = rebuilding.rebuild(house, shop_id, other, house.clock.now(), topics.digest)
        except Refused as refused:
            raise SettingsError(f"--into: {refused.sentence}") from None
        except StoreError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
    if as_json:
        print(json.dumps({"shop": name, "equal": done.equal, **asdict(done)}, indent=2))
    else:
        for sentence in _compared(name, done):
            print(sentence)
    return 0 if done.equal else DIFFERED


def _another(into: str) -> Database:
    """The database that ``--into`` names."""
    try:
        return Database(known_database(into))
    except ValueError as error:
        raise SettingsError(f"--into: {error}.") from None


def move(settings: Settings, into: str) -> int:
    """Copy all books into another database, which is empty, while no process works at them."""
    with at_home(settings) as house, closing(_another(into)) as other:
        alone = Alone(machine.file_of(settings))
        try:
            rows = moving.move(house, other)
        except Refused as refused:
            raise SettingsError(f"--into: {refused.sentence}") from None
        except (DatabaseBusy, OutcomeUnknown) as away:
            raise CannotStart(
                f"Not moved: {away}. See whether both databases run and --into names the new one."
            ) from away
        finally:
            alone.leave()
    print(f"{rows} rows are there. Set DATABASE_URL to it, and let no process work at the old books any more.")
    return 0


def _compared(name: str, done: rebuilding.Rebuilt) -> Iterator[str]:
    for one in done.tables:
        ended = f", {one.not_derived} that ended are in the live books only" if one.not_derived else ""
        yield f"{'equal  ' if not one.differing else 'DIFFERS'}  {one.table} ({one.rows} rows{ended})"
        if one.first is not None:
            yield f"         {one.differing} differ, the first: {one.first}"
    verdict = "the rebuilt books equal the live ones" if done.equal else "the rebuilt books differ"
    yield f"{name}: {verdict}; {done.webhooks} webhooks were understood again."


def export(settings: Settings, domain: str, into: str) -> int:
    """Write a shop's files into a new or an empty folder, and name them. Raises SettingsError where that cannot be.

    The shop may have uninstalled the app: its books are there until the store asks to forget it.
    """
    folder = Path(into)
    with at_home(settings, to_write=False) as house:
        with house.db.read() as tx:
            shop = shops.by_domain(tx, domain)
        if shop is None:
            raise SettingsError(f"The books know no shop {domain}.")
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(folder.iterdir()):
                raise SettingsError(f"{into} is not empty: name a new folder.")
        except OSError as error:
            raise SettingsError(f"{into} cannot be written: {error.strerror or error}.") from None
        for name, content in exporting.files(house, shop.shop_id):
            _write(str(folder / name), content)
            print(folder / name)
    return 0


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
    with at_home(settings, to_write=False) as house:
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
    missing = f" {drift.effects_missing} changes of ours are not in the store." if drift.effects_missing else ""
    unexplained = f" Nothing explains {drift.unexplained} of them." if drift.unexplained else ""
    return (
        f"{drift.found} differences mended "
        f"({drift.orders_unknown} orders unknown, {drift.orders_changed} changed, {drift.holds_changed} holds, "
        f"{drift.marks_changed} tags and metafields, {drift.transfers_changed} transfers, {drift.levels_changed} levels, "
        f"{drift.policies_changed} policies); read {drift.orders_read} orders and {drift.items_read} items."
        f"{unexplained}{missing}"
    )


def _shops(house: House, domain: str | None) -> tuple[tuple[int, str], ...]:
    with house.db.read() as tx:
        known = shops.installed(tx)
    chosen = tuple((shop.shop_id, shop.domain) for shop in known if domain in {None, shop.domain})
    if domain and not chosen:
        raise SettingsError(f"The app is not installed in {domain}.")
    return chosen
