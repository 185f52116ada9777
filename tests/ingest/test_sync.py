from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.models import sha256_of
from chatbot.store import DocumentRow
from ingest.sync import Plan, plan, walk

Write = Callable[..., Path]


@dataclass
class Index:
    """Documents and roots as an index keeps them between two runs."""

    store: Path
    rows: dict[str, DocumentRow] = field(default_factory=dict)
    roots: dict[str, Path] = field(default_factory=dict)

    def label(self, path: Path) -> str:
        label, number = path.name, 1
        while label in self.roots:
            number += 1
            label = f"{path.name}-{number}"
        return label

    def plan(self, *paths: Path, made_by: str = "v1") -> Plan:
        return plan(paths, list(self.rows.values()), self.roots, self.label, made_by, self.store)

    def sync(self, *paths: Path, made_by: str = "v1") -> Plan:
        """Plan and carry out, as far as uris go."""
        work = self.plan(*paths, made_by=made_by)
        for uri in work.gone:
            del self.rows[uri]
        for task in work.todo:
            self.rows[task.uri] = self._row(task.uri, task.path, task.sha256, made_by, "indexed")
        for uri, path, _ in work.unreadable:
            self.rows[uri] = self._row(uri, path, "", made_by, "refused")
        return work

    @staticmethod
    def _row(uri: str, path: Path, sha256: str, made_by: str, status: str) -> DocumentRow:
        return DocumentRow(uri, path, sha256, made_by, status, "", "text", "", 1, 0, "", 1)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "store")


def _todo(work: Plan) -> list[str]:
    return [task.uri for task in work.todo]


def _unchanged(work: Plan) -> list[str]:
    return [row.uri for row in work.unchanged]


def _nothing_to_do(work: Plan) -> bool:
    return not (work.todo or work.gone or work.unreadable)


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
    assert (gone.gone, _unchanged(gone)) == (["docs/sub/b.txt"], ["docs/a.txt"])


def test_a_changed_parser_or_splitter_makes_everything_again(
    index: Index, folder: Path, write: Write
) -> None:
    write("a.txt", "one")
    index.sync(folder)
    assert _todo(index.sync(folder, made_by="v2")) == ["docs/a.txt"]
    assert _nothing_to_do(index.sync(folder, made_by="v2"))


def test_renamed_and_moved_files_leave_nothing_behind(index: Index, folder: Path, write: Write) -> None:
    file = write("a.txt", "one")
    index.sync(folder)
    file = file.rename(folder / "b.txt")
    renamed = index.sync(folder)
    assert (_todo(renamed), renamed.gone) == (["docs/b.txt"], ["docs/a.txt"])
    (folder / "deep" / "er").mkdir(parents=True)
    file.rename(folder / "deep" / "er" / "b.txt")
    moved = index.sync(folder)
    assert (_todo(moved), moved.gone) == (["docs/deep/er/b.txt"], ["docs/b.txt"])
    assert set(index.rows) == {"docs/deep/er/b.txt"}


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


def test_what_is_no_file_is_refused_with_a_reason(index: Index, folder: Path, write: Write) -> None:
    write("fine.txt", "x")
    os.mkfifo(folder / "pipe.txt")
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    work = index.sync(folder)
    assert _todo(work) == ["docs/fine.txt"]
    reasons = {uri: reason for uri, _, reason in work.unreadable}
    assert reasons["docs/pipe.txt"] == "cannot be read: not a regular file"
    assert reasons["docs/broken.txt"] == "cannot be read: No such file or directory"
    assert reasons["docs/loop.txt"].startswith("cannot be read: ")
    assert _todo(index.sync(folder)) == []
    alone = index.plan(folder / "pipe.txt")
    assert alone.unreadable == [("docs/pipe.txt", folder / "pipe.txt", "cannot be read: not a regular file")]


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
    assert "docs/locked/inner.txt" in index.rows


def test_a_folder_that_can_be_read_again_is_no_longer_refused(
    index: Index, folder: Path, write: Write
) -> None:
    write("locked/inner.txt", "y")
    index.rows["docs/locked"] = Index._row("docs/locked", folder / "locked", "", "v1", "refused")
    work = index.sync(folder)
    assert (_todo(work), work.gone) == (["docs/locked/inner.txt"], ["docs/locked"])


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


def test_a_link_to_a_file_outside_is_refused_and_one_inside_is_a_document(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text("secret")
    inside = write("a.txt", "x")
    (folder / "inside.txt").symlink_to(inside)
    (folder / "outside.txt").symlink_to(tmp_path / "key.txt")
    (folder / "relative.txt").symlink_to("../key.txt")
    work = index.sync(folder)
    assert _todo(work) == ["docs/a.txt", "docs/inside.txt"]
    assert {uri for uri, _, reason in work.unreadable if "outside the folder" in reason} == {
        "docs/outside.txt",
        "docs/relative.txt",
    }
    named = index.plan(folder / "outside.txt")  # asked for by name, it is meant
    assert _todo(named) == ["docs/outside.txt"]


def test_a_folder_given_through_a_link_is_read(
    index: Index, folder: Path, write: Write, tmp_path: Path
) -> None:
    inside = write("a.txt", "x")
    (folder / "b.txt").symlink_to(inside)
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert _todo(index.sync(tmp_path / "link")) == ["link/a.txt", "link/b.txt"]


def test_a_child_given_after_its_parent_changes_nothing(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    index.sync(folder)
    work = index.sync(folder / "sub")
    assert _nothing_to_do(work)
    assert _unchanged(work) == ["docs/sub/b.txt"]
    assert _nothing_to_do(index.sync(folder))


def test_a_parent_given_after_its_child_makes_no_duplicate(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    write("sub/b.txt", "y")
    assert _todo(index.sync(folder / "sub")) == ["sub/b.txt"]
    work = index.sync(folder)
    assert _todo(work) == ["docs/a.txt"]
    assert _unchanged(work) == ["sub/b.txt"]
    for paths in ((folder / "sub",), (folder,), (folder, folder / "sub"), (folder / "sub", folder)):
        assert _nothing_to_do(index.sync(*paths))
    (folder / "sub" / "b.txt").unlink()
    assert index.sync(folder).gone == ["sub/b.txt"]


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
    assert index.sync(tmp_path / "y" / "docs").gone == []  # the other folder is not asked about
    assert index.sync(tmp_path / "x" / "docs").gone == ["docs/a.txt"]


def test_single_files(index: Index, folder: Path, write: Write) -> None:
    a, b = write("a.txt", "x"), write("b.txt", "y")
    assert _todo(index.sync(a)) == ["docs/a.txt"]
    assert _todo(index.sync(a, b)) == ["docs/b.txt"]
    a.unlink()
    assert index.sync(b).gone == []  # only what was given is compared
    assert index.sync(folder).gone == ["docs/a.txt"]


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
    assert sorted(index.sync(folder).gone) == ["docs/sub/b.txt", "docs/sub/deep/c.txt"]
    shutil.rmtree(folder)
    with pytest.raises(ConfigError):
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


def test_uploads_are_never_gone(index: Index, folder: Path, write: Write) -> None:
    write("a.txt", "x")
    index.rows["uploads/u.txt"] = Index._row("uploads/u.txt", folder / "files" / "abc", "s", "v1", "indexed")
    assert index.sync(folder).gone == []


def test_the_order_of_files_is_stable(folder: Path, write: Write) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.txt", "c/d.txt", "B.txt"):
        write(name, "x")
    names = [file.relative_to(folder).as_posix() for file, _ in walk(folder)]
    assert names == ["B.txt", "b.txt", "a/b.txt", "a/z.txt", "c/d.txt"]
