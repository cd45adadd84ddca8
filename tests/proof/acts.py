"""What may happen in a town, as plain data: it can be drawn, written down, read again and made shorter.

An act is a list: its name and its arguments. Orders and purchase orders are named by a number that is taken modulo how many
there are, so that a shortened sequence still means something. The acts of machines (``MISHAPS``) never change what people
did: without them it is the same story.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

Act = list[Any]
Acts = list[Act]

BUYERS = ("Anna", "Ben", "Cleo", "Dora", "Emil")
MANAGED = ("AUR-1", "LIN-B")
GOODS = (*MANAGED, "OAK-1")
DOCUMENTS = ("", "fulfillmentOrderHold(", "fulfillmentOrderReleaseHold", "metafieldsSet", "tagsAdd", "productVariants")
ANSWERS = ("accept", "reject", "ask_back", "give_back", "refuse_to_give_back", "withdraw", "fail")
OFTEN = 8
LEAVING = 0.1  # of all stories end with the app leaving the shop, and half of these with it coming back
MISHAPS = frozenset({"dies", "post", "breaks", "drain", "mail", "look", "pace"})

Drawn = Callable[[random.Random], Act]


def _buy(dice: random.Random) -> Act:
    lines = [[sku, dice.choice((1, 1, 1, 2, 2, 3, 5))] for sku in dice.sample(GOODS, dice.choice((1, 1, 1, 2, 2, 3)))]
    if dice.random() < 0.7 and all(sku != "AUR-1" for sku, _ in lines):
        lines[0][0] = "AUR-1"
    paid = dice.choices(("PAID", "PENDING", "AUTHORIZED"), (8, 1, 1))[0]
    return ["buy", dice.choice(BUYERS), lines, paid, dice.random() < 0.05]


def _which(dice: random.Random) -> int:
    return dice.randrange(12)


def _goods(dice: random.Random) -> str:
    return dice.choices(GOODS, (6, 3, 1))[0]


PEOPLE: dict[str, tuple[int, Drawn]] = {
    "buy": (30, _buy),
    "count in": (13, lambda d: ["count in", _goods(d), d.choice((1, 2, 3, 5, 8))]),
    "book in": (6, lambda d: ["book in", _which(d), d.choice((1, 2, 3))]),
    "goods come": (14, lambda d: ["goods come", _which(d), d.choice((1, 2, 3, 5, 8)), d.random() < 0.5]),
    "ship": (9, lambda d: ["ship", _which(d), d.choice((0, 0, 0, 1))]),
    "cancel": (5, lambda d: ["cancel", _which(d), d.random() < 0.85]),
    "edit": (5, lambda d: ["edit", _which(d), d.choice((1, 2, 4))]),
    "edit down": (5, lambda d: ["edit down", _which(d), d.choice((1, 2, 3)), d.random() < 0.7]),
    "refund": (4, lambda d: ["refund", _which(d), d.choice((1, 2)), d.choice(("CANCEL", "NO_RESTOCK", "RETURN"))]),
    "send back": (3, lambda d: ["send back", _which(d), d.choice((1, 2)), d.choice((0, 0, 1, None))]),
    "unship": (2, lambda d: ["unship", _which(d)]),
    "move": (4, lambda d: ["move", _which(d), d.choice((0, 1, 1, 2)), d.choice((0, 0, 1, 2))]),
    "split": (2, lambda d: ["split", _which(d), d.choice((1, 2))]),
    "merge": (2, lambda d: ["merge", _which(d)]),
    "grab": (3, lambda d: ["grab", _which(d), d.random() < 0.7]),
    "service says": (4, lambda d: ["service says", d.choice(ANSWERS), _which(d)]),
    "overwrite": (1, lambda d: ["overwrite", _goods(d), d.choice((0, 0, 3))]),
    "aside": (2, lambda d: ["aside", _goods(d), d.choice((1, 2, -1, -2))]),
    "till": (2, lambda d: ["till", _goods(d), d.choice((1, 2))]),
    "draft": (2, lambda d: ["draft", _goods(d), d.choice((1, 2, 3)), d.random() < 0.5]),
    "count in there": (3, lambda d: ["count in there", _goods(d), d.choice((1, 2, 3)), d.choice((1, 2))]),
    "pay": (3, lambda d: ["pay", _which(d)]),
    "correct": (5, lambda d: ["correct", _goods(d), d.choice((-3, -1, -1, 1, 2))]),
    "order goods": (3, lambda d: ["order goods", d.choice(MANAGED), d.choice((3, 8, 20)), d.choice((3, 9, 30))]),
    "change due": (4, lambda d: ["change due", _which(d), d.choice((2, 5, 14, 40))]),
    "manage": (3, lambda d: ["manage", d.choice(GOODS), d.random() < 0.6]),
    "terms": (2, lambda d: ["terms", *d.choice((("handling_days", 4), ("receiving_days", 0), ("lead_time_days", 25)))]),
    "serve unpaid": (1, lambda _: ["serve unpaid"]),
    "staff release": (4, lambda d: ["staff release", _which(d)]),
    "another app holds": (3, lambda d: ["another app holds", _which(d)]),
    "another app releases": (2, lambda d: ["another app releases", _which(d)]),
    "policy": (3, lambda d: ["policy", d.choice(GOODS), d.choice(("CONTINUE", "DENY"))]),
    "rearm": (1, lambda d: ["rearm", d.choice(MANAGED)]),
    "reconcile": (2, lambda _: ["reconcile"]),
    "days": (4, lambda d: ["days", d.choice((1, 3, 9))]),
    "settle": (22, lambda _: ["settle"]),
}
MACHINES: dict[str, tuple[int, Drawn]] = {
    "dies": (4, lambda d: ["dies", d.randrange(1, 40), d.random() < 0.5]),
    "post": (5, lambda d: ["post", d.choice(("doubled", "shuffled", "late", "lost", "bad"))]),
    "breaks": (4, lambda d: ["breaks", d.choice((429, 500, 502)), d.random() < 0.5, d.choice(DOCUMENTS)]),
    "drain": (1, lambda _: ["drain"]),
    "mail": (2, lambda d: ["mail", d.choice(("down", "greylist", "lost after DATA"))]),
    "look": (2, lambda d: ["look", d.choice((0.1, 1.2))]),
}


# Beginnings of sequences that need somebody to wait, or to have been served; named among what is drawn often.
BEGINNINGS: dict[str, Acts] = {
    "waiting": [["buy", "Anna", [["AUR-1", 3]], "PAID", False], ["settle"]],
    "partly there": [["edit", 0, 1], ["settle"]],
    "served": [["buy", "Anna", [["AUR-1", 3]], "PAID", False], ["settle"], ["count in", "AUR-1", 3], ["settle"]],
}


def draw(seed: int, often: Sequence[str] = ()) -> Acts:
    """The acts of one sequence: 6 to 12, and in two of three sequences mishaps among them; some acts more ``often``."""
    dice = random.Random(seed)
    wheel = {**PEOPLE, **({} if dice.random() < 0.33 else MACHINES)}
    names, weights = list(wheel), [weight * (OFTEN if name in often else 1) for name, (weight, _) in wheel.items()]
    # Somebody buys first, or there is nothing to speak of. How long a round of everybody's work takes is chance.
    begin = next((BEGINNINGS[name] for name in often if name in BEGINNINGS), [_buy(dice)])
    return [
        ["pace", dice.choice((0.05, 1.1, 2.1, 2.1, 2.1))],
        *begin,
        *(wheel[dice.choices(names, weights)[0]][1](dice) for _ in range(dice.randint(5, 11))),
        *([["leave", dice.random() < 0.5]] if dice.random() < LEAVING else []),
    ]


def peaceful(acts: Sequence[Act]) -> Acts:
    """The same story without mishaps."""
    return [act for act in acts if act[0] not in MISHAPS]
