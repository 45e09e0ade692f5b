"""No secret is in what is committed: keys, tokens, logins in addresses, numbers of real people."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What is made, installed or fetched here, and what a version control keeps.
NOT_OURS = {".git", "data", "dist", "build", "__pycache__", "node_modules"}
LARGEST = 2_000_000
PATTERNS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "a token of a forge or a chat": r"\b(?:gh[pousr]_|glpat-|xox[abprs]-|pypi-)[0-9A-Za-z_-]{20,}",
    "a signed token": r"\beyJ[0-9A-Za-z_-]{15,}\.eyJ[0-9A-Za-z_-]{15,}\.",
    "a login in an address": r"\b[a-z]+://[^\s/:@'\"{}<>]+:[^\s/@'\"{}<>]{3,}@",
    "a token of the gateway": r"(?i)\btoken\b[\"']?\s*[=:]\s*[\"'][0-9a-f]{24,}[\"']",
}
# Made up, and known to be.
MADE_UP = ("emulator-token-0123456789abcdef", "example.com", "127.0.0.1", "user:pass")


def secrets_in(text: str) -> list[str]:
    """Return what kinds of secrets a text holds."""
    found = []
    for kind, pattern in PATTERNS.items():
        for match in re.finditer(pattern, text):
            line = text[text.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0]
            if not any(known in line for known in MADE_UP):
                found.append(kind)
    return found


def committed() -> Iterator[Path]:
    """Give every file of the project that is a text."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [n for n in folders if n not in NOT_OURS and not n.startswith((".v", "."))]
        for name in names:
            path = Path(folder, name)
            if path.stat().st_size <= LARGEST:
                yield path
    yield from (ROOT / ".ci").glob("*")


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "aws = AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1" * 18,
        "xoxb-" + "123456789012345678901",
        "https://user7:hunter2" + "@db.internal/x",
        'token = "' + "0123456789abcdef" * 2 + '"',
        "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.x",
    ],
)
def test_a_secret_is_found(text: str) -> None:
    """Each kind of secret is seen in a text that holds one."""
    assert len(secrets_in(f"first\n{text}\n")) == 1


def test_no_file_holds_a_secret() -> None:
    """No file of the project holds a key, a token or a login."""
    found: dict[str, list[str]] = {}
    seen = 0
    for path in committed():
        seen += 1
        wrong = secrets_in(path.read_bytes().decode("utf-8", "ignore"))
        if wrong:
            found[str(path.relative_to(ROOT))] = wrong
    assert found == {}
    assert seen > 400
