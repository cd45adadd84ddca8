"""Letters to suppliers: what was passed on, with the buyers' addresses, which are read from the store now and rest nowhere.

As with every letter, a row that died after its letter began to leave is *unknown*: it is shown to a person, never sent again by itself.
"""

from email.message import EmailMessage

from backorder.access import open_store
from backorder.clock import transport_now
from backorder.db import shops, supplier_letters, taking
from backorder.db.outbox import Due, State
from backorder.db.shops import Shop
from backorder.db.supplier_letters import Passed
from backorder.db.supplier_letters import SupplierLetter as Written
from backorder.deliver.handing_over import DIED_LEAVING, NO_RELAY, hand_over
from backorder.deliver.outcome import Outcome, void
from backorder.errors import Refused
from backorder.house import House
from backorder.mail.address import AddressUnusable
from backorder.mail.letter import LetterIncomplete
from backorder.mail.supplier_letter import BuyersOrder, Goods, SupplierLetter, compose
from backorder.pass_on import with_addresses
from backorder.rules.parcels import ShipTo


def write_to_supplier(house: House, due: Due) -> Outcome:
    """Deliver one mail row that is a letter to a supplier."""
    if due.was_sending:
        return Outcome(State.UNKNOWN, error=DIED_LEAVING)
    if house.settings.smtp_url is None:
        return Outcome(State.PARKED, error=NO_RELAY)
    with house.db.read() as tx:
        written = supplier_letters.one(tx, due.shop_id, due.subject)
        shop = shops.one(tx, due.shop_id)
    if written is None:
        return void("the letter is gone")
    try:
        addresses = with_addresses(open_store(house, due.shop_id).addresses, written.lines)
        message = _message(house, shop, written, due.key, addresses)
    except Refused as refused:
        return Outcome(State.PARKED, error=refused.sentence)
    except (LetterIncomplete, AddressUnusable) as error:
        return Outcome(State.PARKED, error=str(error))
    with house.db.write() as tx:
        taking.still_ours(tx, due)
        taking.freeze(tx, due.outbox_id, {**due.payload, "subject": str(message["Subject"])})
        taking.sending(tx, due.outbox_id)
    return hand_over(house, house.settings.smtp_url, message)


def _message(house: House, shop: Shop, written: Written, key: str, addresses: dict[int, ShipTo]) -> EmailMessage:
    letter = SupplierLetter(
        shop_name=shop.name,
        shop_domain=shop.domain,
        shop_email=shop.email,
        supplier=written.supplier,
        number=written.letter_id,
        key=key,
        orders=_by_order(written.lines, addresses),
        note=written.note,
    )
    return compose(letter, to=written.email, mail_from=house.settings.mail_from, at=transport_now())


def _by_order(lines: tuple[Passed, ...], addresses: dict[int, ShipTo]) -> tuple[BuyersOrder, ...]:
    """The lines of a letter, order by order as they stand there."""
    found: dict[int, BuyersOrder] = {}
    for line in lines:
        to = addresses.get(line.order_id)
        before = found.get(line.order_id, BuyersOrder(line.order_name, to.lines if to else ()))
        goods = Goods(line.title, line.sku, line.units, line.was, line.ship_by)
        found[line.order_id] = BuyersOrder(before.name, before.to, (*before.goods, goods))
    return tuple(found.values())
