"""Annotations: what was promised stands on the order itself, as a metafield and a tag."""

import json
from datetime import datetime

from backorder.access import open_store
from backorder.db import orders
from backorder.db.outbox import Due
from backorder.deliver.outcome import Outcome, done, void
from backorder.house import House
from backorder.promise import annotation

TAG = "backorder"


def annotate(house: House, due: Due, now: datetime) -> Outcome:  # noqa: ARG001 - a deliverer's signature
    """Write the order's metafield and tag as the books say now. Raises ChangedMeanwhile if somebody wrote in between."""
    with house.db.read() as tx:
        order = orders.get(tx, due.shop_id, due.subject)
        wanted = annotation(tx, due.shop_id, due.subject)
    if order is None or wanted is None:
        return void("the order is gone or never waited")
    text = json.dumps(wanted, sort_keys=True)
    if text == order.annotated:
        return done("nothing to change")
    store = open_store(house, due.shop_id)
    seen = store.order(due.subject)
    if seen is None:
        return void("the store no longer shows the order")
    if seen.promise != wanted:
        store.annotate(due.subject, wanted, seen.promise_digest)
    if wanted["waiting"] and TAG not in seen.tags:
        store.tags_add(due.subject, [TAG])
    if not wanted["waiting"] and TAG in seen.tags:
        store.tags_remove(due.subject, [TAG])
    with house.db.write() as tx:
        orders.annotated(tx, due.shop_id, due.subject, text)
    return done()
