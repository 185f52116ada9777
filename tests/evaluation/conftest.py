"""A cache folder of the tests' own that has the real models, and small indexes without any model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.store import NewChunk, NewDocument, Store, StoreIdentity
from chatbot.text.keywords import analyse

Parts = list[tuple[str, int | None]]  # text of each chunk and its page


@pytest.fixture(scope="session")
def models_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evaluation writes its indexes and results here, and not where those of the user are."""
    folder = tmp_path_factory.mktemp("cache")
    real = Config().models_cache
    real.mkdir(parents=True, exist_ok=True)
    for entry in real.iterdir():
        if entry.name != "evaluation":
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[Callable[[dict[str, Parts]], Store]]:
    """``make_store({"a.txt": [("text of a chunk", page), ...]})``: chunks are joined by an empty line."""
    made: list[Store] = []

    def make(documents: dict[str, Parts]) -> Store:
        store = Store.create(tmp_path / f"store{len(made)}", StoreIdentity("test", "test"), 2)
        made.append(store)
        with store.writing() as writer:
            for uri, parts in documents.items():
                text = "\n\n".join(part for part, _ in parts)
                chunks, start = [], 0
                for part, page in parts:
                    chunks.append(NewChunk(part, start, start + len(part), page, (), analyse(part)))
                    start += len(part) + 2
                document = NewDocument(uri, Path(uri), "0", "test", len(text), text=text)
                writer.replace(document, chunks, np.tile(np.array([[1, 0]], np.float32), (len(chunks), 1)))
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture(scope="session")
def beir_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six documents, three questions in the test split, one in train."""
    folder = tmp_path_factory.mktemp("sets") / "tiny"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "Leave", "text": "Every employee has 25 days of annual leave."}\n'
        '{"_id": "d2", "title": "", "text": "연차는 1년에 15일이며 병가는 5일입니다."}\n'
        '{"_id": "d3", "title": "Coffee", "text": "The machine on the second floor is cleaned on Mondays."}\n'
        '{"_id": "d4", "title": "주차", "text": "방문객은 지하 2층에 주차할 수 있습니다."}\n'
        '{"_id": "d5", "title": "Only a title", "text": ""}\n'
        '{"_id": "d6", "title": "", "text": ""}\n',
        "utf-8",
    )
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "How many days of annual leave are there?"}\n'
        '{"_id": "q2", "text": "연차는 며칠인가요?"}\n'
        '{"_id": "q3", "text": "방문객은 어디에 주차하나요?"}\n'
        '{"_id": "q4", "text": "When is the coffee machine cleaned?"}\n',
        "utf-8",
    )
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td2\t1\nq2\td4\t0\nq3\td4\t1\n", "utf-8"
    )
    (folder / "qrels" / "train.tsv").write_text("q4 0 d3 1\n", "utf-8")
    return folder
