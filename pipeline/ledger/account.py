"""See whose account a login opens before anything is sent into it."""

import json
from pathlib import Path

from pipeline.errors import WrongAccountError
from pipeline.gateway.client import Gateway
from pipeline.ledger.ledger import Ledger

_KIND = "account"


def refuse_wrong_account(gateway: Gateway, ledger: Ledger, snapshot_path: Path) -> None:
    """Ask for the devices once; WrongAccountError where none of those known is among them.

    Known are the devices that the ledger has met, and those of the published snapshot. An account
    without devices cannot be told from another one.
    """
    listed = gateway.device_ids()
    met = frozenset(json.loads(ledger.notes.probe(_KIND) or "[]"))
    if not met & listed:
        known = met | _published(snapshot_path)
        if listed and known and not known & listed:
            raise WrongAccountError(
                "None of the devices known in this data folder answers under this login.",
                advice="Use another data folder for this account (SMS24_DATA_DIR). If all phones"
                " were replaced, run sms24 run first.",
            )
    if listed - met:
        ledger.notes.probed(_KIND, json.dumps(sorted(met | listed)))


def _published(path: Path) -> frozenset[int]:
    if not path.is_file():
        return frozenset()
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415 - loads seldom need it

    with open_snapshot(path) as snapshot:
        return frozenset(row["device_id"] for row in snapshot.rows("select device_id from devices"))
