"""Small indexes without any model, and a tiny BEIR folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.store import Store
from fakes.stores import MakeStore, Parts, small_store


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[MakeStore]:
    """Makes indexes of given chunks, and closes them after the test."""
    made: list[Store] = []

    def make(documents: dict[str, Parts]) -> Store:
        made.append(small_store(tmp_path / f"store{len(made)}", documents))
        return made[-1]

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
