"""The container file and the page on installing: what they promise, as far as a text shows it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "Containerfile").read_text("utf-8")
STEPS = [
    (line.split()[0], line.partition(" ")[2])
    for line in re.sub(r"\\\n\s*", "", TEXT).splitlines()
    if line and not line.startswith("#")
]


def test_a_container_needs_no_root() -> None:
    """The image's last user is a number that is not root's, set before it is entered."""
    users = [what for step, what in STEPS if step == "USER"]
    assert users == ["10001:10001"]
    order = [step for step, _ in STEPS]
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_a_container_holds_no_secret() -> None:
    """No login, no data and no address is put into the image."""
    assert {step for step, _ in STEPS}.isdisjoint({"ADD", "ARG"})
    assert re.search(r"TOKEN|PASSWORD|EMAIL|https?:", TEXT) is None
    copied = {name for step, what in STEPS if step == "COPY" for name in what.split()[:-1]}
    assert copied.isdisjoint({".", "data", ".git", "sms24.toml"})


def test_a_container_copies_what_the_wheel_is_made_of() -> None:
    """Everything that a build reads is there before it is called."""
    copied = {name for step, what in STEPS if step == "COPY" for name in what.split()[:-1]}
    made = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = made["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "pyproject.toml", "constraints.txt"}
    needed |= {made["project"]["readme"], *made["project"]["license-files"]}
    assert needed <= copied


def test_the_page_names_the_extras_as_they_are() -> None:
    """What the page injects beside the command are the requirements of the extras."""
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    made = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = made["project"]["optional-dependencies"]
    injected = set(re.findall(r"pipx inject sms24 '([^']+)'", page))
    assert injected == {*extras["pdf"], *extras["fast"]}
