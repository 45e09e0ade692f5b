"""Whether the login opens the account, and how far the gateway's clock is from ours."""

from pipeline.clock import Clock
from pipeline.errors import GatewayError, UsageError
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.operate.finding import Finding, broken, look, ok
from pipeline.settings import Settings

# A minute in which no account has messages: the answer is as small as one can be.
_LONG_AGO = MessageQuery(begin="1971-01-01 00:00:00", end="1971-01-01 00:01:00", only_count=True)
_NEAR, _FAR = 30.0, 3600.0


def login(settings: Settings, clock: Clock) -> list[Finding]:
    """Return how the login is, by two small calls; nothing about clocks where it fails."""
    try:
        with Gateway(settings, clock=clock) as gateway:
            phones = len(gateway.device_ids())
            counted = gateway.count_messages(_LONG_AGO)
    except (GatewayError, UsageError) as error:
        return [broken("login", str(error), error.advice, error.exit_code)]
    text = f"The gateway at {settings.base_url} answers under this login: {phones:,} phones."
    if counted.gateway_time is None:
        return [ok("login", text), look("clock", "The gateway does not tell its time.")]
    ahead = (counted.call.answered_at - counted.gateway_time).total_seconds()
    return [ok("login", text), _clock(ahead)]


def _clock(ahead: float) -> Finding:
    """Return a finding about by how many seconds our clock is ahead."""
    if abs(ahead) <= _NEAR:
        return ok("clock", "This machine and the gateway have the same time.")
    way = "ahead of" if ahead > 0 else "behind"
    text = f"This machine's clock is {abs(ahead):,.0f} s {way} the gateway's."
    advice = "Let the clock be set from the network (timedatectl set-ntp true)."
    return broken("clock", text, advice) if abs(ahead) >= _FAR else look("clock", text, advice)
