from __future__ import annotations

import os
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from fakes.sync_index import Index, nothing_to_do, renamed_of, todo_of
from ingest.sync import walk

Write = Callable[..., Path]


def test_hidden_and_lock_files_are_left_out(index: Index, folder: Path, write: Write) -> None:
    for name in (
        ".hidden",
        ".git/config",
        "sub/.cache/x.txt",
        "~$report.docx",
        "sub/~$a.xlsx",
        "~fine.txt",
        "seen.txt",
    ):
        write(name, "x")
    assert todo_of(index.sync(folder)) == ["docs/seen.txt", "docs/~fine.txt"]


def test_a_hidden_folder_that_is_named_is_meant(index: Index, tmp_path: Path) -> None:
    (tmp_path / ".notes").mkdir()
    (tmp_path / ".notes" / "a.txt").write_text("x")
    assert todo_of(index.sync(tmp_path / ".notes")) == [".notes/a.txt"]


def test_names_are_stored_composed_however_the_disk_spells_them(
    index: Index, folder: Path, write: Write
) -> None:
    spelled = unicodedata.normalize("NFD", "한글/보고서.txt")
    file = write(spelled, "x")
    work = index.sync(folder)
    assert todo_of(work) == ["docs/한글/보고서.txt"]
    assert work.todo[0].path == file
    assert nothing_to_do(index.sync(folder))
    composed = unicodedata.normalize("NFC", spelled)
    (folder / composed).parent.mkdir(exist_ok=True)
    file.rename(folder / composed)
    moved = index.sync(folder)  # the same document at another path
    assert renamed_of(moved) == [("docs/한글/보고서.txt", "docs/한글/보고서.txt")]
    assert (moved.todo, moved.gone) == ([], [])
    assert nothing_to_do(index.sync(folder))


def test_names_that_differ_only_in_their_unicode_form_are_two_documents(
    index: Index, folder: Path, write: Write
) -> None:
    write("가.txt", "composed")
    write(unicodedata.normalize("NFD", "가.txt"), "decomposed")
    if len(list(folder.iterdir())) == 1:
        pytest.skip("this file system does not keep the two apart")
    work = index.sync(folder)
    assert todo_of(work) == ["docs/가.txt", "docs/가.txt (2)"]
    assert len({task.sha256 for task in work.todo}) == 2
    assert nothing_to_do(index.sync(folder))


def test_a_name_that_is_no_text_is_refused_with_a_reason(index: Index, folder: Path, write: Write) -> None:
    try:
        for name in ("한글.txt", "글한.txt"):
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name.encode("cp949"))).write_text("x")
    except OSError:
        pytest.skip("this file system has only Unicode names")
    write("fine.txt", "x")
    work = index.sync(folder)
    assert todo_of(work) == ["docs/fine.txt"]
    assert len({task.uri for task, _ in work.unreadable}) == 2
    for task, reason in work.unreadable:
        assert reason == "its name is not valid UTF-8; rename it"
        (task.uri + str(task.path)).encode()  # can be stored and shown
    again = index.sync(folder)
    assert not again.todo
    assert not again.gone
    bad = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe"))
    bad.mkdir()
    with pytest.raises(ConfigError, match="not valid UTF-8"):
        index.sync(bad)


def test_the_order_of_files_is_stable(folder: Path, write: Write) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.txt", "c/d.txt", "B.txt"):
        write(name, "x")
    names = [file.relative_to(folder).as_posix() for file, *_ in walk(folder)]
    assert names == ["B.txt", "b.txt", "a/b.txt", "a/z.txt", "c/d.txt"]


def test_a_tree_deeper_than_the_interpreters_stack_is_walked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    depth = 1200
    for _ in range(depth):  # step by step: the whole path would be too long for some calls
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    Path("a.txt").write_text("x")
    monkeypatch.chdir(folder)
    try:
        assert [len(file.parts) - len(folder.parts) for file, *_ in walk(folder)] == [depth + 1]
    finally:
        subprocess.run(["rm", "-rf", "d"], check=True)  # shutil.rmtree recurses
