"""The switches of the emulator: each does what its row says, and the page lists them all."""

from pathlib import Path

import httpx
import pytest

from pipeline.cli.main import main
from pipeline.emulator.app import create_app
from pipeline.emulator.habits import TOKEN, Habits
from pipeline.emulator.switches import changed, switches, table, with_switches
from support.emulator import running_app
from support.switch_cases import CASES, PHONE, Probe, device, found, made, status_code

MANUAL = Path(__file__).parent.parent / "docs" / "emulator.md"
# Those that mean nothing without another one, or take time.
ELSEWHERE = {"day_ends", "too_heavy_kind", "answer_seconds"}


@pytest.mark.parametrize(
    ("name", "text", "probe", "usual", "set_"), CASES, ids=[case[0] for case in CASES]
)
def test_each_switch_does_what_its_row_says(
    name: str, text: str, probe: Probe, usual: object, set_: object
) -> None:
    """A switch changes what its row says: by itself it is one way, once set the other."""
    assert probe(made({})) == usual
    assert probe(made({name: text})) == set_


def test_every_switch_has_a_case() -> None:
    """No switch is without a case."""
    assert {case[0] for case in CASES} | ELSEWHERE == {switch.name for switch in switches()}


def test_a_day_that_is_cut_ends_at_its_midnight_or_not() -> None:
    """Where bounds are cut to days, an end is all of its day, or its midnight."""
    usual, floor = made({"grain": "86400"}), made({"grain": "86400", "day_ends": "floor"})
    assert [found(enddate="2026-11-02 23:00:00")(served) for served in (usual, floor)] == [1, 0]


def test_a_heavy_answer_fails_in_its_way() -> None:
    """Where answers are too heavy, the kind of the fault is a switch."""
    assert status_code(made({"too_heavy_rows": "0", "too_heavy_kind": "503"})) == 503


def test_an_answer_may_be_slow() -> None:
    """An answer that takes its seconds does not come before."""
    served = made({"answer_seconds": "0.4"})
    app = create_app(served.world, served.clock, served.habits)
    with running_app(app) as address, pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{address}/getalldevices", data={"token": TOKEN}, timeout=httpx.Timeout(10, read=0.1)
        )


def test_a_bad_message_may_end_its_batch() -> None:
    """Where a bad message ends a batch, those before it are kept, and the refusal is told."""
    served = made({"bad_item": "stops"})
    answer = served.batch({}, {"device_id": 1}, {})
    assert (answer["error"], answer["message"]) == (1, "Device not found")
    assert len(served.rows()) == 2


@pytest.mark.parametrize("again", ["same", "refused"])
def test_a_known_contact_is_in_its_tag_once(again: str) -> None:
    """A contact that is known has its old id, or is refused; in another tag it is a new one."""
    served = made({"contact_again": again})
    one, two = served.tag(PHONE), served.tag(PHONE)
    answer = served.ask("savecontact", tag_id=two, phone="+33 (6) 12 34 56 78")
    assert answer.get("contact_id") == (15_954_766 if again == "same" else None)
    assert served.gateway.account.contacts == {one: [PHONE], two: [PHONE]}


def test_a_newsletter_over_two_tags_may_go_once() -> None:
    """A number in two tags of a newsletter gets two messages, or one."""
    for text, messages in (("each", 2), ("once", 1)):
        served = made({"repeats": text})
        served.newsletter(served.tag(PHONE), served.tag(PHONE))
        assert len(served.rows()) == 1 + messages


@pytest.mark.parametrize(
    ("text", "kind"), [("null", type(None)), ("object", dict), ("text", str), ("list", list)]
)
def test_sims_come_in_four_ways(text: str, kind: type) -> None:
    """SIMs are a list, an object by slot, JSON in a text, or null."""
    assert type(device(made({"siminfo": text}))["siminfo"]) is kind


def test_a_value_is_read_as_it_is_told() -> None:
    """Each switch set to what it is by itself changes nothing; others are told as they were set."""
    assert with_switches(Habits(), {s.name: s.default for s in switches()}) == Habits()
    given = {name: text for name, text, *_ in CASES}
    habits = with_switches(Habits(), given)
    assert with_switches(Habits(), changed(habits)) == habits
    assert set(changed(habits)) == set(given)


@pytest.mark.parametrize(
    "text",
    [
        "pack=0", "pack=-1", "pack=x", "pack=", "counts=fair", "grain=7", "obeys_zone=1",
        "account_zone=Mars/Base", "device_zone=Mars/Base", "ends=5=1", "ends=7", "ends=7=0",
        "ends=7=-1", "hidden_sims=a", "speed=3", "__doc__=x", "speed",
    ],
)  # fmt: skip
def test_a_switch_without_sense_is_named(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no switch, or no value of it, is refused by name, with exit code 2."""
    assert main(["emulator", "--switch", text]) == 2
    said = capsys.readouterr().err
    assert repr(text.partition("=")[2] if "=" in text else text) in said or "no switch" in said
    assert "--switches lists them" in said


def test_the_page_lists_every_switch(capsys: pytest.CaptureFixture[str]) -> None:
    """The page has the table of all switches with their defaults, as the command shows it."""
    assert main(["emulator", "--switches"]) == 0
    assert capsys.readouterr().out.strip() == table()
    assert table() in MANUAL.read_text(encoding="utf-8")
    assert all(switch.meaning for switch in switches())
