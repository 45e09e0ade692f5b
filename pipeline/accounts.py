"""Several accounts: a folder with a settings file for each, `NAME.toml` or `NAME/sms24.toml`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.keys import SETTINGS_FILE
from pipeline.settings import Settings, load_settings

# What makes an account: in the environment it would be that of all.
_OWN = ("token", "email", "password", "data_dir", "config")
# Exit codes, the worst first: of what ran, 4 goes before 3, and 3 before 6.
_WORST_FIRST = (130, 1, 2, 4, 3, 75, 6, 5)


@dataclass(frozen=True, slots=True)
class Member:
    """An account of a folder.

    Attributes:
        name: the name of its settings file, or of the folder that this is in.
        config: the settings file.
        settings: what it says; None where it is wrong.
        error: what is wrong with it.
    """

    name: str
    config: Path
    settings: Settings | None = None
    error: UsageError | None = None


def find_members(folder: Path, environ: Mapping[str, str]) -> tuple[Member, ...]:
    """Return the accounts of a folder by name; one that is set wrong has an error, and is one.

    Raises:
        UsageError: there is none; two have one name; or the environment sets what makes an account.
    """
    for key in _OWN:
        if environ.get(f"SMS24_{key.upper()}"):
            raise UsageError(
                f"SMS24_{key.upper()} is set, and would be that of every account.",
                advice="Unset it, and write it into the settings file of its account.",
            )
    found = {path: path.stem for path in folder.glob("*.toml")}
    found |= {path: path.parent.name for path in folder.glob(f"*/{SETTINGS_FILE}")}
    if not found:
        raise UsageError(
            f"The folder {folder} holds no account.",
            advice=f"Put a settings file for each into it: NAME.toml or NAME/{SETTINGS_FILE}.",
        )
    name, times = Counter(found.values()).most_common(1)[0]
    if times > 1:
        raise UsageError(
            f"Two accounts of {folder} are called {name}.", advice="Rename one of the two files."
        )
    pairs = sorted((name, path) for path, name in found.items())
    return _apart([_read(name, path, environ) for name, path in pairs])


def worst(codes: list[int]) -> int:
    """Return the exit code that speaks for several."""
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def _read(name: str, path: Path, environ: Mapping[str, str]) -> Member:
    try:
        return Member(name, path, load_settings(environ, config=path))
    except UsageError as error:
        return Member(name, path, error=error)


def _apart(members: list[Member]) -> tuple[Member, ...]:
    """Give an error to each account whose data folder is another's too."""
    folders = Counter(one.settings.data_dir.resolve() for one in members if one.settings)
    return tuple(
        one
        if one.settings is None or folders[one.settings.data_dir.resolve()] == 1
        else Member(
            one.name,
            one.config,
            error=UsageError(
                f"The account {one.name} shares its data folder with another one.",
                advice=f"Set data_dir in {one.config}.",
            ),
        )
        for one in members
    )
