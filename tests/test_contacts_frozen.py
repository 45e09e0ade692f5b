"""A frozen plan is exactly what was shown, or it is refused."""

import json
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.contacts.frozen import PlannedContact, freezing, load_plan
from pipeline.errors import UsageError, is_disk_full
from pipeline.warehouse.lock import writer_lock
from support.contacts import loaded, plan_text

TEXT = 'phone,name\n0612345678,"Jean, dit ""Jo"""\n0766666666,Zoé\nx,y\n'


def test_a_plan_is_read_back_as_it_was_frozen(tmp_path: Path) -> None:
    """A plan holds the tag, the file, the rules and the contacts in order; others cannot look."""
    summary = plan_text(tmp_path, TEXT)
    plan = loaded(summary)
    assert plan.id.startswith("2026-11-22T2114Z-")
    assert (plan.tag, plan.file, plan.total) == ("T", tmp_path / "contacts.csv", 2)
    assert plan.file_sha256 == summary.facts.sha256
    assert plan.counts == {"ready": 2, "rejected": 1, "blank": 0}
    assert plan.options["phones"]["region"] == "FR"
    assert list(plan.contacts()) == [
        PlannedContact(2, "+33612345678", 'Jean, dit "Jo"'),
        PlannedContact(3, "+33766666666", "Zoé"),
    ]
    assert stat.S_IMODE(plan.folder.stat().st_mode) == 0o700
    assert (plan.folder / "contacts.mapping.toml").exists()


def test_what_a_killed_planner_left_is_removed(tmp_path: Path) -> None:
    """The next plan removes a draft that nobody works on any more, and no other one."""
    runs = tmp_path / "data" / "runs"
    dead, alive = (runs / f".2026-11-22T2113Z-00000{n}.part" for n in range(2))
    for draft in (dead, alive):
        draft.mkdir(parents=True)
        (draft / "contacts.csv").write_text("line,e164\n")
    with writer_lock(alive, ".lock"):
        plan = loaded(plan_text(tmp_path, TEXT))
    assert sorted(path.name for path in runs.iterdir()) == [alive.name, plan.id]
    assert not (plan.folder / ".lock").exists()


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let no file grow beyond ten bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_no_draft(tmp_path: Path) -> None:
    """A draft is removed also where its last bytes cannot be written, and the disk is named."""

    def freeze() -> None:
        with freezing(tmp_path, "2026-11-22T2114Z-000000", ("phone", "name"), ",") as freezer:
            freezer.finish({})

    with pytest.raises(OSError, match="File too large") as caught:
        freeze()
    assert is_disk_full(caught.value)
    assert list((tmp_path / "runs").iterdir()) == []


def test_two_plans_of_the_same_minute_stand_side_by_side(tmp_path: Path) -> None:
    """The same file planned twice at once gives two plans with the same contacts."""
    first, second = plan_text(tmp_path, TEXT), plan_text(tmp_path, TEXT)
    assert first.plan_id != second.plan_id
    assert list(loaded(first).contacts()) == list(loaded(second).contacts())


@pytest.mark.parametrize("name", ["", "..", "2026-11-22T2114Z-000000", "../runs", "x" * 300])
def test_a_plan_that_is_not_there_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """An id that no plan has, or that is a path, is refused in a sentence."""
    (tmp_path / "runs").mkdir()
    with pytest.raises(UsageError, match="there is no plan"):
        load_plan(tmp_path, name)


def test_a_plan_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    """R22: a contact, the tag, the mapping or an option that differs makes the plan void."""
    plan = loaded(plan_text(tmp_path, TEXT))
    told = (plan.folder / "plan.json").read_text()
    changes = {"tag": "U", "options": {}, "mapping": {}, "rows": 1, "file_sha256": "0"}
    for key, value in changes.items():
        found = {**json.loads(told), key: value}
        (plan.folder / "plan.json").write_text(json.dumps(found))
        with pytest.raises(UsageError, match="damaged"):
            load_plan(tmp_path / "data", plan.id)
    (plan.folder / "plan.json").write_text(told)
    with (plan.folder / "contacts.csv").open("a") as stream:
        stream.write("9,+33612345679,Eve,,\n")
    with pytest.raises(UsageError, match="damaged"):
        load_plan(tmp_path / "data", plan.id)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"fingerprint": "x"}'])
def test_a_plan_with_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever stands in plan.json, there is a plan or a usage error."""
    plan = loaded(plan_text(tmp_path, TEXT))
    (plan.folder / "plan.json").write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        load_plan(tmp_path / "data", plan.id)


def test_a_plan_that_lost_its_contacts_is_refused(tmp_path: Path) -> None:
    """A plan without its list of contacts is damaged, not empty."""
    plan = loaded(plan_text(tmp_path, TEXT))
    (plan.folder / "contacts.csv").unlink()
    with pytest.raises(UsageError, match="damaged"):
        load_plan(tmp_path / "data", plan.id)


def test_r22_a_file_that_changed_since_the_plan_is_refused(tmp_path: Path) -> None:
    """R22: one byte more in the file is refused; a file that is gone is not."""
    plan = loaded(plan_text(tmp_path, TEXT))
    plan.refuse_changed_file()
    plan.file.write_text(TEXT + "\n")
    with pytest.raises(UsageError, match="has changed since"):
        plan.refuse_changed_file()
    plan.file.unlink()
    plan.refuse_changed_file()
