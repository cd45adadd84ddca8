"""Handing a letter over to the mail relay: what it answered, and its rest when it is away."""

from datetime import timedelta
from email.message import EmailMessage

import structlog

from backorder.clock import transport_now
from backorder.db import rests
from backorder.db.outbox import State
from backorder.db.rests import RELAY
from backorder.deliver.outcome import Outcome, done, later
from backorder.house import House
from backorder.mail.outcome import MailBusy, MailError, MailRefused, MailUnknown, RelayAway
from backorder.mail.post import send

# A relay that is away is asked again soon, then every five minutes.
RELAY_REST, LONGEST_RELAY_REST = timedelta(seconds=2), timedelta(minutes=5)
DIED_LEAVING = "The letter was leaving when its sender died; it may have arrived."
NO_RELAY = "No mail server is configured: set SMTP_URL and try again."

log = structlog.get_logger(__name__)


def hand_over(house: House, smtp_url: str, message: EmailMessage) -> Outcome:
    """Give the message to the relay; what it answered, or that nobody knows."""
    try:
        sent = send(smtp_url, message)
    except MailUnknown as error:
        # What follows would leave into the same silence.
        _relay_rests(house, error)
        return Outcome(State.UNKNOWN, error=str(error))
    except RelayAway as error:
        _relay_rests(house, error)
        return later(str(error), RELAY_REST.total_seconds())
    except MailRefused as error:
        outcome = Outcome(State.PARKED, error=str(error))
    except MailBusy as error:
        outcome = later(str(error))
    else:
        outcome = done(f"{message['Message-ID']} {sent.reply}")
    _relay_listens(house)
    return outcome


def _relay_rests(house: House, error: MailError) -> None:
    """No letter of any shop is handed over for a while."""
    with house.db.write() as tx:
        until = rests.begin(tx, RELAY, transport_now(), RELAY_REST, LONGEST_RELAY_REST, str(error))
    log.warning("the mail relay rests", until=until.isoformat(), why=str(error))


def _relay_listens(house: House) -> None:
    """It gave its verdict on a letter, so it is well."""
    with house.db.read() as tx:
        poorly = rests.get(tx, RELAY) is not None
    if poorly:
        with house.db.write() as tx:
            rests.end(tx, RELAY)
        log.info("the mail relay listens again")
