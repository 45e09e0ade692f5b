"""A data folder of its own over a snapshot that another test's account has published."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from support.account import Account


def beside(reported: Account, folder: Path, **changes: Any) -> Settings:
    """Return settings whose data folder holds the account's snapshot, and nothing else yet."""
    settings = replace(reported.settings, data_dir=folder / "data", **changes)
    settings.data_dir.mkdir()
    os.link(reported.settings.snapshot_path, settings.snapshot_path)
    return settings
