"""The rows of chunks: kept where their text is the same, added and dropped with their vectors, postings and sums."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from chatbot.store.postgres.searching import literal
from chatbot.store.postgres.terms import keys_of
from chatbot.store.records import NewChunk, Vectors

LONGEST = 32_767  # terms of a chunk that a posting can say


@dataclass(slots=True)
class Change:
    """What a transaction adds to the sums: chunks, their terms, and in how many of them each key stands."""

    chunks: int = 0
    length: int = 0
    keys: Counter[int] = field(default_factory=Counter)


def keep_chunks(
    connection: Connection[Any], document: int, chunks: Sequence[NewChunk]
) -> tuple[list[int], Change]:
    """Chunks whose text is stored already stay, at their new places; those of other texts go.

    Returns:
        places in ``chunks`` of those that have to be added, and what has gone.
    """
    rows = connection.execute(
        "SELECT id, text_hash FROM chunk WHERE document_id = %s ORDER BY position", (document,)
    ).fetchall()
    stored: dict[bytes, list[int]] = defaultdict(list)
    for number, key in reversed(rows):
        if key is not None:
            stored[bytes(key)].append(number)
    new, kept = [], {}
    for place, chunk in enumerate(chunks):
        same = stored.get(chunk.text_hash) if chunk.text_hash is not None else None
        if same:
            kept[same.pop()] = place
        else:
            new.append(place)
    connection.cursor().executemany(
        "UPDATE chunk SET position = %s, page = %s, char_start = %s, char_end = %s, heading = %s, text = %s, header = %s"
        " WHERE id = %s AND document_id = %s",
        [(place, *_content(chunks[place]), number, document) for number, place in kept.items()],
    )
    return new, drop_chunks(connection, [number for number, _ in rows if number not in kept])


def drop_chunks(connection: Connection[Any], ids: list[int]) -> Change:
    """Take chunks out of every table; their embeddings stay a while, for texts that come back."""
    change = Change()
    if not ids:
        return change
    rows = connection.execute("SELECT id, keys, length FROM chunk WHERE id = ANY(%s)", (ids,)).fetchall()
    change.chunks, change.length = -len(rows), -sum(length for _, _, length in rows)
    for _, keys, _ in rows:
        change.keys.subtract(keys)
    pairs = [(key, number) for number, keys, _ in rows for key in keys]
    connection.execute(
        "DELETE FROM posting USING unnest(%s::bigint[], %s::bigint[]) AS gone (k, c) WHERE key = k AND chunk_id = c",
        ([key for key, _ in pairs], [number for _, number in pairs]),
    )
    connection.execute(
        "INSERT INTO embedding_cache (text_hash, embedding) SELECT text_hash, embedding FROM chunk"
        " JOIN chunk_vector ON chunk_id = id AND chunk_vector.document_id = chunk.document_id WHERE id = ANY(%s) AND text_hash IS NOT NULL ORDER BY id",
        (ids,),
    )
    connection.execute("DELETE FROM chunk_vector WHERE chunk_id = ANY(%s)", (ids,))
    connection.execute("DELETE FROM chunk WHERE id = ANY(%s)", (ids,))
    return change


def add_chunks(
    connection: Connection[Any],
    document: int,
    places: Sequence[int],
    chunks: Sequence[NewChunk],
    vectors: Vectors,
    change: Change | None,
    first: int = 0,
    is_spread: bool = False,
) -> Change:
    """Store ``chunks[place]`` with ``vectors[place]``; ``first`` is the position of the first of all ``chunks``."""
    change = change or Change()
    if not places:
        return change
    ids = [
        row[0]
        for row in connection.execute(
            "SELECT nextval(pg_get_serial_sequence('chunk', 'id')) FROM generate_series(1, %s)",
            (len(places),),
        )
    ]
    terms = [Counter(keys_of(chunks[place].terms.split())) for place in places]
    lengths = [min(sum(counts.values()), LONGEST) for counts in terms]
    cursor = connection.cursor()
    with cursor.copy(
        "COPY chunk (id, document_id, position, page, char_start, char_end, heading, text, header, text_hash, keys, length)"
        " FROM STDIN"
    ) as copy:
        for number, place, counts, length in zip(ids, places, terms, lengths, strict=True):
            chunk = chunks[place]
            copy.write_row(
                (number, document, first + place, *_content(chunk), chunk.text_hash, sorted(counts), length)
            )
    with cursor.copy("COPY chunk_vector (chunk_id, document_id, embedding) FROM STDIN") as copy:
        for number, place in zip(ids, places, strict=True):
            copy.write_row((number, document, literal(vectors[place])))
    with copied_postings(connection, is_spread) as write:
        for number, counts, length in zip(ids, terms, lengths, strict=True):
            write(document, number, counts, length)
    change.chunks += len(places)
    change.length += sum(lengths)
    for counts in terms:
        change.keys.update(counts.keys())
    return change


@contextmanager
def copied_postings(
    connection: Connection[Any], is_spread: bool
) -> Iterator[Callable[[int, int, Counter[int], int], None]]:
    """A function that stores the postings of a chunk: (document, chunk, how often each key is in it, its terms).

    Args:
        is_spread: whether the index lies on the nodes of a cluster: its postings then name the document.
    """
    columns = "key, chunk_id, tf, length" + (", document_id" if is_spread else "")
    with connection.cursor().copy(f"COPY posting ({columns}) FROM STDIN".encode()) as copy:

        def write(document: int, chunk: int, counts: Counter[int], length: int) -> None:
            for key, times in counts.items():
                row = (key, chunk, min(times, LONGEST), length)
                copy.write_row((*row, document) if is_spread else row)

        yield write


def tell(connection: Connection[Any], change: Change) -> None:
    """One more commit, and what it changes in the sums."""
    connection.execute("INSERT INTO tally VALUES (1, %s, %s)", (change.chunks, change.length))
    with connection.cursor().copy("COPY frequency (key, chunks) FROM STDIN") as copy:
        for key, chunks in change.keys.items():
            if chunks:
                copy.write_row((key, chunks))


def _content(chunk: NewChunk) -> tuple[int | None, int, int, str, str, str]:
    heading = json.dumps(chunk.heading, ensure_ascii=False)
    return chunk.page, chunk.start, chunk.end, heading, chunk.text, chunk.header
