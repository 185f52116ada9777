"""An index spread over the nodes of a Citus cluster, as far as that can be held to anything without one.

``create_distributed_table`` is a stand-in here, which refuses what Citus documents that it refuses: a unique key without
the column by which a table is spread, a foreign key to a table that is not spread alike, another type of that column.
Everything around it is real: what is made of the tables, and that the index works on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatbot.config import Config
from chatbot.errors import StoreError, StoreMissing
from chatbot.store import Store, create_store, open_store
from chatbot.store.postgres import citus
from chatbot.store.postgres.citus import distribute
from chatbot.store.records import hash_of
from command_line import secondlook_here

_STAND_IN = """
CREATE TABLE public.spread_by (relation regclass, type regtype);
CREATE FUNCTION public.create_distributed_table(t regclass, c text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE the_column pg_attribute;
BEGIN
    SELECT * INTO STRICT the_column FROM pg_attribute WHERE attrelid = t AND attname = c;
    IF EXISTS (SELECT 1 FROM pg_index WHERE indrelid = t AND indisunique AND NOT the_column.attnum = ANY (indkey)) THEN
        RAISE EXCEPTION 'cannot create constraint on "%"', t USING DETAIL = 'it does not include the distribution column';
    END IF;
    IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND t IN (conrelid, confrelid)) THEN
        RAISE EXCEPTION 'cannot create foreign key constraint of "%"', t;
    END IF;
    IF colocate_with <> 'default' AND NOT EXISTS (SELECT 1 FROM public.spread_by
            WHERE relation = colocate_with::regclass AND type = the_column.atttypid::regtype) THEN
        RAISE EXCEPTION 'cannot colocate tables % and %', t, colocate_with;
    END IF;
    INSERT INTO public.spread_by VALUES (t, the_column.atttypid);
END $$
"""


@pytest.fixture
def store(config: Config, tools: Any) -> Iterator[Store]:
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        tools.put(store, "before/a", "walrus one", "walrus two")
        tools.put(store, "before/b", "seal three")
        yield store


@pytest.fixture
def stand_in(sql: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(citus, "require_citus", lambda connection: None)
    sql(_STAND_IN)
    yield
    sql("DROP FUNCTION public.create_distributed_table")
    sql("DROP TABLE public.spread_by")


def schemas(sql: Callable[[str], list[Any]], config: Config) -> list[str]:
    name = config.index.schema_name
    return [n for (n,) in sql(f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{name}%'")]


def test_without_citus_it_is_said_what_is_missing(
    config: Config, store: Store, tools: Any, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="has no Citus; install it on every node"):
        distribute(config)
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[store]\nbackend = "postgres"\nschema = "{config.index.schema_name}"\n')
    ended = secondlook_here("distribute", "--config", settings)
    assert ended.code == 1
    assert "has no Citus" in ended.stderr
    settings.write_text(f'store = "{tmp_path / "folder"}"\n')
    in_a_folder = secondlook_here("distribute", "--config", settings)
    assert "secondlook migrate --to postgres" in in_a_folder.stderr
    assert tools.texts(store, "walrus one")[0] == "walrus one"


def test_without_an_index_there_is_nothing_to_spread(config: Config) -> None:
    with pytest.raises(StoreMissing):
        distribute(config)


def test_the_tables_as_they_are_would_be_refused(
    store: Store, config: Config, sql: Any, stand_in: None
) -> None:
    name = config.index.schema_name
    for table, column in (("document", "id"), ("chunk", "document_id"), ("chunk_vector", "document_id")):
        with pytest.raises(psycopg.Error, match="cannot create"):
            sql(f"SELECT public.create_distributed_table('{name}.{table}', '{column}')")


def test_everything_of_a_document_lies_by_it_and_the_index_works_as_before(
    config: Config, store: Store, tools: Any, sql: Any, stand_in: None
) -> None:
    assert distribute(config) == []
    here = f"'{config.index.schema_name}'::regnamespace"  # the tables of the rehearsal are gone
    spread = "SELECT relname FROM public.spread_by JOIN pg_class ON oid = relation WHERE relnamespace ="
    assert {name for (name,) in sql(f"{spread} {here}")} == {"document", "chunk", "chunk_vector", "posting"}
    assert schemas(sql, config) == [config.index.schema_name]
    with closing(open_store(config, tools.identity)) as again:
        for opened in (store, again):
            tools.put(opened, "after/a", "walrus four", "otter five")
            document, chunks, vectors = tools.document("after/a", ["walrus four", "otter five", "otter six"])
            with opened.writing() as writer:
                writer.extend(document, chunks[2:], vectors[2:])
            assert sorted(tools.lexical_texts(opened, "walrus")) == [
                "walrus four",
                "walrus one",
                "walrus two",
            ]
            assert sorted(tools.lexical_texts(opened, "otter", ["after"])) == ["otter five", "otter six"]
            assert tools.texts(opened, "otter six", 1) == ["otter six"]
            assert opened.faults() == []
        with store.writing() as writer:
            assert writer.rename("before/b", "after/b", Path("/after/b"))
            assert writer.delete("before/a")
        assert sorted(tools.texts(again, "x", 10)) == ["otter five", "otter six", "seal three", "walrus four"]
    sql(f"DELETE FROM {config.index.schema_name}.posting")
    assert store.faults() != []
    assert store.repair() == ["lexical search was filled again from the stored chunks"]
    assert store.faults() == []
    assert tools.lexical_texts(store, "seal") == ["seal three"]
    store.maintain()
    with pytest.raises(StoreError, match="already"):
        distribute(config)


@pytest.mark.parametrize("table", ["document", "posting"])
def test_what_citus_refuses_is_said_and_nothing_is_changed(
    config: Config,
    store: Store,
    tools: Any,
    sql: Any,
    stand_in: None,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
) -> None:
    refused = tuple(
        f"SELECT 1 / 0 AS {table}" if f"create_distributed_table('{table}'" in statement else statement
        for statement in citus.STATEMENTS
    )
    monkeypatch.setattr(citus, "STATEMENTS", refused)
    with pytest.raises(
        StoreError, match=r"refuses what spreading its tables needs: .*division by zero.*Nothing was changed"
    ):
        distribute(config)
    assert schemas(sql, config) == [config.index.schema_name]
    tools.put(store, "before/a", "walrus again")
    assert store.faults() == []


def test_another_answer_than_what_was_stored_is_noticed_before_an_index_is_touched(
    config: Config, store: Store, sql: Any, stand_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing = (*citus.STATEMENTS, "CREATE RULE lost AS ON UPDATE TO chunk DO INSTEAD NOTHING")
    monkeypatch.setattr(citus, "STATEMENTS", losing)
    with pytest.raises(StoreError, match="finds something else than was stored"):
        distribute(config)
    assert schemas(sql, config) == [config.index.schema_name]


def test_passages_that_read_alike_have_token_vectors_together(
    config: Config, store: Store, tools: Any
) -> None:
    from dataclasses import replace

    document, chunks, vectors = tools.document("codes/a", ["same text"])
    chunks = [replace(chunk, text_hash=hash_of(chunk.text)) for chunk in chunks]
    with store.writing() as writer:
        writer.replace(document, chunks, vectors, {hash_of("same text"): b"\1x"})
        writer.replace(replace(document, uri="codes/b"), chunks, vectors)
    with store.reading() as view:
        ids = [chunk.id for uri in ("codes/a", "codes/b") for chunk in view.chunks_of(uri)]
        assert set(view.token_vectors(ids)) == set(ids)
