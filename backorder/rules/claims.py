"""Claims: the open units of an order line at a location, and the order in which they are served."""

from dataclasses import dataclass
from datetime import date, datetime

Age = tuple[bool, int, datetime, int, int, int]


@dataclass(frozen=True)
class Claim:
    """Open (unshipped, uncancelled) units of one order line at one location.

    ``since`` is the later of the moment the units joined the order and the moment the shop's payment rule was first met,
    in the store's time; while the rule is not met, ``ready`` is false and the claim stands behind all that are ready.
    ``given`` units are covered by stock on hand, ``kept`` of them for good (domain §4); ``exposed`` units are not under
    a hold of ours, so a warehouse may ship them; ``in_works`` units are being packed or with a service, beyond recall.
    ``later`` are the units among them that an edit added since, with the moment they joined, oldest first; as a piece of a
    claim (rules.tranches) it has a ``tranche`` number instead.
    ``projected_on`` is when it was last worked out to ship, if it waits, and ``run`` whose lot decides that (rules.footing).
    A claim that is not ``routed`` has no fulfillment order yet: it has its place in the queue and is never released. One that is
    ``drop_shipped`` is sent by a supplier: it stands in no queue and is given nothing (rules.drop_ship).
    ``stopped_since``: since when somebody else holds all of it; one that was held for too long has ``lost_turn`` and is not ready until
    that hold ends (rules.foreign_holds).
    """

    line_id: int
    order_id: int
    item_id: int
    location_id: int
    units: int
    since: datetime
    ready: bool = True
    rank: int = 0
    given: int = 0
    kept: int = 0
    exposed: int = 0
    in_works: int = 0
    routed: bool = True
    later: tuple[tuple[datetime, int], ...] = ()
    tranche: int = 0
    projected_on: date | None = None
    run: int | None = None
    drop_shipped: bool = False
    stopped_since: datetime | None = None
    lost_turn: bool = False

    @property
    def age(self) -> Age:
        """The total order of the queue (domain §3). Ties cannot happen: line ids are unique."""
        return (not self.ready, self.rank, self.since, self.order_id, self.line_id, self.tranche)

    @property
    def backordered(self) -> int:
        """Units that no stock covers yet."""
        return self.units - self.given

    @property
    def stuck(self) -> int:
        """Units that no decision takes back: kept, or in the works, or both (domain §4).

        How many are both is not known unit by unit, but neither kind is under a hold of ours. So both are counted as far as
        units are exposed: 2 being packed and 3 others released are 5. Where that protects units that are neither, they were never
        held while others of their line are being packed: those that stay open for a while are kept all the same (domain §4 d).
        """
        return min(self.units, max(self.kept, self.in_works, min(self.kept + self.in_works, self.exposed)))

    def served(self, given: int, kept: int) -> "Claim":
        """This claim with what it is given now, and what it keeps of it."""
        if (given, kept) == (self.given, self.kept):
            return self
        # As ``replace`` would, without going through every field of ten thousand claims.
        other = object.__new__(Claim)
        of = other.__dict__
        of.update(self.__dict__)
        of["given"], of["kept"] = given, kept
        return other
