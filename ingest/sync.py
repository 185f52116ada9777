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
        unreadable: (uri, path, reason) of files that could not even be opened.
    """

    todo: list[FileTask] = field(default_factory=list)
    unchanged: list[DocumentRow] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, Path, str]] = field(default_factory=list)


def plan(
    paths: Iterable[Path], documents: Iterable[DocumentRow], roots: dict[str, Path],
    label_root: Callable[[Path], str], made_by: str,
) -> Plan:
    """Compare every file under ``paths`` with ``documents``; files outside ``paths`` are left alone.

    Raises:
        ConfigError: a path does not exist.
    """  # fmt: skip
    known = {row.uri: row for row in documents}
    result = Plan()
    seen: set[str] = set()
    folders = []
    for given in paths:
        path = Path(os.path.abspath(given.expanduser()))  # noqa: PTH100 - resolve() would follow a link out
        if not path.exists():
            raise ConfigError(f"no file or folder at {given}; check the path")
        root = _root_of(path, roots)
        label = label_root(root)
        roots[label] = root
        if path.is_dir():
            folders.append(path)
        for file in walk(path) if path.is_dir() else [path]:
            uri = unicodedata.normalize("NFC", f"{label}/{file.relative_to(root).as_posix()}")
            if uri not in seen:
                seen.add(uri)
                _judge(uri, file, known.get(uri), made_by, result)
    result.gone = [
        row.uri for row in known.values()
        if row.uri not in seen and not row.uri.startswith(f"{UPLOADS}/") and any(row.path.is_relative_to(f) for f in folders)
    ]  # fmt: skip
    return result


def walk(folder: Path) -> Iterator[Path]:
    """Files under ``folder`` in a stable order, without hidden ones, office lock files and links to folders."""
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield Path(directory) / name


def _root_of(path: Path, roots: dict[str, Path]) -> Path:
    """The innermost known root that holds ``path``, else ``path`` itself or a file's folder."""
    holding = [root for root in roots.values() if path.is_relative_to(root)]
    if holding:
        return max(holding, key=lambda root: len(root.parts))
    return path if path.is_dir() else path.parent


def _judge(uri: str, file: Path, row: DocumentRow | None, made_by: str, result: Plan) -> None:
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
