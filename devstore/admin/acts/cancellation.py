"""``orderCancel``: agreed to at once, done a little later; a job tells when."""

import uuid

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.cancel import cancel_order, cancellable
from devstore.gids import gid
from devstore.saying import StoreSays

LONGEST_NOTE = 255

inputs("OrderCancelRefundMethodInput", "originalPaymentMethodsRefund")
payload("OrderCancelPayload", "job", errors="orderCancelUserErrors")


@mutation.field("orderCancel", "orderId", "reason", "refundMethod", "restock", "notifyCustomer", "staffNote")
def _cancel(_source: None, asking: Asking, args: Args) -> Payload:
    number = wanted(args["orderId"], "Order")

    def act() -> Payload:
        cancellable(asking.shop, number)
        if len(args.get("staffNote") or "") > LONGEST_NOTE:
            raise StoreSays("Staff note is too long (maximum is 255 characters).", ("staffNote",), "INVALID")
        job = str(uuid.uuid4())
        asking.shop.jobs[job] = False
        asking.world.background.later(asking.world.routing_delay, lambda: _do(asking, number, args, job))
        return {"job": {"id": gid("Job", job), "done": False}}

    return attempt(act, under="orderCancelUserErrors")


def _do(asking: Asking, number: int, args: Args, job: str) -> None:
    refund = bool((args.get("refundMethod") or {}).get("originalPaymentMethodsRefund"))
    with asking.world.lock:
        try:
            cancel_order(
                asking.world,
                asking.shop,
                number,
                restock=args["restock"],
                reason=args["reason"],
                refund=refund,
                note=args.get("staffNote"),
                by="app",
            )
        except StoreSays as said:
            # it shipped or was cancelled between the promise and the act: the job ends, the order tells
            asking.shop.note(asking.world.now(), "cancellation failed", "store", order_id=number, reason=said.message)
        asking.shop.jobs[job] = True
