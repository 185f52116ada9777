from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from chatbot.models.folders import sha256_of
from fakes.sync_index import Index, gone_of, nothing_to_do, renamed_of, todo_of, unchanged_of

Write = Callable[..., Path]


def test_new_changed_touched_and_deleted_files(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "one"), write("sub/b.txt", "two")
    first = index.sync(folder)
    assert todo_of(first) == ["docs/a.txt", "docs/sub/b.txt"]
    assert [(t.path, t.sha256, t.bytes, t.name) for t in first.todo] == [
        (a, sha256_of(a), 3, "a.txt"), (b, sha256_of(b), 3, "b.txt"),
    ]  # fmt: skip
    os.utime(a, (1, 1))
    again = index.sync(folder)
    assert nothing_to_do(again)
    assert unchanged_of(again) == ["docs/a.txt", "docs/sub/b.txt"]
    a.write_text("changed")
    assert todo_of(index.sync(folder)) == ["docs/a.txt"]
    b.unlink()
    gone = index.sync(folder)
    assert (gone_of(gone), unchanged_of(gone)) == (["docs/sub/b.txt"], ["docs/a.txt"])


def test_a_changed_parser_or_splitter_makes_everything_again(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "one")
    index.sync(folder)
    assert todo_of(index.sync(folder, made_by="v2")) == ["docs/a.txt"]
    assert nothing_to_do(index.sync(folder, made_by="v2"))


def test_renamed_and_moved_files_are_not_parsed_again(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    for name in ("b.txt", "B.txt", "deep/er/B.txt", "deep/B.txt", "가나.txt"):
        old = next(iter(index.rows))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        file = file.rename(folder / name)
        work = index.sync(folder)
        assert renamed_of(work) == [(old, f"docs/{name}")]
        assert (work.todo, work.gone) == ([], [])
        assert index.rows[f"docs/{name}"].path == file
        assert len(index.rows) == 1
        assert nothing_to_do(index.sync(folder))


def test_what_only_looks_like_a_rename_is_parsed(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    file = file.rename(folder / "a.md")  # another suffix is another parser
    work = index.sync(folder)
    assert (renamed_of(work), todo_of(work), gone_of(work)) == ([], ["docs/a.md"], ["docs/a.txt"])
    file = file.rename(folder / "b.md")
    work = index.sync(folder, made_by="v2")
    assert (renamed_of(work), todo_of(work), gone_of(work)) == ([], ["docs/b.md"], ["docs/a.md"])
    file.rename(folder / "c.md").write_text("edited")
    work = index.sync(folder, made_by="v2")
    assert (renamed_of(work), todo_of(work), gone_of(work)) == ([], ["docs/c.md"], ["docs/b.md"])


def test_several_renames_of_one_content_are_paired_by_name_and_then_in_order(
    index: Index, folder: Path, write: Write
) -> None:
    for name in ("old/1.txt", "old/2.txt", "old/3.txt"):
        write(name, "same")
    index.sync(folder)
    for name in ("new/0.txt", "new/2.txt", "new/7.txt", "new/8.txt"):
        write(name, "same")
    shutil.rmtree(folder / "old")
    work = index.sync(folder)
    assert sorted(renamed_of(work)) == [
        ("docs/old/1.txt", "docs/new/0.txt"),
        ("docs/old/2.txt", "docs/new/2.txt"),
        ("docs/old/3.txt", "docs/new/7.txt"),
    ]
    assert (todo_of(work), work.gone) == (["docs/new/8.txt"], [])


def test_a_file_moved_over_another_takes_its_place(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "one"), write("b.txt", "two")
    index.sync(folder)
    a.replace(b)
    assert renamed_of(index.sync(folder)) == [("docs/a.txt", "docs/b.txt")]
    assert set(index.rows) == {"docs/b.txt"}
    assert nothing_to_do(index.sync(folder))


def test_rotated_and_swapped_names_end_with_the_right_contents(
    index: Index, folder: Path, write: Write
) -> None:
    files = {name: write(f"{name}.txt", name) for name in ("a", "b", "x", "y")}
    index.sync(folder)
    files["b"].rename(folder / "c.txt")
    files["a"].rename(folder / "b.txt")
    files["x"].rename(folder / "z.txt")
    files["y"].rename(folder / "x.txt")
    (folder / "z.txt").rename(folder / "y.txt")
    index.sync(folder)
    assert {uri: row.sha256 for uri, row in index.rows.items()} == {
        f"docs/{name}.txt": sha256_of(folder / f"{name}.txt") for name in ("b", "c", "x", "y")
    }
    assert nothing_to_do(index.sync(folder))


def test_a_folder_and_a_file_may_change_places(index: Index, folder: Path, write: Write) -> None:
    write("sub/b.txt", "two")
    write("one.txt", "one")
    index.sync(folder)
    shutil.rmtree(folder / "sub")
    (folder / "one.txt").unlink()
    write("sub", "a file now")
    write("one.txt/inner.txt", "a folder now")
    work = index.sync(folder)
    assert todo_of(work) == ["docs/sub", "docs/one.txt/inner.txt"]
    assert sorted(gone_of(work)) == ["docs/one.txt", "docs/sub/b.txt"]
    assert nothing_to_do(index.sync(folder))


def test_a_given_folder_that_became_a_file_is_that_file(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "one")
    index.sync(folder)
    shutil.rmtree(folder)
    folder.write_text("a file now")
    work = index.sync(folder)
    assert (len(work.todo), gone_of(work)) == (1, ["docs/a.txt"])
    assert work.todo[0].path == folder
    assert nothing_to_do(index.sync(folder))


def test_a_change_that_keeps_time_and_size_is_seen(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert todo_of(index.sync(folder)) == ["docs/a.txt"]


def test_two_files_of_the_same_content_are_two_documents(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "same")
    write("b.txt", "same")
    assert todo_of(index.sync(folder)) == ["docs/a.txt", "docs/b.txt"]
    assert nothing_to_do(index.sync(folder))
