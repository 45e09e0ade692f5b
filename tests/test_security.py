"""What `docs/security.md` promises of the code itself, and that the tests it names are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "telnetlib", "ftplib"}
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load"),
    *("ssl._create_unverified_context", "subprocess.getoutput", "subprocess.getstatusoutput"),
}
FORBIDDEN_WORDS = {
    "shell": True,
    "verify": False,
    "follow_redirects": True,
    "check_hostname": False,
}
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
EXCEPTION = re.compile(r"# noqa: (?P<rules>[A-Z0-9, ]+)(?P<rest>.*)")


def offences(text: str) -> list[str]:
    """Return what in a source runs what others wrote, or trusts whom it does not know."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in FORBIDDEN_MODULES]
        if isinstance(node, ast.ImportFrom) and node.module in FORBIDDEN_MODULES:
            found.append(node.module)
        if isinstance(node, ast.Call):
            found += [name for name in [ast.unparse(node.func)] if name in FORBIDDEN_CALLS]
            found += [
                str(word.arg)
                for word in node.keywords
                if word.arg in FORBIDDEN_WORDS
                and isinstance(word.value, ast.Constant)
                and word.value.value is FORBIDDEN_WORDS[word.arg]
            ]
        if isinstance(node, ast.Attribute) and node.attr == "CERT_NONE":
            found.append(node.attr)
    return found


def unreasoned(text: str) -> list[str]:
    """Return the lines that except themselves from a security rule without saying why."""
    found = []
    for line in text.splitlines():
        match = EXCEPTION.search(line)
        if match and re.search(r"\bS\d", match["rules"]) and " - " not in f" {match['rest']}":
            found.append(line.strip())
    return found


@pytest.mark.parametrize(
    "text",
    [
        *("import pickle", "from marshal import loads", "eval('1')", "os.system('ls')"),
        *("run(['ls'], shell=True)", "Client(verify=False)", "Client(follow_redirects=True)"),
        "context.verify_mode = ssl.CERT_NONE",
    ],
)
def test_an_offence_is_found(text: str) -> None:
    """Each kind of what is forbidden is seen by the rule that forbids it."""
    assert offences(text)


def test_nothing_runs_what_others_wrote() -> None:
    """No source evaluates, unpickles, calls a shell, follows redirects or trusts anybody."""
    found = {path.name: wrong for path in SOURCES if (wrong := offences(path.read_text("utf-8")))}
    assert found == {}


def test_every_exception_of_the_linter_has_a_reason() -> None:
    """Where a source excepts itself from a rule for security, the reason stands beside it."""
    assert unreasoned("x = 1  # noqa: S608") == ["x = 1  # noqa: S608"]
    assert unreasoned("x = 1  # noqa: S608 - our own names") == []
    found = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := unreasoned(path.read_text("utf-8")))
    }
    assert found == {}


def test_the_tests_that_the_page_names_are_there() -> None:
    """Each test of `docs/security.md` is a function of the file that it names."""
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text("utf-8"))
    missing = []
    for file, name in named:
        path = ROOT / "tests" / file
        is_there = path.is_file() and f"def {name}(" in path.read_text("utf-8")
        missing += [] if is_there else [f"{file}::{name}"]
    assert missing == []
    assert len(named) > 40
