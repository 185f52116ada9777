"""Several notebooks asked at once: one search over all of them, and every source leads back to its own."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import StoreError
from chatbot.notebooks.together import JointStore, JointView, Part
from chatbot.store import View
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import question_terms
from fakes.stores import small_store

ROOM = 2**40


@pytest.fixture
def both(tmp_path: Path) -> JointStore:
    """Two notebooks with a document of the same name."""
    return JointStore([
        Part("Travel", 3, small_store(tmp_path / "a", {"rules/a.txt": [("taxi at night", 1), ("train by day", 2)]})),
        Part("Food/Drink", 7, small_store(tmp_path / "b", {"rules/a.txt": [("lunch on friday", None)]})),
    ])  # fmt: skip


def test_everything_that_can_be_read_of_one_index_can_be_read_of_several() -> None:
    of_one = {
        name for name, member in vars(View).items() if inspect.isfunction(member) and not name.startswith("_")
    }
    assert {name for name in of_one if name not in vars(JointView)} == set()
    assert {"reading", "writing", "sequence", "close"} <= set(vars(JointStore))


def test_documents_and_passages_are_named_with_their_notebook(both: JointStore) -> None:
    with both.reading() as view:
        assert [row.uri for row in view.documents()] == ["Travel/rules/a.txt", "Food∕Drink/rules/a.txt"]
        found = sorted(chunk for chunk, _ in view.dense(np.array([1, 0], np.float32), 10))
        assert [view.chunks([chunk])[chunk].document for chunk in found] == [
            "Travel/rules/a.txt", "Travel/rules/a.txt", "Food∕Drink/rules/a.txt",
        ]  # fmt: skip
        assert view.document_text("Food∕Drink/rules/a.txt") == "lunch on friday"
        assert view.text_between("Travel/rules/a.txt", 0, 4) == "taxi"
        assert view.chunk_count() == 3
        with pytest.raises(StoreError):
            view.document_text("Nowhere/rules/a.txt")


def test_a_search_finds_in_all_of_them_and_a_passage_leads_back(both: JointStore) -> None:
    with both.reading() as view:
        for words, first in (("lunch", 7 * ROOM), ("taxi", 3 * ROOM)):
            found = [chunk for chunk, _ in view.lexical(question_terms(words), 5)]
            assert [chunk // ROOM * ROOM for chunk in found] == [first]
            assert words in view.chunks(found)[found[0]].text
            assert words in view.chunks_around(found[0], 1, 1)[0].text
            assert view.bm25(question_terms(words), found).keys() == set(found)
        dense = view.dense(np.array([1, 0], np.float32), 10)
        assert len(dense) == 3
        assert view.cosines(np.array([1, 0], np.float32), [chunk for chunk, _ in dense]) == dict(dense)
        assert view.same_passages([chunk for chunk, _ in dense]).keys() == set(dict(dense))


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (["Travel"], 2), (["Travel/rules"], 2), (["Food∕Drink/rules/a.txt"], 1), (["a.txt"], 3), (["rules", "Travel"], 3), ([], 3),
    ],
)  # fmt: skip
def test_a_filter_is_a_notebook_or_what_it_would_be_in_one(
    filters: list[str], count: int, both: JointStore
) -> None:
    with both.reading() as view:
        found = view.dense(np.array([1, 0], np.float32), 10, view.scope(filters))
        assert len(found) == count
        assert sum(row.chunks for row in view.documents(filters)) == count


def test_a_filter_that_matches_nothing_anywhere_is_said(both: JointStore) -> None:
    with both.reading() as view, pytest.raises(StoreError, match="no document or folder matches 'wine'"):
        view.scope(["wine"])


def test_nothing_is_written_to_several_at_once_and_a_commit_in_one_is_seen(
    both: JointStore, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="several notebooks at once are only read"), both.writing():
        pass
    before = both.sequence()
    other = SqliteStore.open(tmp_path / "b", both.identity)
    with other.writing() as writer:
        writer.delete("rules/a.txt")
    other.close()
    assert both.sequence() > before
    with both.reading() as view:
        assert view.chunk_count() == 2
    both.close()
