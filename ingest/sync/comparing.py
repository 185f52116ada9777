"""The files of the given folders compared with the documents of the index, by content hash: new, changed, renamed, gone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.store import DocumentRow
from ingest.sync.listing import HashedFile, hashed_files, printable
from ingest.sync.roots import (
    is_in,
    missing_roots,
    moved_root,
    outermost,
    real_path,
    rebased,
    root_of,
    with_real_paths,
)
from ingest.sync.tasks import FileTask, Plan, is_current


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
        found = hashed_files(path, store)
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


def _uri(file: Path, label: str, root: Path) -> str:
    inner = printable(file.relative_to(root)).as_posix()
    return unicodedata.normalize("NFC", label if inner == "." else f"{label}/{inner}")


def _free(uri: str, file: Path, seen: dict[str, Path]) -> str:
    """``uri``, numbered if another file has it: names can differ in nothing but their Unicode form."""
    free, number = uri, 1
    while seen.get(free, file) != file:
        number += 1
        free = f"{uri} ({number})"
    return free


def _judge(uri: str, file: HashedFile, row: DocumentRow | None, made_by: str, result: Plan) -> None:
    path = printable(file.path)
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
