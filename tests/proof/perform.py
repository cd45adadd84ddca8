"""Acting: what each act does to a stage. People speak to the store and to the house; machines are made to fail."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from backorder import believe, book_in, manage, purchase, reconcile
from backorder.db import levels
from backorder.errors import Refused, Unknown
from backorder.store.errors import StoreError
from devstore import requesting
from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.counter import sell_over_counter
from devstore.drafts import complete_draft, write_draft
from devstore.editing import add_units, remove_units
from devstore.faults import ApiFault
from devstore.fulfilment import cancel_fulfilment, hold, release, ship, split
from devstore.merging import merge
from devstore.model import Customer, FulfillmentOrder, Order
from devstore.moving import move
from devstore.payment import mark_paid
from devstore.policy import set_policy
from devstore.refunding import Back, refund
from devstore.returning import dispose, open_return
from devstore.saying import StoreSays
from devstore.sellable import refusal
from devstore.stock import correct, overwrite, receive, set_aside
from tests.proof import sending
from tests.proof.acts import Act
from tests.proof.deaths import Died
from tests.proof.history import OTHER_APP, History, whole
from tests.proof.leaving import leave_and_come_back
from tests.proof.stage import LEASES, PATIENCE, NeverSettled, Stage

LONG = timedelta(hours=3)


class Player:
    """Acts on a stage, and keeps the history that the checker reads."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.history = History(stage)
        self.lossy = False
        self.leaves = self.comes_back = False

    def play(self, act: Act) -> None:
        """Do one act. What people may not do is not done: a shop that refuses is no news."""
        name, *more = act
        getattr(self, "_" + name.replace(" ", "_"))(*more)

    def end(self) -> None:
        """Faults end, what the post lost is found again, everything waits out its pauses; then the last look."""
        stage = self.stage
        stage.mortal.lives()
        stage.world.api_faults.clear()
        self._post("well")
        stage.mailbox.set_mode("ok")
        stage.relay.lose_verdicts = 0
        self.at_last()
        if self.lossy:
            self._reconcile()
            self._quiet(LONG)
            self.lossy = False
        self.history.look(sure=True)
        if self.leaves:
            leave_and_come_back(self)

    def at_last(self) -> None:
        """Everything waits out its pauses. Raises NeverSettled if something waits for longer."""
        if not self._quiet(LONG):
            raise NeverSettled("something still waits after hours")

    # What people do

    def _buy(self, who: str, lines: list[tuple[str, int]], status: str, test: bool) -> None:
        """Somebody buys what of it the shop sells."""
        stage = self.stage
        wanted = [(stage.variant(sku), units) for sku, units in lines]
        wishes = [(one.id, units, {}) for one, units in wanted if refusal(stage.store, one, units) is None]
        buyer = Customer(0, f"{who.lower()}@example.com", who, "Berg")
        self._try(partial(place_order, stage.world, stage.store, wishes, buyer, financial_status=status, test=test))

    def _edit(self, number: int, units: int) -> None:
        order = self.order(number)
        line = order.line_items[0]
        self._try(partial(add_units, self.stage.world, self.stage.store, order.id, line.id, units))

    def _edit_down(self, number: int, units: int, restock: bool) -> None:
        order = self.order(number)
        line = order.line_items[0]
        self._try(partial(remove_units, self.stage.world, self.stage.store, order.id, line.id, units, restock=restock))

    def _refund(self, number: int, units: int, kind: Any) -> None:
        order = self.order(number)
        back = Back(order.line_items[0].id, units, kind, self.stage.place if kind == "RETURN" else None)
        self._try(partial(refund, self.stage.world, self.stage.store, order.id, [back]))

    def _send_back(self, number: int, units: int, where: int | None) -> None:
        """Shipped units come back, and are put on a shelf, or on none."""
        world, store, order = self.stage.world, self.stage.store, self.order(number)

        def there_and_back() -> None:
            made = open_return(world, store, order.id, [(order.line_items[0].id, units)])
            kind, place = ("MISSING", None) if where is None else ("RESTOCKED", self.stage.places[where])
            dispose(world, store, made.lines[0].id, units, kind=kind, location_id=place)

        self._try(there_and_back)

    def _unship(self, number: int) -> None:
        for parcel in self.order(number).fulfillments:
            if parcel.status != "CANCELLED":
                self._try(partial(cancel_fulfilment, self.stage.world, self.stage.store, parcel.id))

    def _move(self, number: int, where: int, only: int) -> None:
        """Staff let another place ship an order; ``only`` so many units of each line, if it is not 0."""
        for part in self._parts(number):
            units = [(line.id, min(only, line.remaining)) for line in part.lines if line.remaining] if only else []
            self._try(partial(move, self.stage.world, self.stage.store, part.id, self.stage.places[where], units))

    def _split(self, number: int, units: int) -> None:
        for part in self._parts(number):
            if part.lines:
                self._try(partial(split, self.stage.world, self.stage.store, part.id, [(part.lines[0].id, units)]))

    def _merge(self, number: int) -> None:
        """Staff merge what can be merged, place by place."""
        by_place: dict[int, list[int]] = {}
        for part in self._parts(number):
            if part.status == "OPEN" and not part.at_a_service:
                by_place.setdefault(part.location_id, []).append(part.id)
        for ids in by_place.values():
            self._try(partial(merge, self.stage.world, self.stage.store, ids))

    def _grab(self, number: int, accepted: bool) -> None:
        """An order is sent to the fulfillment service, which has it at once."""
        self._move(number, 2, 0)
        for part in self._parts(number):
            self._try(partial(requesting.submit, self.stage.world, self.stage.store, part.id))
            if accepted:
                self._try(partial(requesting.accept, self.stage.world, self.stage.store, part.id))

    def _service_says(self, answer: str, number: int) -> None:
        asked = [part for part in self.stage.store.fulfillment_orders.values() if part.at_a_service]
        if asked:
            said = getattr(requesting, answer)
            self._try(partial(said, self.stage.world, self.stage.store, asked[number % len(asked)].id))

    def _overwrite(self, sku: str, available: int) -> None:
        """Another system believes in another number."""
        item = self.stage.variant(sku).item_id
        overwrite(self.stage.world, self.stage.store, item, self.stage.place, available)

    def _aside(self, sku: str, units: int) -> None:
        """Units are found damaged, or repaired, if any are."""
        stage, item = self.stage, self.stage.variant(sku).item_id
        damaged = stage.store.levels[item, stage.place].damaged
        set_aside(stage.world, stage.store, item, stage.place, "damaged", max(units, -damaged))

    def _till(self, sku: str, units: int) -> None:
        thing = self.stage.variant(sku).id
        self._try(partial(sell_over_counter, self.stage.world, self.stage.store, [(thing, units)], self.stage.place))

    def _draft(self, sku: str, units: int, reserved: bool) -> None:
        """Staff write a draft for somebody; everybody looks; then it becomes an order."""
        stage, buyer = self.stage, Customer(0, "finn@example.com", "Finn", "Berg")
        thing = stage.variant(sku).id
        draft = write_draft(stage.world, stage.store, [(thing, units)], buyer, reserve=reserved)
        self.settle()
        self._try(partial(complete_draft, stage.world, stage.store, draft.id))

    def _count_in_there(self, sku: str, units: int, where: int) -> None:
        stage = self.stage
        receive(stage.world, stage.store, stage.variant(sku).item_id, stage.places[where], units)

    def _parts(self, number: int) -> list[FulfillmentOrder]:
        """The fulfillment orders of an order that have something to ship."""
        self.stage.world.background.run_due()
        order = self.order(number)
        return [part for part in self.stage.store.fulfillment_orders_of(order.id) if part.remaining]

    def _cancel(self, number: int, restock: bool) -> None:
        order = self.order(number)
        self._try(partial(cancel_order, self.stage.world, self.stage.store, order.id, restock=restock))

    def _pay(self, number: int) -> None:
        waiting = [o for o in self.stage.store.orders.values() if o.financial_status in {"PENDING", "AUTHORIZED"}]
        if waiting:
            self._try(partial(mark_paid, self.stage.world, self.stage.store, waiting[number % len(waiting)].id))

    def _ship(self, number: int, only: int) -> None:
        """The warehouse ships what it may of an order; ``only`` so many units of each line, if it is not 0."""
        self.stage.world.background.run_due()
        for part in list(self.stage.store.fulfillment_orders_of(self.order(number).id)):
            if part.status in {"OPEN", "IN_PROGRESS"} and part.remaining:
                lines = {line.id: min(only, line.remaining) for line in part.lines if line.remaining} if only else None
                self._try(partial(ship, self.stage.world, self.stage.store, part.id, lines))

    def _count_in(self, sku: str, units: int) -> None:
        receive(self.stage.world, self.stage.store, self.stage.variant(sku).item_id, self.stage.place, units)

    def _correct(self, sku: str, by: int) -> None:
        stage = self.stage
        item = stage.variant(sku).item_id
        level = stage.store.levels[item, stage.place]
        correct(stage.world, stage.store, item, stage.place, available=level.available + by)

    def _book_in(self, number: int, units: int) -> None:
        stage = self.stage
        line = self._line(number)
        key = f"receipt {len(self.history.frames)} {line} {stage.time().isoformat()}"
        self.insist(
            lambda: book_in.book_in(stage.house, stage.shop_id, line, units, key=key, actor="Mara", now=stage.now())
        )

    def _goods_come(self, number: int, units: int, counted_first: bool) -> None:
        """A delivery: booked in by the merchant and counted in by the warehouse, one before the other."""
        po = sorted(self.stage.lines)[number % len(self.stage.lines)]
        sku = po.split("PO-")[1].split("/")[0]
        both = [lambda: self._book_in(number, units), lambda: self._count_in(sku, units)]
        for one in reversed(both) if counted_first else both:
            one()

    def _order_goods(self, sku: str, units: int, due_in: int) -> None:
        number = f"PO-{sku}/{len(self.stage.lines)}"
        self.insist(lambda: self.stage.place_order_for_goods(number, sku, units, due_in))
        self.stage.know_lines(number)
        self.history.ordered.add(sku)

    def _change_due(self, number: int, days: int) -> None:
        stage, line = self.stage, self._line(number)
        due_on = stage.now().date() + timedelta(days=days)
        self.insist(
            lambda: purchase.change_due(stage.house, stage.shop_id, line, due_on, actor="Mara", now=stage.now())
        )

    def _manage(self, sku: str, managed: bool) -> None:
        stage, variant = self.stage, self.stage.variant(sku)
        self.history.choose(sku, managed=managed)
        self.insist(
            lambda: manage.choose(
                stage.house, stage.shop_id, [variant.id], managed=managed, actor="Mara", now=stage.now()
            )
        )

    def _terms(self, name: str, value: Any) -> None:
        stage = self.stage
        if name == "lead_time_days":
            self.history.lead_time = True
        self.insist(lambda: manage.set_terms(stage.house, stage.shop_id, {name: value}, actor="Mara", now=stage.now()))

    def _serve_unpaid(self) -> None:
        """From now on; there is no way back. Everybody is heard of before, so that paid orders keep their moment."""
        self.settle()
        if not self.lossy:
            self.history.served_since = self.history.served_since or whole(self.stage.now())
            self._terms("payment_rule", "any")

    def _staff_release(self, number: int) -> None:
        for part in self.stage.store.fulfillment_orders_of(self.order(number).id):
            ids = tuple(one.id for one in part.holds if one.app_id != OTHER_APP)
            if ids:
                release(self.stage.world, self.stage.store, part.id, ids, app_id=None)

    def _another_app_holds(self, number: int) -> None:
        for part in self.stage.store.fulfillment_orders_of(self.order(number).id):
            one = partial(hold, self.stage.world, self.stage.store, part.id, reason="HIGH_RISK_OF_FRAUD")
            self._try(partial(one, handle="fraud", app_id=OTHER_APP))

    def _another_app_releases(self, number: int) -> None:
        for part in self.stage.store.fulfillment_orders_of(self.order(number).id):
            ids = tuple(one.id for one in part.holds if one.app_id == OTHER_APP)
            if ids:
                release(self.stage.world, self.stage.store, part.id, ids, app_id=OTHER_APP)

    def _policy(self, sku: str, policy: str) -> None:
        # The store's timestamps have whole seconds.
        self.stage.time.passes(2)
        set_policy(self.stage.world, self.stage.store, self.stage.variant(sku).id, policy)  # type: ignore[arg-type]

    def _rearm(self, sku: str) -> None:
        stage, variant = self.stage, self.stage.variant(sku)
        self.insist(lambda: manage.rearm(stage.house, stage.shop_id, variant.id, actor="Mara", now=stage.now()))

    def _days(self, days: int) -> None:
        self.stage.world.clock.advance(days * 86_400)

    def _reconcile(self) -> None:
        """The clock's own round; a store that cannot answer is asked again by the next one."""
        stage = self.stage
        try:
            reconcile.reconcile(stage.house, stage.shop_id, stage.now())
        except Died:
            stage.time.passes(LEASES.total_seconds())
        except StoreError:
            return

    def _sent_by_supplier(self, number: int) -> None:
        sending.have_sent(self, number)

    def _sent_from_here(self, number: int) -> None:
        sending.have_sent_from_here(self, number)

    def _passed_on(self) -> None:
        sending.pass_on_to(self)

    def _supplier_ships(self, number: int) -> None:
        sending.supplier_ships(self, number)

    def _leave(self, comes_back: bool) -> None:
        """In the end, when all is settled."""
        self.leaves, self.comes_back = True, comes_back

    def _settle(self) -> None:
        self.settle()

    def settle(self) -> None:
        """Everybody does what they have to, and the checker looks."""
        quiet = self._quiet(PATIENCE)
        self.history.look(sure=quiet and not self.lossy)

    def _quiet(self, patience: timedelta) -> bool:
        """Let everybody do what they have to, and Mara believe every count that the app asks about."""
        quiet = self.stage.settle(patience)
        while quiet and self._believe():
            quiet = self.stage.settle(patience)
        return quiet

    def _believe(self) -> bool:
        """Free what is set aside; False if nothing is."""
        stage = self.stage
        with stage.house.db.read() as tx:
            aside = levels.with_aside(tx, stage.shop_id)
        for level in aside:
            one = partial(believe.release, stage.house, stage.shop_id, level.item_id, level.location_id)
            self.insist(partial(one, level.aside.units, actor="Mara", now=stage.now()))
        return bool(aside)

    def _look(self, seconds: float) -> None:
        """Everybody works for some seconds, and no longer."""
        until = self.stage.time() + timedelta(seconds=seconds)
        while self.stage.time() < until:
            try:
                busy = self.stage.round()
            except Died:
                return
            if not busy:
                self.stage.time.passes(0.1)

    # What machines do

    def _pace(self, seconds: float) -> None:
        self.stage.pace = seconds

    def _dies(self, nth: int, before: bool) -> None:
        self.stage.mortal.dies(nth, before=before)

    def _post(self, manner: str) -> None:
        faults = self.stage.world.post.faults
        faults.doubled = manner in {"doubled", "bad"}
        faults.shuffled = manner in {"shuffled", "bad"}
        faults.spread = 5.0 if faults.shuffled else 0.0
        faults.late = 20.0 if manner == "late" else 0.0
        faults.lost = {"lost": 1.0, "bad": 0.4}.get(manner, 0.0)
        self.lossy |= faults.lost > 0

    def _breaks(self, status: int, after_effect: bool, naming: str) -> None:
        self.stage.world.api_faults.append(ApiFault(status, after_effect, naming))

    def _drain(self) -> None:
        self.stage.world.throttle.drain(self.stage.store.domain)

    def _mail(self, mood: str) -> None:
        if mood == "lost after DATA":
            self.stage.relay.lose_verdicts += 1
        else:
            self.stage.mailbox.set_mode(mood)

    # What they have in common

    def order(self, number: int) -> Order:
        """The order of a number, modulo how many there are."""
        known = list(self.stage.store.orders.values())
        return known[number % len(known)]

    def _line(self, number: int) -> int:
        return self.stage.lines[sorted(self.stage.lines)[number % len(self.stage.lines)]]

    def _try(self, doing: Callable[[], object]) -> None:
        """People try; the store may say no."""
        try:
            doing()
        except StoreSays:
            return

    def insist(self, doing: Callable[[], object]) -> None:
        """The merchant presses the button again if nothing came of it; what was done already is refused kindly."""
        for _ in range(2):
            try:
                doing()
            except Died:
                continue
            except (Refused, Unknown):
                return
            else:
                return
