"""The database: does it answer, is it the one we know, does our key open it."""

from dataclasses import replace

from backorder.clock import transport_now
from backorder.db import condition, migrate
from backorder.db.condition import Condition, Unheard
from backorder.db.migrate import Standing
from backorder.house import House
from plugin.ready import access, clocks
from plugin.ready.finding import Finding, Findings, Weight

OLDEST_POSTGRESQL = 14
NO_ANSWER = "The database does not answer: see whether it runs and DATABASE_URL names it."
SILENT = (Finding(Weight.MISSING, NO_ANSWER),)


def findings(house: House, *, to_write: bool = True) -> Findings:
    """What is wrong with the database; not ``to_write``: for somebody who only reads, of a standby too."""
    asked = transport_now()
    found = condition.look(house.db, house.sealer)
    if isinstance(found, Unheard):
        return (Finding(Weight.MISSING, NO_ANSWER, names=(found.why,)),)
    answered = transport_now()
    middle = asked + (answered - asked) / 2
    # Its clock was read some time between asking and answering, so that a slow answer shows no difference.
    slack = (answered - asked).total_seconds() / 2
    ahead = 0.0 if found.now is None else (found.now - middle).total_seconds()
    differs = clocks.compared(ahead, "the database's", shared=True) if abs(ahead) > slack else ()
    if not to_write:
        found = replace(found, read_only=False, may_write=True)
    return (*judged(found), *differs, *access.findings(found.granted))


def before_migrating(house: House) -> Findings:
    """What is wrong with the database whatever its tables are: better known before there are any."""
    found = condition.look(house.db, house.sealer)
    return () if isinstance(found, Unheard) else _fitness(found)


def judged(found: Condition) -> Findings:
    """What to say of a database in this condition."""
    said: list[Finding] = []
    if found.standing is Standing.BEHIND:
        behind = f"it is at revision {found.revision or 'none'} and this version needs {migrate.head()}"
        said.append(Finding(Weight.STOPS, f"The database is not migrated, {behind}: run `promised migrate`."))
    if found.standing is Standing.AHEAD:
        sentence = (
            f"The database is at revision {found.revision}, newer than this version ({migrate.head()}): that is right during "
            "an upgrade and after going back one release; otherwise run the newer version."
        )
        said.append(Finding(Weight.NOTE, sentence))
    return (*said, *_fitness(found))


def _fitness(found: Condition) -> Findings:
    said: list[Finding] = []
    if found.read_only:
        sentence = "The database takes no writes, as a standby does: let DATABASE_URL name the one that takes them."
        said.append(Finding(Weight.MISSING, sentence))
    elif not found.may_write:
        sentence = "The user of DATABASE_URL may not write to the books: let it own the database and its tables."
        said.append(Finding(Weight.STOPS, sentence))
    if found.opens is False:
        sentence = "ENCRYPTION_KEY does not open what is in this database: set the key with which it was written."
        said.append(Finding(Weight.STOPS, sentence))
    if found.encoding not in {None, "UTF8"}:
        sentence = f"The database is encoded in {found.encoding}: create it with ENCODING 'UTF8', or names are lost."
        said.append(Finding(Weight.STOPS, sentence))
    if found.isolation not in {None, "read committed"}:
        sentence = f"Transactions run at {found.isolation}, under which our locks do not hold: let connections use READ COMMITTED."
        said.append(Finding(Weight.STOPS, sentence))
    if found.version is not None and found.version < OLDEST_POSTGRESQL:
        sentence = (
            f"PostgreSQL {found.version} is older than what we test with: upgrade to {OLDEST_POSTGRESQL} or newer."
        )
        said.append(Finding(Weight.NOTE, sentence))
    return tuple(said)
