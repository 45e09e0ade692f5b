"""One load as its parts see it."""

from dataclasses import dataclass

from pipeline.contacts.applied import Applied, ApplyMeans, ApplyOptions, Gateway, Plan
from pipeline.gateway.write_pace import Pace
from pipeline.interrupting import Interrupting
from pipeline.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a load works on and with; `applied` is filled while it goes on."""

    plan: Plan
    ledger: Ledger
    gateway: Gateway
    options: ApplyOptions
    means: ApplyMeans
    pace: Pace
    applied: Applied
    interrupting: Interrupting
