"""The wheel and the source archive: what is in them, what they say, and that they work."""

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from pipeline.version import own_version

ROOT = Path(__file__).parent.parent
NAME = f"sms24-{own_version()}"
_FOUND = """
import pipeline.run
from pipeline.paths import resource_folder
from pipeline.report.render import render_page
from pipeline.transform.models import find_models
print(resource_folder("sql"), resource_folder("reports"), len(find_models()))
print(render_page("shelf.html", "fr", {"entries": []}).partition("<h1>")[2][:8])
"""


def built(kind: str, source: Path, folder: Path) -> Path:
    """Build a wheel or a source archive; returns its file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (found,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def names_of(wheel: Path) -> set[str]:
    """Return the names of a wheel's files."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def metadata(wheel: Path) -> Message:
    """Return what a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"{NAME}.dist-info/METADATA"))


def tracked(*folders: str) -> set[str]:
    """Return the files of some folders of ours, without what Python left there."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_its_sql_and_its_reports(wheel: Path) -> None:
    """Code, models and templates are in it, and nothing else: no test, no data."""
    ours = {name for name in names_of(wheel) if ".dist-info/" not in name}
    resources = {f"pipeline/{name}" for name in tracked("sql", "reports")}
    assert ours == tracked("pipeline") | resources
    assert len(resources) > 100


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    """Name, version, Python, licence and the command are in its metadata."""
    said = metadata(wheel)
    assert (said["Name"], said["Version"]) == ("sms24", own_version())
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "MIT"
    assert {"fast", "pdf"} <= set(said.get_all("Provides-Extra", []))
    with zipfile.ZipFile(wheel) as archive:
        points = archive.read(f"{NAME}.dist-info/entry_points.txt").decode()
    assert "sms24 = pipeline.cli.main:entry" in points
    assert f"{NAME}.dist-info/licenses/LICENSE" in names_of(wheel)


def test_the_installed_wheel_works(wheel: Path, tmp_path: Path) -> None:
    """Installed elsewhere it tells its version, finds its SQL, and speaks its languages."""
    place = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    given = ["--disable-pip-version-check", "--target", str(place), str(wheel)]
    subprocess.run([*pip, *given], check=True, capture_output=True)
    environ = {**os.environ, "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}

    def said(*command: str) -> str:
        done = subprocess.run(
            command, env=environ, cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout

    assert own_version() in said(str(place / "bin" / "sms24"), "--version")
    assert "delivery_daily" in said(str(place / "bin" / "sms24"), "models")
    folders, title = said(sys.executable, "-c", _FOUND).splitlines()
    sql, reports, models = folders.split()
    assert Path(sql).is_relative_to(place)
    assert Path(reports).is_relative_to(place)
    assert int(models) > 20
    assert title == "Rapports"


def test_the_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """It holds tests, docs and what builds them; a wheel made of it has the same files."""
    archive = built("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as packed:
        names = {name.removeprefix(f"{NAME}/") for name in packed.getnames()}
        packed.extractall(tmp_path / "source", filter="data")
    assert {"Makefile", "constraints.txt", "LICENSE", "docs/operate.md", "CHANGELOG.md"} <= names
    assert tracked("sql", "reports", "pipeline", "docs") <= names
    assert {name.split("/")[0] for name in names}.isdisjoint({"data", ".venv", "build", "dist"})
    again = built("wheel", tmp_path / "source" / NAME, tmp_path / "again")
    assert names_of(again) == names_of(wheel)
