from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chatbot.models.folders import sha256_of
from fakes.sync_index import Index, gone_of, nothing_to_do, todo_of, unchanged_of

Write = Callable[..., Path]


def test_links_to_folders_are_not_followed(index: Index, folder: Path, write: Write, tmp_path: Path) -> None:
    write("real/a.txt", "x")
    (folder / "again").symlink_to(folder / "real", target_is_directory=True)
    (folder / "up").symlink_to(folder, target_is_directory=True)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.txt").write_text("secret")
    (folder / "out").symlink_to(tmp_path / "private", target_is_directory=True)
    work = index.sync(folder)
    assert todo_of(work) == ["docs/real/a.txt"]
    assert not work.unreadable


def test_a_link_to_a_file_outside_is_refused_unless_it_is_named(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text("secret")
    (folder / "outside.txt").symlink_to(tmp_path / "key.txt")
    (folder / "relative.txt").symlink_to("../key.txt")
    work = index.sync(folder)
    assert not work.todo
    assert {task.uri for task, reason in work.unreadable if "outside the folder" in reason} == {
        "docs/outside.txt",
        "docs/relative.txt",
    }
    for given in ((folder / "outside.txt",), (folder, folder / "outside.txt")):
        named = index.plan(*given)  # asked for by name, it is meant
        assert todo_of(named) == ["docs/outside.txt"]


def test_links_inside_the_folder_make_no_second_document(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    inside = write("b.txt", "x")
    (folder / "a.txt").symlink_to(inside)
    (folder / "c.txt").symlink_to("a.txt")
    hidden = write(".data/v1.txt", "y")
    (folder / "y1.txt").symlink_to(hidden)
    (folder / "y2.txt").symlink_to(hidden)
    assert todo_of(index.sync(folder)) == ["docs/b.txt", "docs/y1.txt"]
    assert nothing_to_do(index.sync(folder))
    assert unchanged_of(index.sync(folder / "a.txt")) == ["docs/b.txt"]
    (tmp_path / "elsewhere.txt").symlink_to(inside)
    assert unchanged_of(index.sync(tmp_path / "elsewhere.txt")) == ["docs/b.txt"]
    assert set(index.rows) == {"docs/b.txt", "docs/y1.txt"}


def test_a_link_into_the_index_is_refused(index: Index, folder: Path, write: Write) -> None:
    index.store = folder / "index"
    (folder / "a.txt").symlink_to(write("index/files/abc", "x"))
    assert [(task.uri, reason) for task, reason in index.sync(folder).unreadable] == [
        ("docs/a.txt", "is a link into the index itself")
    ]


def test_a_folder_given_by_its_path_and_through_a_link_is_one_folder(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("a.txt", "x")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    first = index.sync(tmp_path / "link", folder)
    assert todo_of(first) == ["docs/a.txt"]
    assert first.todo[0].path == folder / "a.txt"
    for given in (
        (tmp_path / "link",),
        (folder,),
        (tmp_path / "link" / "a.txt",),
        (folder, tmp_path / "link"),
    ):
        assert nothing_to_do(index.sync(*given))


def test_an_index_that_knows_a_folder_twice_keeps_one(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    """As earlier versions made it of a folder given by its path and through a link."""
    file = write("a.txt", "x")
    link = tmp_path / "alias"
    link.symlink_to(folder, target_is_directory=True)
    index.roots = {"alias": link, "docs": folder}
    for label, root in index.roots.items():
        uri = f"{label}/a.txt"
        index.rows[uri] = Index._row(uri, root / "a.txt", sha256_of(file), "v1", "indexed")
    assert gone_of(index.sync(folder)) == ["alias/a.txt"]
    assert nothing_to_do(index.sync(link))


def test_an_index_that_knows_a_folder_by_a_link_learns_its_real_path(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    file = write("a.txt", "x")
    link = tmp_path / "alias"
    link.symlink_to(folder, target_is_directory=True)
    index.roots = {"alias": link}
    index.rows["alias/a.txt"] = Index._row("alias/a.txt", link / "a.txt", sha256_of(file), "v1", "indexed")
    work = index.sync(folder)
    assert (work.relabelled, work.todo, work.gone) == ([("alias", folder)], [], [])
    assert index.rows["alias/a.txt"].path == file
    assert nothing_to_do(index.sync(link))
