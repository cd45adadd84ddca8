"""What an order keeps because it was there long enough: nobody can tell whether it was not picked meanwhile (domain §4 d).

Units that a decision covered and that no hold of ours ever kept back are open to whoever packs. For some minutes they may go to
somebody else; after that the order keeps them, and only a person takes them away.
"""

from datetime import datetime, timedelta

from backorder.rules.claims import Claim


def kept_by_now(claim: Claim, now: datetime, patience: timedelta) -> int:
    """How many units a claim keeps, of those that it was given, once they were open for so long.

    Nothing more where something of it is to be held still (it exposes more than it was given), where somebody else holds it, or before
    the store has routed it: then they were not open. An edit's units are open since the edit.
    """
    if claim.given <= claim.kept or not claim.routed or not claim.ready or claim.stopped_since is not None:
        return claim.kept
    if claim.exposed > claim.given or claim.since + patience > now:
        return claim.kept
    fresh = sum(units for since, units in claim.later if since + patience > now)
    return max(claim.kept, min(claim.given, claim.exposed, claim.units - fresh))
