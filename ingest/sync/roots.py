"""Roots: the folders that were ingested, each with its label and its real path."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.store import DocumentRow


def real_path(path: Path) -> Path:
    """Where ``path`` really is. A link to a file keeps its own name in its real folder."""
    whole = Path(os.path.realpath(path.expanduser()))
    if whole.is_dir() or not path.expanduser().is_symlink():
        return whole
    named = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow the last link
    return Path(os.path.realpath(named.parent)) / named.name


def is_in(path: Path, folders: Iterable[Path]) -> bool:
    """Whether ``path`` is one of ``folders`` or lies in one."""
    return any(path.is_relative_to(folder) for folder in folders)


def with_real_paths(
    documents: Sequence[DocumentRow], roots: Mapping[str, Path]
) -> tuple[dict[str, DocumentRow], dict[str, Path]]:
    """Documents by uri, and the roots that have any, all at their real paths; of two labels for one folder, one."""
    real = {label: Path(os.path.realpath(root)) for label, root in roots.items()}
    rows, used = {}, set()
    for row in documents:
        label = row.uri.split("/", 1)[0]
        used.add(label)
        moved = label in roots and real[label] != roots[label]
        rows[row.uri] = rebased(row, roots[label], real[label]) if moved else row
    kept: dict[str, Path] = {}
    for label in sorted(real, key=lambda label: (roots[label] != real[label], label)):
        if label in used and real[label] not in kept.values():
            kept[label] = real[label]
    return rows, kept


def rebased(row: DocumentRow, old: Path, new: Path) -> DocumentRow:
    """``row`` with its path under ``new`` where it was under ``old``."""
    return replace(row, path=new / row.path.relative_to(old)) if row.path.is_relative_to(old) else row


def outermost(given: Sequence[Path], roots: Iterable[Path]) -> list[Path]:
    """The given paths without those that lie in another one; a link out of a folder that is named itself is meant."""
    folders = [path for path in given if path.is_dir()]
    files = []
    for path in given:
        if path not in folders:
            target = Path(os.path.realpath(path))
            file = target if is_in(target, [*folders, *roots]) else path
            if not is_in(file, folders) or file.is_symlink():
                files.append(file)
    outer = [path for path in folders if not is_in(path, [other for other in folders if other != path])]
    return list(dict.fromkeys([*files, *outer]))  # files first: what is named itself wins


def root_of(path: Path, roots: Mapping[str, Path], label_root: Callable[[Path], str]) -> tuple[str, Path]:
    """(label, folder) of the root of a given path: the innermost around it, or a new one."""
    is_folder = path.is_dir()
    around = [
        (len(root.parts), label, root)
        for label, root in roots.items()
        if path.is_relative_to(root) and (is_folder or path != root)
    ]
    if around:
        _, label, root = max(around)
        return label, root
    root = path if is_folder else path.parent
    return label_root(root), root


def moved_root(
    folder: Path, files: Mapping[Path, str], rows: Mapping[str, DocumentRow], roots: Mapping[str, Path]
) -> str:
    """The label of a root that is no longer at its place and of whose documents more than half are in ``folder``.

    Empty if there is none, or ``folder`` lies in a root. One half and not all: between the move and the next run
    people go on working; not fewer: a folder that only shares files with one that is away leaves it alone.

    Args:
        files: path -> sha256 of those in ``folder``.
    """
    if not folder.is_dir() or is_in(folder, roots.values()):
        return ""
    here = {
        unicodedata.normalize("NFC", path.relative_to(folder).as_posix()): sha256
        for path, sha256 in files.items()
    }
    best = (0, "")
    for label in sorted(roots):
        if os.path.lexists(roots[label]):
            continue
        old = {uri: row.sha256 for uri, row in rows.items() if uri.startswith(f"{label}/") and row.sha256}
        same = sum(here.get(uri.removeprefix(f"{label}/")) == sha256 for uri, sha256 in old.items())
        if 2 * same > len(old) and same > best[0]:
            best = (same, label)
    return best[1]


def missing_roots(rows: Iterable[DocumentRow], roots: Mapping[str, Path]) -> list[str]:
    """A sentence for each root that is not at its place and has documents."""
    count = dict.fromkeys(roots, 0)
    for row in rows:
        if (label := row.uri.split("/", 1)[0]) in count:
            count[label] += 1
    return [
        Phrase(
            "the folder {folder} is not there; its {count} documents stay; to remove them: secondlook remove {label}",
            folder=roots[label],
            count=count[label],
            label=label,
        )
        for label in sorted(roots)
        if count[label] and not os.path.lexists(roots[label])
    ]
