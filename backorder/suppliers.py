"""Suppliers: who delivers, and how long they take. Where nothing is on order, that makes a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backorder import drop_ship
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.db import catalogue, drop_ships, named_suppliers, suppliers
from backorder.db.engine import Connection
from backorder.db.suppliers import Supplier, key_of
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.terms import LONGEST_LEAD_TIME

LONGEST_NAME = 120
LONGEST_NOTE = 1000
LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class SupplierDraft:
    """A supplier as the merchant writes them down; ``lead_time_days`` None: not known."""

    name: str
    lead_time_days: int | None = None
    email: str = ""
    note: str = ""


def add(house: House, shop_id: int, draft: SupplierDraft, *, actor: str, now: datetime) -> int:
    """Write a supplier down; the id. Raises Refused with the field that is wrong."""

    def work(tx: Connection) -> int:
        created = write(tx, shop_id, None, checked(draft))
        decide_about(tx, shop_id, of_suppliers(tx, shop_id, [created]), actor, now)
        return created

    created = house.db.run(work)
    house.bell.ring(Ring.OUTBOX)
    return created


def change(house: House, shop_id: int, supplier_id: int, draft: SupplierDraft, *, actor: str, now: datetime) -> None:
    """Change what is known of a supplier; a new name is written on their purchase orders too. Raises Refused, Unknown."""

    def work(tx: Connection) -> None:
        write(tx, shop_id, supplier_id, checked(draft))
        decide_about(tx, shop_id, of_suppliers(tx, shop_id, [supplier_id]), actor, now)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def remove(house: House, shop_id: int, supplier_id: int, *, actor: str, now: datetime) -> None:
    """Forget a supplier. Their purchase orders keep the name; what they were to send and do not know of is sent from here.

    Raises Unknown, and Refused while they have something to send that they were told of.
    """

    def work(tx: Connection) -> None:
        known = _one(tx, shop_id, supplier_id)
        if drop_ships.waiting_for(tx, shop_id, supplier_id):
            raise Refused("supplier", f"{known.name} still has orders of yours to send: see Drop-ship.")
        items = of_suppliers(tx, shop_id, [supplier_id])
        catalogue.lock_items(tx, shop_id, items | set(drop_ship.items_of(tx, shop_id, supplier_id)))
        items |= drop_ship.take_back(tx, shop_id, supplier_id)
        catalogue.forget_supplier(tx, shop_id, supplier_id)
        suppliers.remove(tx, shop_id, supplier_id)
        decide_about(tx, shop_id, items, actor, now)

    house.db.run(work)
    house.bell.ring(Ring.OUTBOX)


def checked(draft: SupplierDraft) -> SupplierDraft:
    """The draft without blanks around its texts. Raises Refused with the field that is wrong."""
    name = " ".join(draft.name.split())
    email, note = draft.email.strip(), draft.note.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused("name", f"Give the supplier a name of up to {LONGEST_NAME} characters.")
    if draft.lead_time_days is not None and not 0 <= draft.lead_time_days <= LONGEST_LEAD_TIME:
        raise Refused("lead_time_days", f"Give a lead time from 0 to {LONGEST_LEAD_TIME} days, or leave it empty.")
    if email and (email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email):
        raise Refused("email", "Give an address like orders@supplier.example, or leave it empty.")
    if len(email) > LONGEST_ADDRESS:
        raise Refused("email", f"Use at most {LONGEST_ADDRESS} characters.")
    if len(note) > LONGEST_NOTE:
        raise Refused("note", f"Use at most {LONGEST_NOTE} characters.")
    return SupplierDraft(name, draft.lead_time_days, email, note)


def write(tx: Connection, shop_id: int, supplier_id: int | None, draft: SupplierDraft) -> int:
    """Write down a checked draft, and who delivers what since; the id. Decides nothing. Raises Refused, Unknown."""
    taken = suppliers.named(tx, shop_id, [draft.name]).get(key_of(draft.name))
    if taken is not None and taken.supplier_id != supplier_id:
        raise Refused("name", f"There is already a supplier {taken.name}.")
    if supplier_id is None:
        created = suppliers.add(
            tx,
            shop_id,
            draft.name,
            lead_time_days=draft.lead_time_days,
            email=draft.email,
            note=draft.note,
        )
        assert created is not None  # the name is free
        learn(tx, shop_id, named_suppliers.variants_from(tx, shop_id, _spelled(tx, shop_id, draft.name)))
        return created
    before = _one(tx, shop_id, supplier_id)
    named_suppliers.rename(tx, shop_id, _spelled(tx, shop_id, before.name), draft.name)
    suppliers.change(
        tx,
        shop_id,
        supplier_id,
        name=draft.name,
        lead_time_days=draft.lead_time_days,
        email=draft.email,
        note=draft.note,
    )
    return supplier_id


def learn(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> None:
    """Note that variants come from whom their newest purchase order names, if we know them and nobody else was chosen."""
    named = named_suppliers.last(tx, shop_id, variant_ids)
    known = suppliers.named(tx, shop_id, named.values())
    found = {variant_id: known.get(key_of(name)) for variant_id, name in named.items()}
    catalogue.come_from(tx, shop_id, {one: supplier.supplier_id for one, supplier in found.items() if supplier})


def of_suppliers(tx: Connection, shop_id: int, supplier_ids: Iterable[int]) -> set[int]:
    """The items of which these suppliers deliver a variant."""
    return {
        variant.item_id for supplier_id in supplier_ids for variant in catalogue.delivered_by(tx, shop_id, supplier_id)
    }


def decide_about(tx: Connection, shop_id: int, items: set[int], actor: str, now: datetime) -> None:
    """Decide anew about what suppliers deliver."""
    catalogue.lock_items(tx, shop_id, items)
    decide(tx, shop_id, items, now, cause="a supplier's lead time", actor=actor)


def _spelled(tx: Connection, shop_id: int, name: str) -> list[str]:
    """How purchase orders spell a supplier's name."""
    return [said for said in named_suppliers.every(tx, shop_id) if key_of(said) == key_of(name)]


def _one(tx: Connection, shop_id: int, supplier_id: int) -> Supplier:
    found = suppliers.one(tx, shop_id, supplier_id)
    if found is None:
        raise Unknown("supplier", "There is no such supplier.")
    return found
