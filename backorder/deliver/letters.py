"""Letters: tell a customer what changed, once, truthfully, and only while it is true.

1. A row that died after its letter began to leave is *unknown*: it is shown to a person, never sent again by itself.
2. Whom to write to is read from the store when the first letter of an order is owed, and sealed.
3. What is said is gathered from the books now; if the reason is gone, nothing is said. All that is untold of an order is
   said in one letter.
4. The words are kept on the row, the row is marked as leaving, the letter is handed over, the answer is recorded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import TypedDict
from zoneinfo import ZoneInfo

import structlog

from backorder.access import open_store
from backorder.by_hand import TAKEN_BACK
from backorder.clock import transport_now
from backorder.db import catalogue, claims, contacts, counts, lots, orders, outbox, promises, rests, shops, taking, ways
from backorder.db.contacts import Contact
from backorder.db.engine import Connection
from backorder.db.orders import Order
from backorder.db.outbox import Due, State
from backorder.db.rests import RELAY
from backorder.db.shops import Shop
from backorder.deliver.outcome import Outcome, done, later, void
from backorder.failpoint import reached
from backorder.house import House
from backorder.keys import signing_key
from backorder.mail.address import AddressUnusable
from backorder.mail.compose import compose
from backorder.mail.letter import Choice, Kind, Letter, LetterIncomplete, LetterLine
from backorder.mail.outcome import MailBusy, MailError, MailRefused, MailUnknown, RelayAway
from backorder.mail.post import send
from backorder.promise import last_told, untold
from backorder.rules import order_link
from backorder.rules.mixed import Way
from backorder.rules.promises import Basis, Promise
from backorder.rules.revision import Why
from backorder.rules.seen import LineSeen
from backorder.rules.silent import SILENT_RULE

# A relay that is away is asked again soon, then every five minutes.
RELAY_REST, LONGEST_RELAY_REST = timedelta(seconds=2), timedelta(minutes=5)
DIED_LEAVING = "The letter was leaving when its sender died; it may have arrived."
NO_RELAY = "No mail server is configured: set SMTP_URL and try again."

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Gathered:
    """What one letter will say: its lines, why (where all that moved has one reason), and which promise versions it tells.

    ``in_stock``: units by line of which it says that they ship now.
    """

    kind: Kind
    lines: tuple[LetterLine, ...]
    reason: str | None
    versions: tuple[tuple[int, int], ...]
    in_stock: Mapping[int, int] = field(default_factory=dict)


class Days(TypedDict, total=False):
    """What a letter promises of a line."""

    ship_by: date | None
    ship_from: date | None


class Before(TypedDict, total=False):
    """What had been promised of a line until now."""

    was: date | None
    was_from: date | None


def write_letter(house: House, due: Due, now: datetime) -> Outcome:
    """Deliver one mail row that is a letter to a customer."""
    if due.was_sending:
        return Outcome(State.UNKNOWN, error=DIED_LEAVING)
    if house.settings.smtp_url is None:
        return Outcome(State.PARKED, error=NO_RELAY)
    contact = _contact(house, due)
    if contact is None or not contact.email:
        return void("the order has no e-mail address")
    try:
        ready = _set_out(house, due, contact, contact.email)
    except (LetterIncomplete, AddressUnusable) as error:
        return Outcome(State.PARKED, error=str(error))
    if ready is None:
        return void("no longer true, so not told")
    gathered, message = ready
    outcome = hand_over(house, house.settings.smtp_url, message)
    reached("letter.handed_over")
    if outcome.state is State.DONE:
        with house.db.write() as tx:
            _keep_what_was_confirmed(tx, due, gathered.in_stock, now)
            for line_id, version in gathered.versions:
                promises.tell(tx, due.shop_id, line_id, version, now)
    return outcome


def _keep_what_was_confirmed(tx: Connection, due: Due, in_stock: Mapping[int, int], now: datetime) -> None:
    """What the buyer was told to be in stock stays theirs, as far as it is given to them still (domain §4 d)."""
    if not in_stock:
        return
    items = {claim.item_id for claim in claims.of_orders(tx, due.shop_id, [due.subject]) if claim.line_id in in_stock}
    catalogue.lock_items(tx, due.shop_id, items)
    left = dict(in_stock)
    for claim in claims.of_orders(tx, due.shop_id, [due.subject]):
        units = min(left.get(claim.line_id, 0), claim.given, claim.exposed)
        if units:
            left[claim.line_id] -= units
            lots.keep(
                tx, due.shop_id, claim, units, cause="confirmed as in stock", actor=f"outbox {due.outbox_id}", at=now
            )


def hand_over(house: House, smtp_url: str, message: EmailMessage) -> Outcome:
    """Give the message to the relay; what it answered, or that nobody knows."""
    try:
        sent = send(smtp_url, message)
    except MailUnknown as error:
        # What follows would leave into the same silence.
        _relay_rests(house, error)
        return Outcome(State.UNKNOWN, error=str(error))
    except RelayAway as error:
        _relay_rests(house, error)
        return later(str(error), RELAY_REST.total_seconds())
    except MailRefused as error:
        outcome = Outcome(State.PARKED, error=str(error))
    except MailBusy as error:
        outcome = later(str(error))
    else:
        outcome = done(f"{message['Message-ID']} {sent.reply}")
    _relay_listens(house)
    return outcome


def _relay_rests(house: House, error: MailError) -> None:
    """No letter of any shop is handed over for a while."""
    with house.db.write() as tx:
        until = rests.begin(tx, RELAY, transport_now(), RELAY_REST, LONGEST_RELAY_REST, str(error))
    log.warning("the mail relay rests", until=until.isoformat(), why=str(error))


def _relay_listens(house: House) -> None:
    """It gave its verdict on a letter, so it is well."""
    with house.db.read() as tx:
        poorly = rests.get(tx, RELAY) is not None
    if poorly:
        with house.db.write() as tx:
            rests.end(tx, RELAY)
        log.info("the mail relay listens again")


def _set_out(house: House, due: Due, contact: Contact, to: str) -> tuple[Gathered, EmailMessage] | None:
    """Gather, compose, keep the words and mark the row as leaving; None when there is nothing to say any more."""
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        gathered = _gather(tx, due)
        if gathered is None:
            return None
        letter = _letter(tx, house, due, gathered, contact)
        message = compose(letter, to=to, mail_from=house.settings.mail_from, at=transport_now())
        _keep_words(tx, due, gathered, str(message["Subject"]))
    return gathered, message


def _contact(house: House, due: Due) -> Contact | None:
    """Whom to write to: known and sealed, or read from the store now."""
    with house.db.read() as tx:
        known = contacts.get(tx, house.sealer, due.shop_id, due.subject)
    if known is not None:
        return known
    seen = open_store(house, due.shop_id).contact(due.subject)
    if seen is None:
        return None
    with house.db.write() as tx:
        contacts.put(tx, house.sealer, due.shop_id, seen)
        return contacts.get(tx, house.sealer, due.shop_id, due.subject)


def _gather(tx: Connection, due: Due) -> Gathered | None:
    """What there is to say now; None when the reason is gone."""
    order = orders.get(tx, due.shop_id, due.subject)
    if order is None or order.cancelled_at is not None:
        return None
    versions = promises.of_orders(tx, due.shop_id, [due.subject])
    lines = orders.lines(tx, due.shop_id, [due.subject]).get(due.subject, ())
    waits, ready, sent = _open_units(tx, due)
    there = dict(ready)
    if order.way is Way.TOGETHER and any(units for line_id, units in waits.items() if line_id not in sent):
        # Nothing of it leaves before the slowest, goods that nobody manages included.
        waits |= {line_id: waits.get(line_id, 0) + units for line_id, units in ready.items() if line_id not in sent}
        ready = {line_id: units for line_id, units in ready.items() if line_id in sent}
    if due.payload["about"] == "arrived":
        # A relay may have been away for hours: of what left meanwhile, with its buyer or without, nothing is to be packed.
        came = {int(line_id): units for line_id, units in due.payload["lines"].items()}
        arrived = {line_id: min(units, there.get(line_id, 0)) for line_id, units in came.items()}
        return _arrived(lines, waits, arrived, versions, sent) if any(arrived.values()) else None
    news = tuple(p for p in untold(versions) if waits.get(p.line_id))
    shown = tuple(p for p in _shown_and_unconfirmed(tx, due, versions) if waits.get(p.line_id))
    if not news and not shown:
        return None
    told = {line.line_id: last_told(versions, line.line_id) for line in lines}
    if any(told[p.line_id] for p in news):
        return _date_changed(lines, waits, news, versions, told, sent)
    slowest = _slowest(versions)
    return Gathered(
        _kind(tx, due, order, lines, news),
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits.get(line.line_id, 0),
                units_ready=ready.get(line.line_id, 0),
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) or (slowest if waits.get(line.line_id) else Days())),
            )
            for line in lines
            if waits.get(line.line_id) or ready.get(line.line_id)
        ),
        None,
        tuple((p.line_id, p.version) for p in (*news, *shown)),
        {}
        if order.way is Way.ASKED
        else {line.line_id: ready[line.line_id] for line in lines if ready.get(line.line_id)},
    )


def _shown_and_unconfirmed(tx: Connection, due: Due, versions: tuple[Promise, ...]) -> tuple[Promise, ...]:
    """What the page showed and still stands, of which no letter was written yet."""
    keys = {due.key, *(row.key for row in outbox.open_mails(tx, due.shop_id, due.lane))}
    latest = {p.line_id: p for p in versions}.values()
    return tuple(p for p in latest if p.basis is Basis.SHOWN and _key(p.line_id, p.version) in keys)


def _kind(tx: Connection, due: Due, order: Order, lines: Iterable[LineSeen], news: Iterable[Promise]) -> Kind:
    """How the first letter about a wait begins: what its buyer knew when they bought, and whether it was there then."""
    said = tuple(news)
    if _lost_from_the_shelf(tx, due.shop_id, order, {p.line_id for p in said if p.basis is not Basis.TOGETHER}):
        return Kind.STOCK_LOST
    return Kind.CONFIRMATION if _all_were_shown(lines, said) else Kind.YOU_SHOULD_KNOW


def _lost_from_the_shelf(tx: Connection, shop_id: int, order: Order, line_ids: Collection[int]) -> bool:
    """Whether one of these lines had units of the shelf that stock was lost under, or that a person took back."""
    taken = [row for row in lots.history(tx, shop_id, line_ids) if row["units"] < 0]
    if any(row["cause"] == TAKEN_BACK for row in taken):
        return True
    changes = counts.since(tx, shop_id, {row["item_id"] for row in taken}, order.created_at) if taken else {}
    fallen = {(place, one.at) for place, found in changes.items() for one in found if one.unexplained < 0}
    return any(((row["item_id"], row["location_id"]), row["at"]) in fallen for row in taken)


def _all_were_shown(lines: Iterable[LineSeen], news: Iterable[Promise]) -> bool:
    """Whether the buyer of every line that we have news of knew, when they bought, that they would wait."""
    proven = {line.line_id for line in lines if line.evidence and line.evidence.valid}
    return all(p.line_id in proven for p in news if p.basis is not Basis.TOGETHER)


def _key(line_id: int, version: int) -> str:
    return f"promise/{line_id}/{version}"


def _arrived(
    lines: tuple[LineSeen, ...],
    waits: dict[int, int],
    arrived: dict[int, int],
    versions: tuple[Promise, ...],
    sent: frozenset[int],
) -> Gathered:
    return Gathered(
        Kind.ARRIVED,
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits.get(line.line_id, 0),
                units_ready=arrived.get(line.line_id, 0),
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) if waits.get(line.line_id) else Days()),
            )
            for line in lines
            if waits.get(line.line_id) or arrived.get(line.line_id)
        ),
        None,
        (),
    )


def _date_changed(
    lines: tuple[LineSeen, ...],
    waits: dict[int, int],
    news: tuple[Promise, ...],
    versions: tuple[Promise, ...],
    told: dict[int, Promise | None],
    sent: frozenset[int],
) -> Gathered:
    def was(line_id: int) -> Before:
        before = told[line_id] or next((p for p in news if p.line_id == line_id), None)
        if before is not None:
            return {"was": before.ship_by, "was_from": before.ship_from}
        days = _slowest(tuple(p for p in versions if p.told_at is not None))
        return {"was": days.get("ship_by"), "was_from": days.get("ship_from")}

    slowest = _slowest(versions)
    reasons = {p.line_id: p.reason for p in news if (before := told[p.line_id]) and before.ship_by != p.ship_by}
    one = next(iter(reasons.values())) if len(set(reasons.values())) == 1 else None
    return Gathered(
        Kind.DATE_CHANGED,
        tuple(
            LetterLine(
                title=line.title,
                sku=line.sku,
                units_waiting=waits[line.line_id],
                units_ready=0,
                sent_directly=line.line_id in sent,
                **(_days(versions, line.line_id) or slowest),
                **was(line.line_id),
                # What nothing is promised of by itself moves with the rest.
                reason=None if one else reasons.get(line.line_id, Why.TOGETHER.value),
            )
            for line in lines
            if waits.get(line.line_id)
        ),
        one,
        tuple((p.line_id, p.version) for p in news),
    )


def _open_units(tx: Connection, due: Due) -> tuple[dict[int, int], dict[int, int], frozenset[int]]:
    """Units that wait, and units that are covered, by line, and which lines suppliers send. Lines that need no stock of ours are ready."""
    waits: dict[int, int] = {}
    open_units: dict[int, int] = {}
    sent = set()
    for claim in claims.of_orders(tx, due.shop_id, [due.subject]):
        waits[claim.line_id] = waits.get(claim.line_id, 0) + claim.backordered
        open_units[claim.line_id] = open_units.get(claim.line_id, 0) + claim.units
        if claim.drop_shipped:
            sent.add(claim.line_id)
    promised = {p.line_id for p in promises.of_orders(tx, due.shop_id, [due.subject]) if p.rule != SILENT_RULE}
    # A claim on goods that we do not manage is given nothing by us and waits for nothing; of silent ones nothing is said.
    waits = {line_id: units for line_id, units in waits.items() if line_id in promised}
    ready = {line_id: units - waits.get(line_id, 0) for line_id, units in open_units.items()}
    return waits, ready, frozenset(sent)


def _slowest(versions: tuple[Promise, ...]) -> Days:
    """The days of the line of an order that is promised last, for its lines of which nothing is promised themselves."""
    dated = [(p.ship_by, p.ship_from) for p in {p.line_id: p for p in versions}.values() if p.ship_by]
    ship_by, ship_from = max(dated, default=(None, None), key=lambda days: days[0])
    return {"ship_by": ship_by, "ship_from": ship_from}


def _days(versions: tuple[Promise, ...], line_id: int) -> Days:
    """What the newest version of a line says: its day, and the first one of the range."""
    latest = next((p for p in reversed(versions) if p.line_id == line_id), None)
    return {"ship_by": latest.ship_by, "ship_from": latest.ship_from} if latest else {}


def _letter(tx: Connection, house: House, due: Due, gathered: Gathered, contact: Contact) -> Letter:
    shop = shops.one(tx, due.shop_id)
    order = orders.get(tx, due.shop_id, due.subject)
    assert order is not None
    return Letter(
        kind=gathered.kind,
        shop_name=shop.name,
        shop_domain=shop.domain,
        shop_email=shop.email,
        order_name=order.name,
        lines=gathered.lines,
        key=due.key,
        order_url=orders.page_of(house.sealer, order),
        first_name=contact.first_name,
        locale=contact.locale,
        reason=gathered.reason,
        together=order.way is Way.TOGETHER,
        choice=_choice(tx, house, shop, due) if order.way is Way.ASKED else None,
    )


def _choice(tx: Connection, house: House, shop: Shop, due: Due) -> Choice | None:
    """What the customer is asked: whether their order ships together, and until when they may say so."""
    asked = ways.history(tx, due.shop_id, due.subject)[-1]
    if asked.until is None:
        return None
    token = order_link.issue(signing_key(house.settings, order_link.PURPOSE), due.shop_id, due.subject)
    return Choice(f"{house.settings.app_url}/choose/{token}", asked.until.astimezone(ZoneInfo(shop.timezone)))


def _keep_words(tx: Connection, due: Due, gathered: Gathered, subject: str) -> None:
    """Keep what will be said, void the other rows that would say the same, and mark this one as leaving."""
    told = {_key(line_id, version) for line_id, version in gathered.versions}
    at = transport_now()
    for other in outbox.open_mails(tx, due.shop_id, due.lane):
        older = other.payload.get("about") == "promise" and due.payload["about"] == "promise"
        if other.outbox_id != due.outbox_id and older and (other.key in told or other.outbox_id < due.outbox_id):
            taking.finish(tx, other.outbox_id, State.VOID, at, error=f"told with row {due.outbox_id}")
    taking.freeze(
        tx,
        due.outbox_id,
        {
            **due.payload,
            "kind": gathered.kind.value,
            "subject": subject,
            "versions": [list(pair) for pair in gathered.versions],
            "said": [
                {
                    "title": line.title,
                    "waiting": line.units_waiting,
                    "ready": line.units_ready,
                    "ship_by": line.ship_by.isoformat() if line.ship_by else None,
                    "was": line.was.isoformat() if line.was else None,
                    **({"range_from": line.ship_from.isoformat()} if line.ship_from else {}),
                }
                for line in gathered.lines
            ],
        },
    )
    taking.sending(tx, due.outbox_id)
