"""What is PostgreSQL's own: nothing is written twice, nobody waits for others, the environment says where it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.store import Store, create_store, open_store
from chatbot.store.engines import beside, discard, take_over
from chatbot.store.postgres import searching
from chatbot.store.postgres.store import PostgresStore
from chatbot.store.records import hash_of


@pytest.fixture
def store(config: Config, tools: Any) -> Iterator[PostgresStore]:
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        assert isinstance(store, PostgresStore)
        yield store


def put(tools: Any, store: Store, uri: str, *texts: str) -> None:
    document, chunks, vectors = tools.document(uri, texts)
    with store.writing() as writer:
        writer.replace(document, [replace(c, text_hash=hash_of(c.text)) for c in chunks], vectors)


def test_a_passage_whose_text_has_not_changed_keeps_its_id_and_its_entries(
    store: PostgresStore, tools: Any, sql: Callable[..., list[Any]]
) -> None:
    put(tools, store, "a", "one", "two", "three", "two")
    before = dict(zip(["one", "two", "three", "two again"], tools.ids(store, "a"), strict=True))
    vectors = dict(sql("SELECT chunk_id, ctid::text FROM chunk_vector"))
    put(tools, store, "a", "zero", "two", "one", "two", "two")
    ids = tools.ids(store, "a")
    assert ids[1:4] == [before["two"], before["one"], before["two again"]]
    assert {ids[0], ids[4]}.isdisjoint(before.values())
    after = dict(sql("SELECT chunk_id, ctid::text FROM chunk_vector"))
    assert {after[chunk] == vectors[chunk] for chunk in ids[1:4]} == {True}  # not even written again
    with store.reading() as view:
        assert [(c.position, c.text) for c in view.chunks_of("a")] == list(
            enumerate(["zero", "two", "one", "two", "two"])
        )
        text = view.document_text("a")
        assert all(text[c.start : c.end] == c.text for c in view.chunks_of("a"))
    assert store.faults() == []


def test_the_graph_and_the_rarest_terms_find_what_comparing_everything_finds(
    store: PostgresStore, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        tools.put(
            store,
            f"d/{number}",
            *(f"common words of passage {number} {place} w{number % 7}" for place in range(5)),
        )
    questions = [f"passage {number}" for number in range(0, 40, 3)]

    def ask() -> list[Any]:
        with store.reading() as view:
            scope = view.scope([f"d/{number}" for number in range(20)])
            return [
                (view.dense(tools.vector_of(q), 5), view.dense(tools.vector_of(q), 5, scope),
                 view.lexical(["common", "passage", q.split()[1], "w3"], 5), view.lexical(["common", "w3"], 5, scope))
                for q in questions
            ]  # fmt: skip

    exact = ask()
    monkeypatch.setattr(searching, "COMPARED_ALL", 10)
    monkeypatch.setattr(searching, "_PRUNED_FROM", 10)
    monkeypatch.setattr(searching, "_POSTINGS", 80)  # not "common" and "passage", which stand everywhere
    for mine, theirs in zip(ask(), exact, strict=True):
        for found, wanted in zip(mine, theirs, strict=True):
            assert [chunk for chunk, _ in found] == [chunk for chunk, _ in wanted]
            assert [score for _, score in found] == pytest.approx([score for _, score in wanted])


def test_writers_of_different_documents_do_not_wait_for_each_other(store: PostgresStore, tools: Any) -> None:
    with store.writing() as first, first.transaction("a"):
        tools.put(store, "b", "while a is being written")
        assert tools.texts(store, "x") == ["while a is being written"]


def test_eight_write_and_four_read_and_nobody_sees_half_a_document(store: PostgresStore, tools: Any) -> None:
    for number in range(6):
        tools.put(store, f"d/{number}", *(f"{number} version 0 of 3 place {place}" for place in range(3)))
    stop, looks, wrong = threading.Event(), count(), []

    def write(seed: int) -> None:
        for version in range(1, 16):
            number, chunks = (seed + version) % 6, 2 + version % 4
            texts = [
                f"{number} version {seed * 100 + version} of {chunks} place {place}"
                for place in range(chunks)
            ]
            put(tools, store, f"d/{number}", *texts)

    def read() -> None:
        while not stop.is_set():
            number = next(looks) % 6
            with store.reading() as view:
                scope = view.scope([f"d/{number}"])
                seen = [
                    [row.text for row in view.chunks(c for c, _ in hits).values()]
                    for hits in (
                        view.lexical(["version"], 50, scope),
                        view.dense(tools.vector_of("x"), 50, scope),
                    )
                ]
                table = [row.text for row in view.chunks_of(f"d/{number}")]
            versions = {text.split(" place ")[0] for text in table}
            if (
                len(versions) != 1
                or len(table) != int(table[0].split()[4])
                or any(set(s) != set(table) for s in seen)
            ):
                wrong.append((table, seen))

    with ThreadPoolExecutor(12) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        for writer in [threads.submit(write, seed) for seed in range(8)]:
            writer.result()
        stop.set()
        for reader in readers:
            reader.result()
    assert wrong == []
    assert next(looks) > 20
    assert store.faults() == []
    assert store.maintain().chunks > 0
    assert store.faults() == []


def test_several_who_make_the_index_at_once_make_one(config: Config, tools: Any) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: create_store(config, tools.identity, tools.dimension), range(4)))
    for number, store in enumerate(made):
        tools.put(store, f"d/{number}", "text")
    assert {len(tools.texts(store, "x")) for store in made} == {4}
    for store in made:
        store.close()


def test_another_index_takes_the_place_of_this_one_under_new_ids(
    config: Config, store: PostgresStore, tools: Any
) -> None:
    put(tools, store, "a", "alpha", "beta")
    kept = store.files.put("abc", b"content")
    before, sequence = tools.ids(store, "a"), store.sequence()
    other = beside(config)
    with closing(create_store(other, tools.identity, tools.dimension)) as built:
        put(tools, built, "a", "alpha anew")
        assert min(tools.ids(built, "a")) > max(before)
    with store.writing() as writer:
        writer.label_root(Path("/nowhere/data"))
    with store.writing() as writer:
        take_over(writer, other)
    discard(other)
    assert tools.texts(store, "x") == ["alpha anew"]
    assert store.sequence() > sequence
    kept.unlink()
    assert store.files.path("abc").read_bytes() == b"content"
    with store.reading() as view:
        assert view.roots() == {"data": Path("/nowhere/data")}
    assert store.faults() == []


def test_an_index_that_was_changed_meanwhile_is_not_taken_over(
    config: Config, store: PostgresStore, tools: Any
) -> None:
    put(tools, store, "a", "alpha")
    other = beside(config)
    create_store(other, tools.identity, tools.dimension).close()
    with store.writing() as writer:
        put(tools, store, "b", "stored meanwhile")
        with pytest.raises(StoreError, match="changed while the new one was built"):
            take_over(writer, other)
    assert len(tools.texts(store, "x")) == 2
    discard(other)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM posting WHERE ctid IN (SELECT ctid FROM posting LIMIT 1)", "1 chunks are missing from lexical"),
        ("INSERT INTO posting VALUES (1, 999, 1, 1)", "1 entries of lexical search have no chunk"),
        ("UPDATE tally SET chunks = chunks + 1", "the sums of lexical search"),
        ("UPDATE chunk SET length = length + 1", "2 chunks have other terms"),
        ("UPDATE chunk SET text = 'x' WHERE position = 0", "a: chunk 1 is not the text at 0"),
        ("UPDATE chunk_vector SET embedding = embedding + embedding WHERE chunk_id = 1", "a: chunk 1 has no proper"),
    ],
)  # fmt: skip
def test_damage_is_found_and_what_needs_no_embedding_is_repaired(
    store: PostgresStore, tools: Any, sql: Callable[..., list[Any]], damage: str, fault: str
) -> None:
    put(tools, store, "a", "alpha beta", "gamma")
    sql(damage)
    assert any(line.startswith(fault) for line in store.faults()), store.faults()
    assert store.repair() != []
    assert [line for line in store.faults() if "run: secondlook ingest" not in line] == []
    put(tools, store, "a", "alpha beta", "gamma")
    assert store.faults() == []


def test_the_connection_string_is_in_no_message(
    config: Config, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (
        "secret-of-mine",
        "postgresql://me:secret-of-mine@127.0.0.1:1/x",
        "host=/nowhere password=secret-of-mine",
    ):
        monkeypatch.setenv("SECONDLOOK_DSN", wrong)
        with pytest.raises(StoreError) as error:
            open_store(config, tools.identity)
        said = f"{error.value} {error.value.__cause__} {error.value!r}"
        assert "secret-of-mine" not in said
        assert "PostgreSQL" in said
    assert "SECONDLOOK_DSN" not in Path("secondlook.toml").name


def test_a_text_that_postgresql_cannot_store_is_refused_with_the_reason(
    store: PostgresStore, tools: Any
) -> None:
    with pytest.raises(StoreError, match=r"a holds a character.*NUL.*nothing was stored"):
        tools.put(store, "a", "nul \0 inside")
    assert tools.texts(store, "x") == []
