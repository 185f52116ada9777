"""The plan of a run: the files of a folder compared with the documents of the index, by content hash.

given paths -> real paths -> every file hashed -> label of its folder -> Plan

Links are resolved once, when a folder is listed; from then on a file is opened at its real path, where no link is
followed. Every file is hashed in every run. A shortcut by time and size would miss a change: a write through a memory map
need not touch the time, and tools set it back.
"""

from __future__ import annotations

import errno
import os
import posixpath
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from chatbot.errors import ConfigError, Phrase
from chatbot.store import DocumentRow
from chatbot.store.protocol import Files
from chatbot.store.records import ANYTHING, UPLOADS
from ingest.parsing.ocr import came_since
from ingest.roots import (
    is_in,
    missing_roots,
    moved_root,
    outermost,
    real_path,
    rebased,
    root_of,
    with_real_paths,
)
from ingest.sandbox.opened import digest_of

# the disk or the server behind it is in trouble: that says nothing of the file
_PASSING = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EMFILE,
            errno.ENFILE, errno.ENOMEM, getattr(errno, "EHOSTDOWN", errno.EIO)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to be read. ``name`` is the original one where ``path`` is not (uploads).

    ``real`` is where it is opened: what ``path`` led to when its folder was listed. ``address`` and ``validators`` are
    those of a web page (``DocumentRow``). ``seen`` is the sha256 of what the index had when this was planned, ``None``
    for nothing: what has come there since is newer (``ingest.pipeline.storing``).
    """

    uri: str
    path: Path
    sha256: str
    bytes: int
    name: str
    real: Path
    address: str = ""
    validators: str = ""
    seen: str | None = ANYTHING


@dataclass(slots=True)
class Plan:
    """What a run has to do.

    Attributes:
        relabelled: (label, folder) of roots that are found at another place; to be done before the rest.
        renamed: documents whose file has another name or place and the same content. The two uris are the same
            where only the path on disk differs.
        todo: new and changed files.
        unchanged: documents whose content, parser and splitter are as before; refused ones among them.
        gone: documents whose file is no longer in the folder.
        unreadable: files and folders that cannot be indexed as they are, with the reason. What the index has of
            such a folder stays.
        left: (uri, reason) of what could not be read this time; what the index has of it stays.
        notes: what a person should know besides.
    """

    relabelled: list[tuple[str, Path]] = field(default_factory=list)
    renamed: list[tuple[DocumentRow, FileTask]] = field(default_factory=list)
    todo: list[FileTask] = field(default_factory=list)
    unchanged: list[DocumentRow] = field(default_factory=list)
    gone: list[DocumentRow] = field(default_factory=list)
    unreadable: list[tuple[FileTask, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Listed(NamedTuple):
    """What ``walk`` finds: a file, why it is refused (or empty), and its real path."""

    path: Path
    refusal: str
    real: Path


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of a given folder: its hash and size, or why it has none."""

    path: Path
    real: Path
    sha256: str = ""
    bytes: int = 0
    refusal: str = ""
    passing: bool = False  # the refusal says nothing of the file itself


def check_given(paths: Iterable[Path], store: Path, documents: Callable[[], Iterable[DocumentRow]]) -> None:
    """Refuse what cannot be ingested before anything is done.

    Args:
        documents: those of the index, asked for where a path is not there: perhaps it was, and they are to go.

    Raises:
        ConfigError: a path does not exist, is the index itself, or has a name that is not text.
    """
    for path in paths:
        here = real_path(path)
        if not path.expanduser().exists():
            named = path.expanduser().absolute()
            left = [row.uri for row in documents() if is_in(row.path, (here, named))]
            if not left:
                raise ConfigError("no file or folder at {path}; check the path", path=path)
            raise ConfigError(
                "no file or folder at {path}, but the index has {count} of its documents; to remove them: secondlook remove {uri}",
                path=path,
                count=len(left),
                uri=posixpath.commonpath(left),
            )
        if here.is_relative_to(real_path(store)):
            raise ConfigError(
                "{path} belongs to the index itself; give the folder of your documents", path=path
            )
        if _printable(here) != here:
            raise ConfigError("the name of {path} is not valid UTF-8; rename it", path=_printable(here))


def plan(
    paths: Iterable[Path],
    documents: Iterable[DocumentRow],
    roots: Mapping[str, Path],
    label_root: Callable[[Path], str],
    made_by: str,
    store: Path,
) -> Plan:
    """Compare every file under ``paths`` with ``documents``; files outside ``paths`` are left alone.

    A file's uri is the label of its root and its path from there. A folder that is given is a root of its own
    unless it lies in one. Roots that lost all their documents to a folder around them no longer count.

    Args:
        roots: label -> folder of those ingested before.
        label_root: names a new root.
        store: the index's own folder, never ingested.
    """
    result = Plan()
    rows, real_roots = with_real_paths(list(documents), roots)
    store = real_path(store)
    given = outermost([real_path(path) for path in paths], real_roots.values())
    seen: dict[str, Path] = {}
    untouchable: list[Path] = []
    for path in given:
        found = _look_at(path, store)
        may_move = path not in roots.values()  # else it has a label of its own
        hashes = {file.path: file.sha256 for file in found if not file.refusal}
        moved = moved_root(path, hashes, rows, real_roots) if may_move else ""
        label, root = (moved, path) if moved else root_of(path, real_roots, label_root)
        if roots.get(label, root) != root and root not in roots.values():
            result.relabelled.append((label, root))
        if (old := real_roots.get(label, root)) != root:
            result.notes.append(
                Phrase("the folder {old} is now {new}; its documents moved along", old=old, new=root)
            )
            rows = {uri: rebased(row, old, root) for uri, row in rows.items()}
        real_roots[label] = root
        for file in found:
            uri = _free(_uri(file.path, label, root), file.path, seen)
            if uri in seen:
                continue
            seen[uri] = file.path
            if file.passing or (file.refusal and file.path.is_dir()):
                untouchable.append(file.path)
            _judge(uri, file, rows.get(uri), made_by, result)
    result.gone = [
        row
        for row in rows.values()
        if row.uri not in seen
        and not row.is_kept
        and is_in(row.path, given)
        and not is_in(row.path, [store, *untouchable])  # store: imported, and its folder is not known yet
    ]
    _pair_renamed(result, made_by)
    result.notes += missing_roots(rows.values(), real_roots)
    return result


def uploads_to_do(documents: Iterable[DocumentRow], made_by: str, files: Files) -> Plan:
    """Uploaded documents that another parser or splitter made, to be made again from their content, which is kept."""
    result = Plan()
    for row in documents:
        if not row.is_kept or is_current(row, made_by):
            continue
        try:
            path = files.path(row.sha256)
            real = Path(os.path.realpath(path.parent)) / path.name
            sha256, size = digest_of(real)
        except OSError:
            sha256, size = "", 0
        if sha256 == row.sha256:
            task = FileTask(
                row.uri,
                path,
                sha256,
                size,
                name_of(row),
                real,
                row.address,
                row.validators,
                seen=row.sha256,
            )
            result.todo.append(task)
        else:
            result.notes.append(
                Phrase(
                    "{name} stays as it was: its content is not in the index; upload it again", name=row.uri
                )
            )
    return result


def is_current(row: DocumentRow, made_by: str) -> bool:
    """Whether ``row`` is what parser and splitter would make of its content today."""
    return row.made_by == made_by and not came_since(row.missing)


def name_of(row: DocumentRow) -> str:
    """The name that its file was given with: that of a kept one says nothing."""
    if not row.is_kept:
        return row.path.name
    return row.uri.rpartition("/")[2] if row.address else row.uri.removeprefix(f"{UPLOADS}/")


def walk(folder: Path, skip: Path | None = None) -> Iterator[Listed]:
    """The files under ``folder``, a real path, in a stable order.

    Without hidden files, office lock files, links to folders, links to files that come anyway, and everything in
    ``skip``. A folder that cannot be listed comes itself, with the reason.
    """
    links: list[Path] = []
    files: set[str] = set()
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted((entry for entry in entries), key=lambda entry: entry.name)
        except OSError as error:
            reason = Phrase("cannot be read: {error}", error=error.strerror)
            yield Listed(Path(here), reason, Path(here))
            continue
        folders = []
        for entry in listed:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                if not entry.name.startswith("~$") and not Path(entry.path).is_dir():
                    links.append(Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                if skip is None or Path(entry.path) != skip:
                    folders.append(entry.path)
            elif not entry.name.startswith("~$"):
                files.add(entry.path)
                yield Listed(Path(entry.path), "", Path(entry.path))
        waiting += reversed(folders)
    for link in links:
        target = os.path.realpath(link)  # resolve() raises for a link that leads to itself
        if target not in files:
            refusal = _leads_out(Path(target), folder, skip)
            if not refusal and Path(target).is_file():
                files.add(target)
            yield Listed(link, refusal, Path(target))


def _leads_out(target: Path, folder: Path, skip: Path | None) -> str:
    """A folder somebody else filled must not pull this machine's other files into the index."""
    if not target.is_relative_to(folder):
        return "is a link to a file outside the folder; ingest that file itself"
    if skip is not None and target.is_relative_to(skip):
        return "is a link into the index itself"
    return ""


def _look_at(path: Path, store: Path) -> list[_Found]:
    if not path.is_dir():
        return [_hashed(path, Path(os.path.realpath(path)))]  # a link that is named itself is meant
    return [
        _Found(file, real, refusal=refusal, passing=file == path) if refusal else _hashed(file, real)
        for file, refusal, real in walk(path, skip=store)
    ]


def _hashed(file: Path, real: Path) -> _Found:
    if _printable(file) != file:
        return _Found(file, real, refusal="its name is not valid UTF-8; rename it")
    try:
        return _Found(file, real, *digest_of(real))
    except OSError as error:
        if not os.path.lexists(file):
            return _Found(file, real, refusal="was gone before it could be read", passing=True)
        reason = Phrase("cannot be read: {error}", error=error.strerror or error)
        return _Found(file, real, refusal=reason, passing=error.errno in _PASSING)


def _uri(file: Path, label: str, root: Path) -> str:
    inner = _printable(file.relative_to(root)).as_posix()
    return unicodedata.normalize("NFC", label if inner == "." else f"{label}/{inner}")


def _free(uri: str, file: Path, seen: dict[str, Path]) -> str:
    """``uri``, numbered if another file has it: names can differ in nothing but their Unicode form."""
    free, number = uri, 1
    while seen.get(free, file) != file:
        number += 1
        free = f"{uri} ({number})"
    return free


def _printable(path: Path) -> Path:
    """``path`` with � for the bytes of its name that are no UTF-8; SQLite and JSON cannot hold those."""
    return Path(os.fsencode(path).decode("utf-8", "replace"))


def _judge(uri: str, file: _Found, row: DocumentRow | None, made_by: str, result: Plan) -> None:
    path = _printable(file.path)
    if file.passing:
        result.left.append((uri, file.refusal))
        return
    seen = None if row is None else row.sha256
    is_same = row is not None and row.sha256 == file.sha256 and is_current(row, made_by)
    if file.refusal:
        if row is not None and is_same and (row.reason, row.path) == (file.refusal, path):
            result.unchanged.append(row)
        else:
            result.unreadable.append((FileTask(uri, path, "", 0, path.name, path, seen=seen), file.refusal))
        return
    task = FileTask(uri, path, file.sha256, file.bytes, path.name, file.real, seen=seen)
    if row is None or not is_same:
        result.todo.append(task)
    elif row.path != path:
        result.renamed.append((row, task))
    else:
        result.unchanged.append(row)


def _pair_renamed(result: Plan, made_by: str) -> None:
    """Take a gone document and a file to do of the same content and suffix for one that was renamed.

    Where several fit: the same path, then the same name, then in order.
    """
    gone = {row.uri: row for row in result.gone if row.made_by == made_by and row.sha256}
    todo = {task.uri: task for task in result.todo}
    keys: tuple[Callable[[Path], str], ...] = (str, lambda path: path.name, lambda _: "")
    for key in keys:
        fitting: dict[tuple[str, str, str], list[DocumentRow]] = {}
        for uri in sorted(gone, reverse=True):
            row = gone[uri]
            fitting.setdefault((row.sha256, row.path.suffix.lower(), key(row.path)), []).append(row)
        for uri in sorted(todo):
            task = todo[uri]
            rows = fitting.get((task.sha256, task.path.suffix.lower(), key(task.path)))
            if rows:
                row = rows.pop()
                result.renamed.append((row, task))
                del gone[row.uri], todo[uri]
    renamed = {row.uri for row, _ in result.renamed}
    result.gone = [row for row in result.gone if row.uri not in renamed]
    result.todo = [task for task in result.todo if task.uri in todo]
