"""Letters: tell a customer what changed, once, truthfully, and only while it is true.

1. A row that died after its letter began to leave is *unknown*: it is shown to a person, never sent again by itself.
2. Whom to write to is read from the store for each letter, and sealed; while the store does not say, what was read before counts.
3. What is said is gathered from the books now (``gathering``); if the reason is gone, nothing is said.
4. The words are kept on the row, the row is marked as leaving, the letter is handed over, the answer is recorded.
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import catalogue, claims, contacts, lots, mails, orders, promises, shops, taking, ways
from backorder.db.contacts import Contact
from backorder.db.engine import Connection
from backorder.db.outbox import Due, State
from backorder.db.shops import Shop
from backorder.deliver.gathering import Gathered, gather
from backorder.deliver.handing_over import DIED_LEAVING, NO_RELAY, hand_over
from backorder.deliver.outcome import Outcome, void
from backorder.failpoint import reached
from backorder.house import House
from backorder.keys import signing_key
from backorder.mail.address import AddressUnusable
from backorder.mail.compose import compose
from backorder.mail.letter import Choice, Letter, LetterIncomplete
from backorder.promise import letter_key
from backorder.rules import order_link
from backorder.rules.mixed import Way
from backorder.store.errors import StoreError


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


def _set_out(house: House, due: Due, contact: Contact, to: str) -> tuple[Gathered, EmailMessage] | None:
    """Gather, compose, keep the words and mark the row as leaving; None when there is nothing to say any more."""
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        gathered = gather(tx, due)
        if gathered is None:
            return None
        letter = _letter(tx, house, due, gathered, contact)
        message = compose(letter, to=to, mail_from=house.settings.mail_from, at=transport_now())
        _keep_words(tx, due, gathered, str(message["Subject"]))
    return gathered, message


def _contact(house: House, due: Due) -> Contact | None:
    """Whom to write to, as the order says now: somebody may have corrected an address, or erased whose it was.

    While the store does not answer, or shows us the order no more, as where it is older than sixty days, it is whom this order's letters went
    to before. Raises StoreError where there is nobody.
    """
    with house.db.read() as tx:
        known = contacts.get(tx, house.sealer, due.shop_id, due.subject)
    try:
        seen = open_store(house, due.shop_id).contact(due.subject)
    except StoreError:
        if known is None or not known.email:
            raise
        return known
    if seen is None:
        return known
    if not seen.email:
        with house.db.write() as tx:
            contacts.erase(tx, due.shop_id, [due.subject])
        return None
    now = Contact(seen.email, seen.first_name, seen.locale)
    if now != known:
        with house.db.write() as tx:
            contacts.put(tx, house.sealer, due.shop_id, seen)
    return now


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
    told = {letter_key(line_id, version) for line_id, version in gathered.versions}
    at = transport_now()
    for other in mails.open_in(tx, due.shop_id, due.lane):
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
