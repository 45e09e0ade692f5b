"""The floors of the house and the style bar, held by reading the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "errors": 0,
    "clock": 0,
    "futures": 0,
    "timetable": 0,
    "parsing": 0.5,
    "keys": 0.7,
    "vault": 0.8,
    "trust": 0.5,
    "paths": 0,
    "statuses": 0,
    "values": 0,
    "version": 0,
    "progress": 0,
    "masks": 0,
    "tally": 0.5,
    "interrupting": 0,
    "veil": 0.5,
    "logs": 0.7,
    "settings": 1,
    "journal": 1,
    "accounts": 1.5,
    "gateway": 2,
    "warehouse": 2,
    "ledger": 3,
    "extract": 4,
    "transform": 4,
    "contacts": 4,
    "send": 4,
    "report": 4,
    "notify": 4,
    "emulator": 4,
    "webhook": 4,
    "importing": 5,
    "session": 5,
    "telling": 5,
    "bulk": 5,
    "alerts": 5,
    "forgetting": 5.5,
    "run": 6,
    "operate": 6,
    "cli": 7,
    "__main__": 8,
}
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def place_of(path: Path) -> str:
    """Return the room, or the single file, that a source belongs to."""
    return path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Return every module that a source imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found.add(node.module or "")
    return found


def functions_of(path: Path) -> list[ast.FunctionDef]:
    """Return the functions and methods of a source."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def named(path: Path) -> str:
    """Return a source's name for the list of tests."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_imports_go_down_only(path: Path) -> None:
    """A file imports from lower floors, or from its own room; rooms do not know each other."""
    here = place_of(path)
    if here == "__init__":
        return
    for module in imports_of(path):
        if not module.startswith("pipeline."):
            continue
        there = module.split(".")[1]
        assert there == here or FLOORS[there] < FLOORS[here], f"{here} imports {module}"


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("duckdb", {"warehouse"}),
        ("httpx", {"gateway", "notify"}),
        ("smtplib", {"notify"}),
        ("jinja2", {"contacts", "report", "send"}),
        ("phonenumbers", {"contacts", "transform"}),
        ("rphonenumbers", {"contacts"}),
        ("sqlite3", {"contacts", "ledger"}),
        ("starlette", {"emulator", "webhook"}),
        ("uvicorn", {"emulator", "webhook"}),
        ("click", {"cli"}),
        ("rich", {"cli"}),
        ("fastexcel", {"contacts"}),
        ("vobject", {"contacts"}),
    ],
)
def test_a_library_lives_in_its_room(library: str, rooms: set[str]) -> None:
    """Each library behind a door is imported in its own room alone."""
    users = {
        place_of(path)
        for path in SOURCES
        if any(module.split(".")[0] == library for module in imports_of(path))
    }
    assert users == rooms


def test_only_the_command_line_prints() -> None:
    """Nothing but the room cli writes to the screen."""
    printers = {
        named(path)
        for path in SOURCES
        if place_of(path) != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "sys.stdout.write", "sys.stderr.write"}
    }
    assert printers == set()


def test_only_the_clock_asks_the_time() -> None:
    """The time is asked for in one file, so that everything else can be told."""
    asking = ("pendulum.now", "datetime.now", "time.time", "time.monotonic", "time.sleep")
    askers = {
        named(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in asking
    }
    assert askers == {"pipeline/clock.py"}


def test_there_are_no_import_circles() -> None:
    """No module is reached again by following its own imports."""
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): imports_of(path) for path in SOURCES
    }

    def reaches(start: str, now: str, seen: set[str]) -> bool:
        for module in graph.get(now, set()) - seen:
            seen.add(module)
            if module == start or reaches(start, module, seen):
                return True
        return False

    assert [name for name in graph if reaches(name, name, set())] == []


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=named)
def test_files_and_functions_fit_one_look(path: Path) -> None:
    """A file has at most 300 lines, a function at most 50."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    for function in functions_of(path):
        assert (function.end_lineno or 0) - function.lineno < 50, function.name


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    """Each module, and each public class and function in it, has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    definitions = [n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    for node in definitions:
        if not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_only_the_door_catches_everything() -> None:
    """`except Exception` stands once, in the command line's door."""
    broad = [
        named(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) == "Exception")
    ]
    assert broad == ["pipeline/cli/main.py"]


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_every_test_states_its_rule(path: Path) -> None:
    """Each test has a docstring: the rule that it proves, in one sentence."""
    for function in functions_of(path):
        if function.name.startswith("test_"):
            assert ast.get_docstring(function), function.name
