"""ZIP archives of documents: each file is read by its own parser, under its name as a heading and on a page of its own."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.archives.member import add_member, is_late, parts_of_one_file

# files that systems put beside others: previews, folders' views, resource forks of macOS
_NOISE_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_NOISE_FOLDERS = frozenset({"__macosx", ".git", ".svn"})
_EMPTY = "No file in this archive can be read as a document. Unpack it to see what it holds."
# a folder of thousands of files is no document: nobody could say what was found where
_MAX_FILES = 1_000


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive, parts_of_one_file():
        names = [name for name in sorted(archive.names) if not _is_noise(name)]
        looked_at = 0
        for name in names[: min(_MAX_FILES, MAX_PAGES)]:
            if builder.full or is_late():
                break
            looked_at += 1
            builder.start_page(looked_at, PurePosixPath(archive.label(name)).name)
            _add(builder, archive, name)
    if len(names) > looked_at and not builder.full:
        builder.problem(
            Phrase(
                "only the first {count} of {total} files in the archive were read",
                count=f"{looked_at:,}",
                total=f"{len(names):,}",
            )
        )
    empty = builder.problems[0] if len(builder.problems) == 1 else _EMPTY
    return builder.finish("zip", empty=empty, explains=True)


def _add(builder: DocumentBuilder, archive: Archive, name: str) -> None:
    label = archive.label(name)
    try:
        data = archive.read(name)
    except DocumentRefused as refusal:
        builder.problem(Phrase("{name} was not read: {reason}", name=label, reason=str(refusal)))
        return
    add_member(builder, data, label, 1)


def _is_noise(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return (
        name.endswith("/") or path.name in _NOISE_NAMES or bool(_NOISE_FOLDERS.intersection(path.parts[:-1]))
    )
