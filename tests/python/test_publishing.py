"""Files that change together: after a kill before any step, or an error, all of them or none."""

import errno
import os
import shutil
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import pytest

from tasks import publishing

PARTS = ("a.duckdb", "b.csv", "site/index.html")  # what is published together
LEFT = {"a.duckdb", "b.csv", "site"}


def lay_out(folder: Path, words: str) -> None:
    (folder / "site").mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        (folder / part).write_text(words)


def publish(folder: Path) -> None:
    """Publishes `new` in place of `old`, as a report does: parts are made apart, then moved."""
    with publishing.change(folder) as new_form:
        new_forms = {part: new_form(folder / part) for part in LEFT}
        scratch = publishing.scratch(folder)
        lay_out(scratch, "new")
        for part, new in new_forms.items():
            shutil.move(scratch / part, new)


def seen(folder: Path) -> set[str]:
    """The words that a reader finds."""
    return {(folder / part).read_text() for part in PARTS}


def is_whole(folder: Path, words: str) -> bool:
    """Whether all is there with these words, and nothing else."""
    return seen(folder) == {words} and {path.name for path in folder.iterdir()} == LEFT


def killed_at(step: int, folder: Path) -> bool:
    """Publishes in a process that is killed before this line of ours; false when it was done."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] != 0
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in (publishing.__file__, __file__):
            return None
        count += event == "line"
        if count == step:
            os.kill(os.getpid(), 9)
        return trace

    sys.settrace(trace)
    publish(folder)
    os._exit(0)


@pytest.mark.full
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_kill_before_any_step_leaves_all_of_the_old_or_all_of_the_new(tmp_path: Path) -> None:
    ends = []
    for step in range(1, 10_000):
        folder = tmp_path / str(step)
        lay_out(folder, "old")
        was_killed = killed_at(step, folder)
        assert (folder / "a.duckdb").read_text() in ("old", "new"), step  # at any time
        publishing.settle(folder)
        assert len(seen(folder)) == 1, (step, seen(folder))
        ends += seen(folder)
        assert {path.name for path in folder.iterdir()} == LEFT, step
        shutil.rmtree(folder)
        if not was_killed:
            break
    assert ends == sorted(ends, reverse=True), "once decided, it is completed"
    assert ends.count("old") > 50
    assert ends.count("new") > 20


def test_an_error_leaves_the_old(tmp_path: Path) -> None:
    lay_out(tmp_path, "old")
    with pytest.raises(ZeroDivisionError), publishing.change(tmp_path) as new_form:
        new_form(tmp_path / "b.csv").write_text("new")
        _ = 1 / 0
    assert is_whole(tmp_path, "old")


def test_a_line_that_a_kill_cut_off_has_had_no_effect(tmp_path: Path) -> None:
    lay_out(tmp_path, "old")
    (tmp_path / ".b.csv.new").write_text("new")
    (tmp_path / ".publishing").write_bytes(b'"b.csv"\ndecid')
    publishing.settle(tmp_path)
    assert is_whole(tmp_path, "old")


@pytest.mark.parametrize("record", [b"\xff\n", b"{\n", b"1\ndecided\n"])
def test_a_damaged_record_is_named(tmp_path: Path, record: bytes) -> None:
    (tmp_path / ".publishing").write_bytes(record)
    with pytest.raises(publishing.Stopped, match=f"{tmp_path}/.publishing is damaged: delete it"):
        publishing.settle(tmp_path)


@pytest.mark.parametrize(
    ("owner", "step", "named"), [(Path, "rename", "site"), (shutil, "rmtree", ".site.old")]
)
def test_what_cannot_be_completed_now_is_completed_by_the_next_run(
    tmp_path, monkeypatch, owner, step, named
) -> None:
    lay_out(tmp_path, "old")

    def in_use(path: Path, *_: Path) -> None:
        # rmtree gives the bare name of a file somewhere in the folder
        raise PermissionError(errno.EACCES, "is open", path.name if step == "rmtree" else str(path))

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_try_to_replace", lambda target: None)
        patch.setattr(owner, step, in_use)
        words = f"^{tmp_path}/{named}: is open.* the next run continues"
        with pytest.raises(publishing.Stopped, match=words):
            publish(tmp_path)
    publishing.settle(tmp_path)
    assert is_whole(tmp_path, "new")


def test_a_log_of_the_old_database_goes_with_it(tmp_path: Path) -> None:
    lay_out(tmp_path, "old")
    with duckdb.connect(str(tmp_path / "killed.duckdb")) as connection:
        connection.execute("create table word as select 'old' as word")
        log = shutil.copy(tmp_path / "killed.duckdb.wal", tmp_path / "a.duckdb.wal")
    (tmp_path / "killed.duckdb").unlink()
    publish(tmp_path)
    assert not log.exists()
    assert is_whole(tmp_path, "new")


def test_one_run_at_a_time_in_a_folder(tmp_path: Path) -> None:
    with publishing.change(tmp_path):
        for second in (publishing.settle, publish):
            with pytest.raises(publishing.Busy, match="Another run is at work"):
                second(tmp_path)
        (tmp_path / "other").mkdir()
        lay_out(tmp_path / "other", "old")
        publish(tmp_path / "other")
    assert seen(tmp_path / "other") == {"new"}


def test_files_on_another_disk_change_together_too(small_disk: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, "old")
    (small_disk / "c.csv").write_text("old")
    with publishing.change(tmp_path) as new_form:
        new_form(small_disk / "c.csv").write_text("new")
        new_form(tmp_path / "b.csv").write_text("new")
    assert ((small_disk / "c.csv").read_text(), (tmp_path / "b.csv").read_text()) == ("new", "new")


def test_a_mount_point_is_refused_before_anything_is_made(small_disk: Path) -> None:
    (small_disk / "index.html").write_text("old")
    with pytest.raises(publishing.Stopped, match="disk cannot be replaced .*mount point"):
        with publishing.change(small_disk.parent) as new_form:
            new_form(small_disk)
            pytest.fail("it goes on")
    assert (small_disk / "index.html").read_text() == "old"
    assert {path.name for path in small_disk.parent.iterdir()} == {"disk"}
