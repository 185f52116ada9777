"""What has to be done: the files of a folder against the documents of the index, by content hash."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.models import sha256_of
from chatbot.store import DocumentRow

UPLOADS = "uploads"  # label of files that came through the page; no folder to compare them with


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to be read. ``name`` is the original one where ``path`` is not (uploads)."""

    uri: str
    path: Path
    sha256: str
    bytes: int
    name: str


@dataclass(slots=True)
class Plan:
    """What a run has to do.

    Attributes:
        todo: new and changed files.
        unchanged: documents whose content, parser and splitter are as before; refused ones among them.
        gone: uris in the index whose file is no longer in the folder.
        unreadable: (uri, path, reason) of files and folders that could not even be opened. What the index has
            of such a folder stays.
    """

    todo: list[FileTask] = field(default_factory=list)
    unchanged: list[DocumentRow] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, Path, str]] = field(default_factory=list)


def plan(
    paths: Iterable[Path],
    documents: Iterable[DocumentRow],
    roots: dict[str, Path],
    label_root: Callable[[Path], str],
    made_by: str,
    store: Path,
) -> Plan:
    """Compare every file under ``paths`` with ``documents``; files outside ``paths`` are left alone.

    A file's uri is the label of the innermost root that holds it and its path from there: it stays the same
    whether the file is reached through that root or through a folder around it.

    Args:
        roots: label -> folder of those ingested before; new ones are added.
        label_root: names a new root.
        store: the index's own folder, never ingested.

    Raises:
        ConfigError: a path does not exist, is the index itself, or has a name that is not text.
    """
    known = {row.uri: row for row in documents}
    result = Plan()
    seen: dict[str, Path] = {}
    given = [_absolute(path) for path in paths]
    store = _absolute(store)
    for path in given:
        _check_given(path, store)
        if not any(path.is_relative_to(root) for root in roots.values()):
            root = path if path.is_dir() else path.parent
            roots[label_root(root)] = root
    unlisted: list[Path] = []
    for path in given:
        for file, refusal in walk(path, skip=store) if path.is_dir() else [(path, "")]:
            uri = _free(_uri(file, roots), file, seen)
            if uri in seen:
                continue
            seen[uri] = file
            if refusal:
                result.unreadable.append((uri, _printable(file), refusal))
                unlisted.append(file)
            else:
                _judge(uri, file, known.get(uri), made_by, result)
    result.gone = [
        row.uri
        for row in known.values()
        if row.uri not in seen
        and not row.uri.startswith(f"{UPLOADS}/")
        and any(row.path.is_relative_to(path) for path in given)
        and not any(row.path.is_relative_to(path) for path in unlisted)
    ]
    return result


def walk(folder: Path, skip: Path | None = None) -> Iterator[tuple[Path, str]]:
    """(file, reason to refuse it or empty) under ``folder`` in a stable order.

    Without hidden files, office lock files, links to folders, and everything in ``skip``. A folder that cannot be
    listed comes itself, with the reason.
    """
    errors: list[OSError] = []
    for directory, names, files in os.walk(folder, onerror=errors.append):
        here = Path(directory)
        names[:] = sorted(name for name in names if not name.startswith(".") and here / name != skip)
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield here / name, _leads_out(here / name, folder)
    for error in errors:
        yield Path(error.filename), f"cannot be read: {error.strerror}"


def _leads_out(file: Path, folder: Path) -> str:
    """A folder somebody else filled must not pull this machine's other files into the index."""
    # realpath and not resolve(), which raises for a link that leads to itself
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
        return "is a link to a file outside the folder; ingest that file itself"
    return ""


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow a link out


def _check_given(path: Path, store: Path) -> None:
    if not path.exists():
        raise ConfigError(f"no file or folder at {path}; check the path")
    if path.is_relative_to(store):
        raise ConfigError(f"{path} belongs to the index itself; give the folder of your documents")
    if _printable(path) != path:
        raise ConfigError(f"the name of {_printable(path)} is not valid UTF-8; rename it")


def _uri(file: Path, roots: dict[str, Path]) -> str:
    label, root = max(
        ((label, root) for label, root in roots.items() if file.is_relative_to(root)),
        key=lambda item: len(item[1].parts),
    )
    return unicodedata.normalize("NFC", f"{label}/{_printable(file.relative_to(root)).as_posix()}")


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


def _judge(uri: str, file: Path, row: DocumentRow | None, made_by: str, result: Plan) -> None:
    if _printable(file) != file:
        result.unreadable.append((uri, _printable(file), "its name is not valid UTF-8; rename it"))
        return
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        digest = sha256_of(file)
    except OSError as error:
        result.unreadable.append((uri, file, f"cannot be read: {error.strerror or error}"))
        return
    if row is not None and (row.sha256, row.made_by, row.path) == (digest, made_by, file):
        result.unchanged.append(row)
    else:
        result.todo.append(FileTask(uri, file, digest, status.st_size, file.name))
