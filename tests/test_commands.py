"""Commands and their pages: each is documented, each that is documented exists, none is heavy."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.main import main
from support.account import account
from support.command import ROOT, environment
from support.commands import PAGE, commands, options, page

KNOWN = dict(commands())
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
# Whatever takes long to import, and what is behind a door.
HEAVY = {
    *("duckdb", "polars", "httpx", "jinja2", "babel", "phonenumbers", "xlsxwriter", "fastexcel"),
    *("starlette", "uvicorn", "vobject", "rich", "smtplib", "sqlite3", "numpy", "pandas"),
}
_LOADED = """
import json, sys
from pipeline.cli.main import main
code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules.keys() & set(json.loads(sys.argv[2])))]))
"""


def loaded(arguments: list[str], environ: dict[str, str], folder: Path) -> tuple[int, set[str]]:
    """Run a command in a process of its own; returns its exit code, and what of HEAVY it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps(arguments), json.dumps(sorted(HEAVY))],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules)


def named(text: str) -> list[list[str]]:
    """Return the calls of `sms24` in a page, each as its words."""
    spans = re.findall(r"`(sms24 [^`\n]+)`", text)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    spans += [
        line[line.index("sms24 ") :] for line in lines if re.match(r"(\S+=\S+ )*sms24 ", line)
    ]
    return [re.split(r"\s[#|>]\s|\s#|;", span)[0].split() for span in spans]


def test_the_page_of_the_commands_is_current() -> None:
    """`docs/commands.md` has every command with every option, and nothing else: `make commands`."""
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_the_pages_call_exists(path: Path) -> None:
    """Each command that a page calls exists, and has the options that the page gives it."""
    for words in named(path.read_text("utf-8")):
        if not words[1:] or not re.fullmatch(r"[a-z][a-z-]*", words[1]):
            continue
        name = f"sms24 {words[1]}"
        assert name in KNOWN, words
        inner = f"{name} {words[2]}" if words[2:] else ""
        command = KNOWN.get(inner) or KNOWN.get(f"{name} plan") or KNOWN[name]
        known = {text for one in options(command) for text in (*one.opts, *one.secondary_opts)}
        given = {word.split("=")[0].rstrip(",.)]") for word in words if word.startswith("--")}
        assert given <= known | {"--help", "--version", "--config"}, words


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_command_and_option_says_what_it_is(name: str) -> None:
    """Each command has a help text, and each of its options one too."""
    assert KNOWN[name].help
    for option in options(KNOWN[name]):
        assert option.help or option.show_default, (name, option.name)


def test_no_option_takes_a_secret() -> None:
    """No flag takes a token or a password: everybody could read it in the list of processes."""
    found = [
        (name, option.name)
        for name, command in KNOWN.items()
        for option in options(command)
        if not option.is_flag and re.search("token|password|secret|passw", option.name or "")
    ]
    assert found == []


def test_help_loads_nothing(tmp_path: Path) -> None:
    """`sms24 --help` loads no library but that of the command line."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert loaded(["--help"], environ, tmp_path) == (0, set())


def test_the_help_of_every_command_loads_nothing(tmp_path: Path) -> None:
    """Listing all commands with their help loads no library that only their work needs."""
    tests = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
    code = (
        f"import sys; from support.commands import page; page(); print({HEAVY} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": tests},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_a_command_loads_what_it_uses(tmp_path: Path) -> None:
    """A build and a question load no HTTP, what fetches no templates, and nobody the emulator."""
    with account(tmp_path, messages=30, days=2) as known:
        known.run()
        environ = environment(known.settings)
        web = {"httpx", "starlette", "uvicorn", "smtplib"}
        files = {"jinja2", "xlsxwriter", "fastexcel", "vobject"}
        fetching = (web - {"httpx"}) | files | {"sqlite3"}
        forbidden = {
            ("sync",): fetching,
            ("sync", "--plan"): fetching,
            ("build",): web | files,
            ("status",): HEAVY - {"duckdb", "polars"},
            ("query", "select 1"): HEAVY - {"duckdb", "rich", "polars", "numpy"},
            ("report",): web | {"phonenumbers", "xlsxwriter", "sqlite3", "vobject", "rich"},
            ("contacts", "status"): HEAVY - {"sqlite3", "rich"},
            ("completion", "zsh"): HEAVY,
        }
        for arguments, wrong in forbidden.items():
            code, modules = loaded(list(arguments), environ, tmp_path)
            assert code == 0, arguments
            assert modules & wrong == set(), arguments


def test_polars_gives_back_what_it_frees() -> None:
    """A command lets polars keep no memory that it has freed, also where polars started it."""
    code = """if True:
        import os, sys
        from pipeline.cli.main import entry
        os._exit = lambda code: print(os.environ["_RJEM_MALLOC_CONF"])
        sys.argv = ["sms24", "--version"]
        entry()
    """
    left = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:500,muzzy_decay_ms:1000"}
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **left}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "dirty_decay_ms:0,muzzy_decay_ms:0"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each shell gets a script that asks the command itself."""
    assert main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert "_SMS24_COMPLETE" in said
    assert f"{shell}_complete" in said


def test_a_word_is_completed(tmp_path: Path) -> None:
    """Asked as a shell asks, the command gives the commands that begin so."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_SMS24_COMPLETE": "bash_complete",
        "COMP_WORDS": "sms24 contacts re",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipeline"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"plain,rebuild", "plain,rejects", "plain,resolve"} <= set(done.stdout.split())
