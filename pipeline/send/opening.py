"""Log in, see whose account it is, and open what writes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pipeline.clock import Clock
from pipeline.errors import GatewayError
from pipeline.gateway.client import Gateway
from pipeline.gateway.writing import Writer
from pipeline.ledger.account import refuse_wrong_account
from pipeline.ledger.ledger import Ledger
from pipeline.settings import Settings


@contextmanager
def opened(
    settings: Settings, ledger: Ledger, *, clock: Clock, rate: float
) -> Iterator[tuple[Gateway, Writer]]:
    """Give what reads and what writes, for the account of this data folder.

    Raises GatewayError where the gateway cannot be asked whose account this is, WrongAccountError.
    """
    with ExitStack() as stack:
        try:
            gateway = stack.enter_context(Gateway(settings, clock=clock))
            writer = stack.enter_context(Writer(gateway, settings, clock=clock, rate=rate))
            refuse_wrong_account(gateway, ledger, settings.snapshot_path)
        except GatewayError as error:
            if error.advice == GatewayError.advice:  # it speaks of the snapshot
                error.advice = "Nothing was sent. Check SMS24_BASE_URL, or try again later."
            raise
        yield gateway, writer


def goes_by_password(settings: Settings) -> bool:
    """Whether single messages go by `smstosend`: where there is a password and no token."""
    return settings.token is None and settings.password is not None
