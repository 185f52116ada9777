from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.models.folders import sha256_of
from chatbot.store import DocumentRow
from ingest import sync
from ingest.sync import Plan, check_given, plan, uploads_to_do, walk

Write = Callable[..., Path]


@dataclass
class Index:
    """Documents and roots as an index keeps them between two runs."""

    store: Path
    rows: dict[str, DocumentRow] = field(default_factory=dict)
    roots: dict[str, Path] = field(default_factory=dict)

    def label(self, path: Path) -> str:
        """As ``Writer.label_root``."""
        for label, root in self.roots.items():
            if root == path:
                return label
        label, number = path.name, 1
        while label in self.roots:
            number += 1
            label = f"{path.name}-{number}"
        self.roots[label] = path
        return label

    def plan(self, *paths: Path, made_by: str = "v1") -> Plan:
        check_given(paths, self.store, self.rows.values)
        return plan(paths, list(self.rows.values()), self.roots, self.label, made_by, self.store)

    def sync(self, *paths: Path, made_by: str = "v1") -> Plan:
        """Plan and carry out, as far as names go."""
        work = self.plan(*paths, made_by=made_by)
        for label, path in work.relabelled:
            old, self.roots[label] = self.roots[label], path
            for uri, row in self.rows.items():
                if row.path.is_relative_to(old):
                    self.rows[uri] = replace(row, path=path / row.path.relative_to(old))
        for row, task in work.renamed:
            del self.rows[row.uri]
            self.rows[task.uri] = replace(row, uri=task.uri, path=task.path)
        for row in work.gone:
            del self.rows[row.uri]
        for task in work.todo:
            self.rows[task.uri] = self._row(task.uri, task.path, task.sha256, made_by, "indexed")
        for uri, path, reason in work.unreadable:
            self.rows[uri] = self._row(uri, path, "", made_by, "refused", reason)
        return work

    @staticmethod
    def _row(uri: str, path: Path, sha256: str, made_by: str, status: str, reason: str = "") -> DocumentRow:
        return DocumentRow(uri, path, sha256, made_by, status, reason, "text", "", 1, 0, "", 1)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "store")


def _todo(work: Plan) -> list[str]:
    return [task.uri for task in work.todo]


def _unchanged(work: Plan) -> list[str]:
    return [row.uri for row in work.unchanged]


def _gone(work: Plan) -> list[str]:
    return [row.uri for row in work.gone]


def _renamed(work: Plan) -> list[tuple[str, str]]:
    return [(row.uri, task.uri) for row, task in work.renamed]


def _nothing_to_do(work: Plan) -> bool:
    return not (work.todo or work.gone or work.unreadable or work.renamed or work.relabelled or work.left)


def test_new_changed_touched_and_deleted_files(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "one"), write("sub/b.txt", "two")
    first = index.sync(folder)
    assert _todo(first) == ["docs/a.txt", "docs/sub/b.txt"]
    assert [(t.path, t.sha256, t.bytes, t.name) for t in first.todo] == [
        (a, sha256_of(a), 3, "a.txt"), (b, sha256_of(b), 3, "b.txt"),
    ]  # fmt: skip
    os.utime(a, (1, 1))
    again = index.sync(folder)
    assert _nothing_to_do(again)
    assert _unchanged(again) == ["docs/a.txt", "docs/sub/b.txt"]
    a.write_text("changed")
    assert _todo(index.sync(folder)) == ["docs/a.txt"]
    b.unlink()
    gone = index.sync(folder)
    assert (_gone(gone), _unchanged(gone)) == (["docs/sub/b.txt"], ["docs/a.txt"])


def test_a_changed_parser_or_splitter_makes_everything_again(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "one")
    index.sync(folder)
    assert _todo(index.sync(folder, made_by="v2")) == ["docs/a.txt"]
    assert _nothing_to_do(index.sync(folder, made_by="v2"))


def test_renamed_and_moved_files_are_not_parsed_again(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    for name in ("b.txt", "B.txt", "deep/er/B.txt", "deep/B.txt", "가나.txt"):
        old = next(iter(index.rows))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        file = file.rename(folder / name)
        work = index.sync(folder)
        assert _renamed(work) == [(old, f"docs/{name}")]
        assert (work.todo, work.gone) == ([], [])
        assert index.rows[f"docs/{name}"].path == file
        assert len(index.rows) == 1
        assert _nothing_to_do(index.sync(folder))


def test_what_only_looks_like_a_rename_is_parsed(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    file = file.rename(folder / "a.md")  # another suffix is another parser
    work = index.sync(folder)
    assert (_renamed(work), _todo(work), _gone(work)) == ([], ["docs/a.md"], ["docs/a.txt"])
    file = file.rename(folder / "b.md")
    work = index.sync(folder, made_by="v2")
    assert (_renamed(work), _todo(work), _gone(work)) == ([], ["docs/b.md"], ["docs/a.md"])
    file.rename(folder / "c.md").write_text("edited")
    work = index.sync(folder, made_by="v2")
    assert (_renamed(work), _todo(work), _gone(work)) == ([], ["docs/c.md"], ["docs/b.md"])


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
    assert sorted(_renamed(work)) == [
        ("docs/old/1.txt", "docs/new/0.txt"),
        ("docs/old/2.txt", "docs/new/2.txt"),
        ("docs/old/3.txt", "docs/new/7.txt"),
    ]
    assert (_todo(work), work.gone) == (["docs/new/8.txt"], [])


def test_a_file_moved_over_another_takes_its_place(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "one"), write("b.txt", "two")
    index.sync(folder)
    a.replace(b)
    assert _renamed(index.sync(folder)) == [("docs/a.txt", "docs/b.txt")]
    assert set(index.rows) == {"docs/b.txt"}
    assert _nothing_to_do(index.sync(folder))


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
    assert _nothing_to_do(index.sync(folder))


def test_a_folder_and_a_file_may_change_places(index: Index, folder: Path, write: Write) -> None:
    write("sub/b.txt", "two")
    write("one.txt", "one")
    index.sync(folder)
    shutil.rmtree(folder / "sub")
    (folder / "one.txt").unlink()
    write("sub", "a file now")
    write("one.txt/inner.txt", "a folder now")
    work = index.sync(folder)
    assert _todo(work) == ["docs/sub", "docs/one.txt/inner.txt"]
    assert sorted(_gone(work)) == ["docs/one.txt", "docs/sub/b.txt"]
    assert _nothing_to_do(index.sync(folder))


def test_a_given_folder_that_became_a_file_is_that_file(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "one")
    index.sync(folder)
    shutil.rmtree(folder)
    folder.write_text("a file now")
    work = index.sync(folder)
    assert (len(work.todo), _gone(work)) == (1, ["docs/a.txt"])
    assert work.todo[0].path == folder
    assert _nothing_to_do(index.sync(folder))


def test_a_change_that_keeps_time_and_size_is_seen(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert _todo(index.sync(folder)) == ["docs/a.txt"]


def test_two_files_of_the_same_content_are_two_documents(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "same")
    write("b.txt", "same")
    assert _todo(index.sync(folder)) == ["docs/a.txt", "docs/b.txt"]
    assert _nothing_to_do(index.sync(folder))


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
    assert _todo(index.sync(folder)) == ["docs/seen.txt", "docs/~fine.txt"]


def test_a_hidden_folder_that_is_named_is_meant(index: Index, tmp_path: Path) -> None:
    (tmp_path / ".notes").mkdir()
    (tmp_path / ".notes" / "a.txt").write_text("x")
    assert _todo(index.sync(tmp_path / ".notes")) == [".notes/a.txt"]


def test_names_are_stored_composed_however_the_disk_spells_them(
    index: Index, folder: Path, write: Write
) -> None:
    spelled = unicodedata.normalize("NFD", "한글/보고서.txt")
    file = write(spelled, "x")
    work = index.sync(folder)
    assert _todo(work) == ["docs/한글/보고서.txt"]
    assert work.todo[0].path == file
    assert _nothing_to_do(index.sync(folder))
    composed = unicodedata.normalize("NFC", spelled)
    (folder / composed).parent.mkdir(exist_ok=True)
    file.rename(folder / composed)
    moved = index.sync(folder)  # the same document at another path
    assert _renamed(moved) == [("docs/한글/보고서.txt", "docs/한글/보고서.txt")]
    assert (moved.todo, moved.gone) == ([], [])
    assert _nothing_to_do(index.sync(folder))


def test_names_that_differ_only_in_their_unicode_form_are_two_documents(
    index: Index, folder: Path, write: Write
) -> None:
    write("가.txt", "composed")
    write(unicodedata.normalize("NFD", "가.txt"), "decomposed")
    if len(list(folder.iterdir())) == 1:
        pytest.skip("this file system does not keep the two apart")
    work = index.sync(folder)
    assert _todo(work) == ["docs/가.txt", "docs/가.txt (2)"]
    assert len({task.sha256 for task in work.todo}) == 2
    assert _nothing_to_do(index.sync(folder))


def test_a_name_that_is_no_text_is_refused_with_a_reason(index: Index, folder: Path, write: Write) -> None:
    try:
        for name in ("한글.txt", "글한.txt"):
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name.encode("cp949"))).write_text("x")
    except OSError:
        pytest.skip("this file system has only Unicode names")
    write("fine.txt", "x")
    work = index.sync(folder)
    assert _todo(work) == ["docs/fine.txt"]
    assert len({uri for uri, _, _ in work.unreadable}) == 2
    for uri, path, reason in work.unreadable:
        assert reason == "its name is not valid UTF-8; rename it"
        (uri + str(path)).encode()  # can be stored and shown
    again = index.sync(folder)
    assert not again.todo
    assert not again.gone
    bad = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe"))
    bad.mkdir()
    with pytest.raises(ConfigError, match="not valid UTF-8"):
        index.sync(bad)


def test_what_is_no_file_is_refused_with_a_reason(
    index: Index,
    folder: Path,
    write: Write,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("fine.txt", "x")
    os.mkfifo(folder / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    request.addfinalizer(server.close)
    monkeypatch.chdir(folder)  # a socket's path may have 108 bytes
    server.bind("socket.txt")
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    work = index.sync(folder)
    assert _todo(work) == ["docs/fine.txt"]
    reasons = {uri: reason for uri, _, reason in work.unreadable}
    assert reasons["docs/pipe.txt"] == reasons["docs/socket.txt"] == "cannot be read: not a regular file"
    assert reasons["docs/broken.txt"] == "cannot be read: No such file or directory"
    assert reasons["docs/loop.txt"].startswith("cannot be read: ")
    again = index.sync(folder)  # known and not stored anew
    assert _nothing_to_do(again)
    assert len(again.unchanged) == 5
    del index.rows["docs/pipe.txt"]
    alone = index.plan(folder / "pipe.txt")
    assert alone.unreadable == [("docs/pipe.txt", folder / "pipe.txt", "cannot be read: not a regular file")]


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.txt", "x")
    before = file.stat()
    file.unlink()
    os.mkfifo(file)
    monkeypatch.setattr(Path, "stat", lambda *_, **__: before)  # looked at before it was replaced
    with pytest.raises(OSError, match="not a regular file"):
        sync.digest_of(file)


def test_a_device_is_refused(index: Index, folder: Path) -> None:
    (folder / "null.txt").symlink_to("/dev/null")
    assert index.plan(folder / "null.txt").unreadable[0][2] == "cannot be read: not a regular file"


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[None]:
    """Permissions mean nothing to root: give them up for a while."""
    if os.geteuid() != 0:
        yield
        return
    opened = [
        p for p in [tmp_path, *tmp_path.parents] if p.stat().st_uid == 0 and p.stat().st_mode & 0o777 == 0o700
    ]
    for parent in opened:
        parent.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for parent in opened:
            parent.chmod(0o700)


def test_what_may_not_be_read_is_refused_and_its_documents_stay(
    index: Index, folder: Path, write: Write, request: pytest.FixtureRequest
) -> None:
    secret, inner = write("secret.txt", "x"), write("locked/inner.txt", "y")
    write("fine.txt", "z")
    index.sync(folder)
    secret.chmod(0)
    inner.parent.chmod(0)
    request.getfixturevalue("as_nobody")
    work = index.sync(folder)
    assert {(uri, reason) for uri, _, reason in work.unreadable} == {
        ("docs/secret.txt", "cannot be read: Permission denied"),
        ("docs/locked", "cannot be read: Permission denied"),
    }
    assert work.gone == []
    assert _unchanged(work) == ["docs/fine.txt"]
    assert _nothing_to_do(index.sync(folder))
    assert "docs/locked/inner.txt" in index.rows


def test_a_folder_that_can_be_read_again_is_no_longer_refused(
    index: Index, folder: Path, write: Write
) -> None:
    write("locked/inner.txt", "y")
    index.rows["docs/locked"] = Index._row("docs/locked", folder / "locked", "", "v1", "refused")
    index.roots["docs"] = folder
    work = index.sync(folder)
    assert (_todo(work), _gone(work)) == (["docs/locked/inner.txt"], ["docs/locked"])


def test_links_to_folders_are_not_followed(index: Index, folder: Path, write: Write, tmp_path: Path) -> None:
    write("real/a.txt", "x")
    (folder / "again").symlink_to(folder / "real", target_is_directory=True)
    (folder / "up").symlink_to(folder, target_is_directory=True)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.txt").write_text("secret")
    (folder / "out").symlink_to(tmp_path / "private", target_is_directory=True)
    work = index.sync(folder)
    assert _todo(work) == ["docs/real/a.txt"]
    assert not work.unreadable


def test_a_link_to_a_file_outside_is_refused_unless_it_is_named(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text("secret")
    (folder / "outside.txt").symlink_to(tmp_path / "key.txt")
    (folder / "relative.txt").symlink_to("../key.txt")
    work = index.sync(folder)
    assert not work.todo
    assert {uri for uri, _, reason in work.unreadable if "outside the folder" in reason} == {
        "docs/outside.txt",
        "docs/relative.txt",
    }
    for given in ((folder / "outside.txt",), (folder, folder / "outside.txt")):
        named = index.plan(*given)  # asked for by name, it is meant
        assert _todo(named) == ["docs/outside.txt"]


def test_links_inside_the_folder_make_no_second_document(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    inside = write("b.txt", "x")
    (folder / "a.txt").symlink_to(inside)
    (folder / "c.txt").symlink_to("a.txt")
    hidden = write(".data/v1.txt", "y")
    (folder / "y1.txt").symlink_to(hidden)
    (folder / "y2.txt").symlink_to(hidden)
    assert _todo(index.sync(folder)) == ["docs/b.txt", "docs/y1.txt"]
    assert _nothing_to_do(index.sync(folder))
    assert _unchanged(index.sync(folder / "a.txt")) == ["docs/b.txt"]
    (tmp_path / "elsewhere.txt").symlink_to(inside)
    assert _unchanged(index.sync(tmp_path / "elsewhere.txt")) == ["docs/b.txt"]
    assert set(index.rows) == {"docs/b.txt", "docs/y1.txt"}


def test_a_link_into_the_index_is_refused(index: Index, folder: Path, write: Write) -> None:
    index.store = folder / "index"
    (folder / "a.txt").symlink_to(write("index/files/abc", "x"))
    assert [(uri, reason) for uri, _, reason in index.sync(folder).unreadable] == [
        ("docs/a.txt", "is a link into the index itself")
    ]


def test_a_folder_given_by_its_path_and_through_a_link_is_one_folder(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("a.txt", "x")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    first = index.sync(tmp_path / "link", folder)
    assert _todo(first) == ["docs/a.txt"]
    assert first.todo[0].path == folder / "a.txt"
    for given in (
        (tmp_path / "link",),
        (folder,),
        (tmp_path / "link" / "a.txt",),
        (folder, tmp_path / "link"),
    ):
        assert _nothing_to_do(index.sync(*given))


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
    assert _gone(index.sync(folder)) == ["alias/a.txt"]
    assert _nothing_to_do(index.sync(link))


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
    assert _nothing_to_do(index.sync(link))


def test_a_child_given_after_its_parent_changes_nothing(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    index.sync(folder)
    work = index.sync(folder / "sub")
    assert _nothing_to_do(work)
    assert _unchanged(work) == ["docs/sub/b.txt"]
    assert _nothing_to_do(index.sync(folder))


def test_a_parent_given_after_its_child_takes_its_documents_over(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    assert _todo(index.sync(folder / "sub")) == ["sub/b.txt"]
    work = index.sync(folder)
    assert (_todo(work), _renamed(work)) == (["docs/a.txt"], [("sub/b.txt", "docs/sub/b.txt")])
    for paths in ((folder / "sub",), (folder,), (folder, folder / "sub"), (folder / "sub", folder)):
        assert _nothing_to_do(index.sync(*paths))
    (folder / "sub" / "b.txt").unlink()
    assert _gone(index.sync(folder)) == ["docs/sub/b.txt"]


def test_a_single_file_beside_a_folder_does_not_rename_the_folder(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("a.txt", "x")
    index.sync(folder)
    (tmp_path / "note.txt").write_text("y")
    assert _todo(index.sync(tmp_path / "note.txt")) == [f"{tmp_path.name}/note.txt"]
    assert _nothing_to_do(index.sync(folder))


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
        assert _nothing_to_do(index.sync(*(folder / name for name in order)))


def test_two_folders_of_the_same_name_stay_apart(index: Index, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "docs").mkdir(parents=True)
        (tmp_path / parent / "docs" / "a.txt").write_text(parent)
    assert _todo(index.sync(tmp_path / "x" / "docs", tmp_path / "y" / "docs")) == [
        "docs/a.txt",
        "docs-2/a.txt",
    ]
    (tmp_path / "x" / "docs" / "a.txt").unlink()
    assert _gone(index.sync(tmp_path / "y" / "docs")) == []  # the other folder is not asked about
    assert _gone(index.sync(tmp_path / "x" / "docs")) == ["docs/a.txt"]


def test_single_files(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "x"), write("b.txt", "y")
    assert _todo(index.sync(a)) == ["docs/a.txt"]
    assert _todo(index.sync(a, b)) == ["docs/b.txt"]
    a.unlink()
    assert _gone(index.sync(b)) == []  # only what was given is compared
    assert _gone(index.sync(folder)) == ["docs/a.txt"]


def test_a_relative_path_means_the_same_file(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    index.sync(folder)
    monkeypatch.chdir(folder.parent)
    assert _nothing_to_do(index.sync(Path("docs")))
    monkeypatch.chdir(folder)
    assert _nothing_to_do(index.sync(Path()))
    assert _nothing_to_do(index.sync(Path("../docs/./a.txt")))


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
    assert sorted(_gone(index.sync(folder))) == ["docs/sub/b.txt", "docs/sub/deep/c.txt"]
    shutil.rmtree(folder)
    with pytest.raises(ConfigError, match=r"the index has 1 of its documents.*secondlook remove docs/a.txt"):
        index.sync(folder)
    assert set(index.rows) == {"docs/a.txt"}


def test_the_index_is_never_ingested(index: Index, folder: Path, write: Write) -> None:
    index.store = folder / "sub" / "index"
    write("sub/index/rag.db", "x")
    write("sub/index/files/abc", "x")
    write("sub/a.txt", "x")
    assert _todo(index.sync(folder)) == ["docs/sub/a.txt"]
    for path in (index.store, index.store / "files"):
        with pytest.raises(ConfigError, match="belongs to the index"):
            index.sync(path)


# a whole folder that moved, or is away


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
    assert (_todo(work), _gone(work), _renamed(work)) == (["docs/new.txt"], ["docs/a.txt"], [])
    assert work.notes == [f"the folder {folder} is now {place}; its documents moved along"]
    assert index.rows["docs/sub/c.txt"].path == place / "sub" / "c.txt"
    assert _nothing_to_do(index.sync(place))
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
    assert _todo(index.sync(tmp_path / "copy")) == ["copy/a.txt", "copy/b.txt"]  # both are there
    folder.rename(tmp_path / "unplugged")
    work = index.sync(tmp_path / "copy")
    assert _nothing_to_do(work)
    assert work.notes == [
        f"the folder {folder} is not there; its 4 documents stay; to remove them: secondlook remove docs"
    ]
    (tmp_path / "half").mkdir()
    for name in ("a.txt", "b.txt"):
        shutil.copy(tmp_path / "unplugged" / name, tmp_path / "half")
    assert _todo(index.sync(tmp_path / "half")) == ["half/a.txt", "half/b.txt"]
    (tmp_path / "unplugged").rename(folder)
    assert _nothing_to_do(index.sync(folder))


def test_what_vanishes_while_it_is_read_is_left_for_the_next_run(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = write("a.txt", "one"), write("b.txt", "two")
    index.sync(folder)
    real = sync.digest_of

    def trouble(file: Path) -> tuple[str, int]:
        if file == a:
            a.unlink(missing_ok=True)
        if file == b:
            raise OSError(5, "Input/output error")
        return real(file)

    monkeypatch.setattr(sync, "digest_of", trouble)
    work = index.sync(folder)
    assert sorted(work.left) == [
        ("docs/a.txt", "was gone before it could be read"),
        ("docs/b.txt", "cannot be read: Input/output error"),
    ]
    assert set(index.rows) == {"docs/a.txt", "docs/b.txt"}
    assert (work.gone, work.unreadable) == ([], [])
    monkeypatch.undo()
    assert _gone(index.sync(folder)) == ["docs/a.txt"]


def test_a_given_folder_that_cannot_be_listed_keeps_its_documents(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "one")
    index.sync(folder)

    def fails(path: str) -> Iterator[os.DirEntry[str]]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", fails)
    work = index.sync(folder)
    monkeypatch.undo()
    assert work.left == [("docs", "cannot be read: Input/output error")]
    assert set(index.rows) == {"docs/a.txt"}


def test_uploads_are_never_gone(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    index.rows["uploads/u.txt"] = Index._row("uploads/u.txt", folder / "files" / "abc", "s", "v1", "indexed")
    assert _gone(index.sync(folder)) == []


def test_the_order_of_files_is_stable(folder: Path, write: Write) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.txt", "c/d.txt", "B.txt"):
        write(name, "x")
    names = [file.relative_to(folder).as_posix() for file, _ in walk(folder)]
    assert names == ["B.txt", "b.txt", "a/b.txt", "a/z.txt", "c/d.txt"]


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
    work = uploads_to_do(rows, "v2", tmp_path)
    assert [(t.uri, t.path, t.sha256, t.bytes, t.name) for t in work.todo] == [
        ("uploads/old.txt", tmp_path / sha256, sha256, 1, "old.txt")
    ]
    assert [note.split()[0] for note in work.notes] == ["uploads/lost.txt", "uploads/damaged.txt"]


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
        assert [len(file.parts) - len(folder.parts) for file, _ in walk(folder)] == [depth + 1]
    finally:
        subprocess.run(["rm", "-rf", "d"], check=True)  # shutil.rmtree recurses


# all of it together


class Meddling:
    """Random changes of a folder, by a seed."""

    NAMES = ("a.txt", "A.txt", "b.md", "가.txt", unicodedata.normalize("NFD", "가.txt"), "c", "sub", "d.d")

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)

    def change(self) -> None:
        action = self._random.choice((self._write, self._write, self._move, self._move, self._copy, self._remove,
                                      self._touch, self._link))  # fmt: skip
        action()

    def _path(self) -> Path:
        depth = self._random.choice((1, 1, 2, 3))
        return self._folder.joinpath(*(self._random.choice(self.NAMES) for _ in range(depth)))

    def _existing(self) -> Path:
        found = [path for path in sorted(self._folder.rglob("*")) if not path.is_symlink()]
        return self._random.choice(found) if found else self._path()

    def _clear(self, path: Path) -> None:
        """Make room for a file at ``path``."""
        for above in reversed(path.parents):
            if above.is_relative_to(self._folder) and (above.is_symlink() or above.is_file()):
                above.unlink()
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)

    def _write(self) -> None:
        self._clear(path := self._path())
        path.write_text(self._random.choice("uvwxyz"))

    def _move(self) -> None:
        old, new = self._existing(), self._path()
        if old.exists() and not new.is_relative_to(old) and not old.is_relative_to(new):
            self._clear(new)
            if old.exists():
                old.rename(new)

    def _copy(self) -> None:
        old, new = self._existing(), self._path()
        if old.is_file() and not old.is_relative_to(new) and not new.is_relative_to(old):
            self._clear(new)
            if old.is_file():
                shutil.copy(old, new)

    def _remove(self) -> None:
        path = self._existing()
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def _touch(self) -> None:
        path = self._existing()
        if path.exists():
            os.utime(path, (1, 1))

    def _link(self) -> None:
        target, link = self._existing(), self._path()
        if not target.is_relative_to(link):
            self._clear(link)
            link.symlink_to(target)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_the_files_the_index_has_exactly_them(
    index: Index, folder: Path, write: Write, seed: int
) -> None:
    meddling = Meddling(folder, seed)
    for _ in range(150):
        for _ in range(meddling._random.choice((1, 1, 2, 5))):
            meddling.change()
        sub = folder / "sub"
        if sub.is_dir() and not sub.is_symlink() and meddling._random.random() < 0.2:
            index.sync(sub)  # now and then only a part is given
        index.sync(folder)
        files = {path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
        indexed = {row.path: row for row in index.rows.values() if row.status == "indexed"}
        # links to files that are there, or to folders, add nothing; broken ones are refused
        assert {path: row.sha256 for path, row in indexed.items()} == {
            path: sha256_of(path) for path in files
        }
        for path, row in indexed.items():
            name = unicodedata.normalize("NFC", f"docs/{path.relative_to(folder).as_posix()}")
            assert row.uri == name or row.uri.startswith(f"{name} (")
        refused = {row.path for row in index.rows.values() if row.status == "refused"}
        assert refused == {path for path in folder.rglob("*") if path.is_symlink() and not path.exists()}
        assert _nothing_to_do(index.sync(folder))
