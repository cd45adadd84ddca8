"""How things go wrong when asked to: webhooks late, doubled, shuffled, lost; answers of the Admin API broken."""

import copy
import random
from dataclasses import dataclass, field

from devstore.model import Delivery


@dataclass(frozen=True)
class ApiFault:
    """How one answer of the store goes wrong; with ``after_effect`` the deed is done and only its answer lost.

    ``naming`` waits for the next request that has this word in it, ``shop`` for the next of that shop; empty: of all.
    ``silence`` is how many seconds the store says nothing before it fails. ``torn``: the answer is cut in its middle.
    ``beside``: the answer is good, but an error with this code stands beside its data. ``times`` is how often it strikes.
    """

    status: int = 502
    after_effect: bool = False
    naming: str = ""
    shop: str = ""
    silence: float = 0.0
    torn: bool = False
    beside: str = ""
    times: int = 1

    def strikes(self, shop: str, text: str) -> bool:
        """Whether this request is the one it waits for."""
        return self.naming in text and self.shop in {"", shop}


@dataclass
class Faults:
    """``late`` seconds before a first try, ``lost`` the fraction that never arrives, ``lose_next`` the next n.

    ``shuffled`` picks at random among what waits; each first try also waits up to ``spread`` seconds by chance, or a
    post that is quick would have nothing to pick among.
    """

    doubled: bool = False
    shuffled: bool = False
    spread: float = 0.0
    late: float = 0.0
    lost: float = 0.0
    lose_next: int = 0
    seed: int = 1
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def meddle(self, delivery: Delivery) -> list[Delivery]:
        """What really goes into the bag for one delivery: nothing, it, or it twice."""
        if self._loses():
            delivery.state = "lost"
            return []
        bag = [delivery]
        if self.doubled:
            bag.append(copy.copy(delivery))
            bag[-1].answers = []
        for each in bag:
            each.due += self.late + (self._dice.uniform(0, self.spread) if self.shuffled else 0.0)
        return bag

    def pick(self, ready: list[Delivery]) -> Delivery:
        """Which of the waiting goes next."""
        return self._dice.choice(ready) if self.shuffled else min(ready, key=lambda delivery: delivery.due)

    def _loses(self) -> bool:
        if self.lose_next > 0:
            self.lose_next -= 1
            return True
        return self.lost > 0 and self._dice.random() < self.lost
