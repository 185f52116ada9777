"""The first look at a database from elsewhere, before SQLite sees it: is it small enough to be opened?

SQLite reads the whole list of tables into memory when it opens a file, at up to a kilobyte for each. So the list is
counted first, in the file's own B-tree: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from chatbot.errors import Phrase
from chatbot.store.archives.bounds import foreign

_MAGIC = b"SQLite format 3\0"
_UTF_8 = 1
_HEADER = 100  # bytes before the first page's own header
_LEAF, _INNER = 0x0D, 0x05
_MOST_ENTRIES = 100  # our own list has 30: tables, indexes and what full-text search keeps
_MOST_PAGES = 50
_LONGEST_ENTRY = 16_384  # bytes; our longest table is defined in 1,600


def check_header(file: Path) -> None:
    """Raises ``RefusedArchive`` where ``file`` is no database, or lists more tables than ours."""
    with file.open("rb") as database:
        head = database.read(_HEADER)
        if len(head) < _HEADER or not head.startswith(_MAGIC):
            foreign(Phrase("no database"))
        (page_size,) = struct.unpack_from(">H", head, 16)
        page_size = 65_536 if page_size == 1 else page_size
        if page_size < 512 or page_size & (page_size - 1) or head[20] or head[56:60] != _UTF_8.to_bytes(4):
            foreign(Phrase("a database of another kind"))
        _count_entries(database, page_size)


def _count_entries(database: BinaryIO, page_size: int) -> None:
    entries, seen, waiting = 0, set[int](), [1]
    while waiting:
        number = waiting.pop()
        if number in seen or len(seen) >= _MOST_PAGES:
            foreign(Phrase("a list of tables that is longer than ours"))
        seen.add(number)
        database.seek((number - 1) * page_size)
        page = database.read(page_size)
        if len(page) < page_size:
            foreign(Phrase("a database with missing pages"))
        start = _HEADER if number == 1 else 0
        kind, count = page[start], int.from_bytes(page[start + 3 : start + 5])
        first = start + (12 if kind == _INNER else 8)
        places = struct.unpack_from(f">{count}H", page, first) if first + 2 * count <= page_size else ()
        if kind not in (_LEAF, _INNER) or len(places) != count or any(p + 9 > page_size for p in places):
            foreign(Phrase("a damaged list of tables"))
        if kind == _INNER:
            waiting.append(int.from_bytes(page[start + 8 : start + 12]))
            waiting += [int.from_bytes(page[place : place + 4]) for place in places]
        else:
            entries += count
            if entries > _MOST_ENTRIES or any(_length(page, place) > _LONGEST_ENTRY for place in places):
                foreign(Phrase("a list of tables that is longer than ours"))


def _length(page: bytes, place: int) -> int:
    """A varint: seven bits a byte, the largest first, and the eighth bit for "there is more"."""
    value = 0
    for byte in page[place : place + 9]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return value
