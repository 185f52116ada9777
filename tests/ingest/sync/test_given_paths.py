from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.models.folders import sha256_of
from chatbot.store.folder_files import FolderFiles
from fakes.sync_index import Index, gone_of, nothing_to_do, renamed_of, todo_of, unchanged_of
from ingest.sync import uploads_to_do

Write = Callable[..., Path]


def test_a_child_given_after_its_parent_changes_nothing(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    index.sync(folder)
    work = index.sync(folder / "sub")
    assert nothing_to_do(work)
    assert unchanged_of(work) == ["docs/sub/b.txt"]
    assert nothing_to_do(index.sync(folder))


def test_a_parent_given_after_its_child_takes_its_documents_over(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    assert todo_of(index.sync(folder / "sub")) == ["sub/b.txt"]
    work = index.sync(folder)
    assert (todo_of(work), renamed_of(work)) == (["docs/a.txt"], [("sub/b.txt", "docs/sub/b.txt")])
    for paths in ((folder / "sub",), (folder,), (folder, folder / "sub"), (folder / "sub", folder)):
        assert nothing_to_do(index.sync(*paths))
    (folder / "sub" / "b.txt").unlink()
    assert gone_of(index.sync(folder)) == ["docs/sub/b.txt"]


def test_a_single_file_beside_a_folder_does_not_rename_the_folder(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("a.txt", "x")
    index.sync(folder)
    (tmp_path / "note.txt").write_text("y")
    assert todo_of(index.sync(tmp_path / "note.txt")) == [f"{tmp_path.name}/note.txt"]
    assert nothing_to_do(index.sync(folder))


@pytest.mark.parametrize(
    "order", [("sub", "."), (".", "sub"), ("sub/b.txt", ".", "sub"), (".", ".", "sub/b.txt")]
)
def test_overlapping_paths_of_one_run_make_no_duplicates(
    index: Index, folder: Path, write: Write, order: tuple[str, ...]
) -> None:
    a, b = write("a.txt", "x"), write("sub/b.txt", "y")
    work = index.sync(*(folder / name for name in order))
    assert sorted(task.path for task in work.todo) == [a, b]
    for _ in range(2):
        assert nothing_to_do(index.sync(*(folder / name for name in order)))


def test_two_folders_of_the_same_name_stay_apart(index: Index, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "docs").mkdir(parents=True)
        (tmp_path / parent / "docs" / "a.txt").write_text(parent)
    assert todo_of(index.sync(tmp_path / "x" / "docs", tmp_path / "y" / "docs")) == [
        "docs/a.txt",
        "docs-2/a.txt",
    ]
    (tmp_path / "x" / "docs" / "a.txt").unlink()
    assert gone_of(index.sync(tmp_path / "y" / "docs")) == []  # the other folder is not asked about
    assert gone_of(index.sync(tmp_path / "x" / "docs")) == ["docs/a.txt"]


def test_single_files(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "x"), write("b.txt", "y")
    assert todo_of(index.sync(a)) == ["docs/a.txt"]
    assert todo_of(index.sync(a, b)) == ["docs/b.txt"]
    a.unlink()
    assert gone_of(index.sync(b)) == []  # only what was given is compared
    assert gone_of(index.sync(folder)) == ["docs/a.txt"]


def test_a_relative_path_means_the_same_file(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    index.sync(folder)
    monkeypatch.chdir(folder.parent)
    assert nothing_to_do(index.sync(Path("docs")))
    monkeypatch.chdir(folder)
    assert nothing_to_do(index.sync(Path()))
    assert nothing_to_do(index.sync(Path("../docs/./a.txt")))


def test_a_missing_path_is_an_error_before_anything_is_done(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    with pytest.raises(ConfigError, match=r"no file or folder at .*missing; check the path"):
        index.sync(folder, folder / "missing")
    assert index.rows == {}


def test_a_folder_that_disappeared_takes_its_documents_along(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    write("sub/deep/c.txt", "z")
    index.sync(folder)
    shutil.rmtree(folder / "sub")
    assert sorted(gone_of(index.sync(folder))) == ["docs/sub/b.txt", "docs/sub/deep/c.txt"]
    shutil.rmtree(folder)
    with pytest.raises(ConfigError, match=r"the index has 1 of its documents.*secondlook remove docs/a.txt"):
        index.sync(folder)
    assert set(index.rows) == {"docs/a.txt"}


def test_the_index_is_never_ingested(index: Index, folder: Path, write: Write) -> None:
    index.store = folder / "sub" / "index"
    write("sub/index/rag.db", "x")
    write("sub/index/files/abc", "x")
    write("sub/a.txt", "x")
    assert todo_of(index.sync(folder)) == ["docs/sub/a.txt"]
    for path in (index.store, index.store / "files"):
        with pytest.raises(ConfigError, match="belongs to the index"):
            index.sync(path)


def test_a_folder_that_moved_takes_its_label_and_documents_along(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        write(name, name)
    index.sync(folder)
    place = folder.rename(tmp_path / "archive")
    (place / "a.txt").unlink()
    (place / "new.txt").write_text("new")
    work = index.sync(place)
    assert work.relabelled == [("docs", place)]
    assert (todo_of(work), gone_of(work), renamed_of(work)) == (["docs/new.txt"], ["docs/a.txt"], [])
    assert work.notes == [f"the folder {folder} is now {place}; its documents moved along"]
    assert index.rows["docs/sub/c.txt"].path == place / "sub" / "c.txt"
    assert nothing_to_do(index.sync(place))
    assert not index.sync(place).notes


def test_a_folder_that_only_resembles_one_that_is_away_leaves_it_alone(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        write(name, name)
    index.sync(folder)
    (tmp_path / "copy").mkdir()
    for name in ("a.txt", "b.txt"):
        shutil.copy(folder / name, tmp_path / "copy")
    assert todo_of(index.sync(tmp_path / "copy")) == ["copy/a.txt", "copy/b.txt"]  # both are there
    folder.rename(tmp_path / "unplugged")
    work = index.sync(tmp_path / "copy")
    assert nothing_to_do(work)
    assert work.notes == [
        f"the folder {folder} is not there; its 4 documents stay; to remove them: secondlook remove docs"
    ]
    (tmp_path / "half").mkdir()
    for name in ("a.txt", "b.txt"):
        shutil.copy(tmp_path / "unplugged" / name, tmp_path / "half")
    assert todo_of(index.sync(tmp_path / "half")) == ["half/a.txt", "half/b.txt"]
    (tmp_path / "unplugged").rename(folder)
    assert nothing_to_do(index.sync(folder))


def test_uploads_are_never_gone(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    index.rows["uploads/u.txt"] = Index._row("uploads/u.txt", folder / "files" / "abc", "s", "v1", "indexed")
    assert gone_of(index.sync(folder)) == []


def test_uploads_are_made_again_from_their_content(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.write_text("x")
    sha256 = sha256_of(content)
    content.rename(tmp_path / sha256)
    (tmp_path / "damaged").write_text("other")
    rows = [
        Index._row("uploads/old.txt", tmp_path / sha256, sha256, "v1", "indexed"),
        Index._row("uploads/new.txt", tmp_path / sha256, sha256, "v2", "indexed"),
        Index._row("uploads/lost.txt", tmp_path / "lost", "lost", "v1", "indexed"),
        Index._row("uploads/damaged.txt", tmp_path / "damaged", "damaged", "v1", "indexed"),
        Index._row("docs/a.txt", tmp_path / "a.txt", sha256, "v1", "indexed"),
    ]
    work = uploads_to_do(rows, "v2", FolderFiles(tmp_path))
    assert [(t.uri, t.path, t.sha256, t.bytes, t.name) for t in work.todo] == [
        ("uploads/old.txt", tmp_path / sha256, sha256, 1, "old.txt")
    ]
    assert [note.split()[0] for note in work.notes] == ["uploads/lost.txt", "uploads/damaged.txt"]
