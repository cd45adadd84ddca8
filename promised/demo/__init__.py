"""The demo: one promise kept, told as it happens, on a store that lives on this machine.

It speaks HTTP only: the store and the app run as processes of their own, and everybody in the story uses the doors that
people use.
"""

import os
import shutil
import sys
from pathlib import Path

from promised.demo.checking import StoryBroken
from promised.demo.machinery import Machinery
from promised.demo.people import Merchant, Shopper, Warehouse
from promised.demo.story import tell
from promised.demo.teller import Teller

PLACE = Path("var/demo")


def run(*, once: bool, counted_first: bool = False, bad_post: bool = False) -> int:
    """Tell the story; with ``once`` end then, else stay up for whoever wants to go on. 1 if it did not come true.

    ``counted_first``: the warehouse counts before the merchant books in. ``bad_post``: every webhook comes twice and in no
    order.
    """
    teller = Teller(sys.stdout)
    place = PLACE / str(os.getpid())
    try:
        with Machinery(place) as machinery:
            teller.addresses(machinery.addresses)
            merchant, shopper, warehouse = Merchant(machinery), Shopper(machinery), Warehouse(machinery)
            try:
                if bad_post:
                    warehouse.spoils_the_post()
                tell(teller, merchant, shopper, warehouse, counted_first=counted_first)
            except StoryBroken as broken:
                teller.broken(str(broken), machinery.log_tail())
                return 1
            teller.kept()
            if not once:
                teller.stays_up(machinery.addresses)
                machinery.wait_until_interrupted()
    except StoryBroken as broken:
        teller.broken(str(broken), "")
        return 1
    shutil.rmtree(place, ignore_errors=True)
    return 0
