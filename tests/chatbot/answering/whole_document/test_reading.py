from __future__ import annotations

from pathlib import Path

from chatbot.answering.whole_document.reading import documents_in, read_document
from chatbot.trace import Candidate, Source
from fakes.whole_documents import store_of


def test_a_text_that_comes_again_is_read_once(tmp_path: Path) -> None:
    texts = ["One thing.", "Another thing.", "One thing.", "A last thing."]
    store = store_of(tmp_path / "index", {"data/a.md": [(text, (), None) for text in texts]})
    with store.reading() as view:
        (row,) = view.documents()
        document = read_document(view, row)
        first = read_document(view, row, 2)
    assert [p.text for p in document.passages] == ["One thing.", "Another thing.", "A last thing."]
    assert (document.read, document.count, document.name) == (4, 4, "data/a.md")
    assert document.vectors is not None
    assert document.vectors.shape == (3, 2)
    assert ([p.text for p in first.passages], first.read, first.count) == (texts[:2], 2, 4)
    store.close()


def test_the_sources_of_an_answer_are_its_documents_in_their_order() -> None:
    sources = [
        Source(n, Candidate(n, uri, f"text {n}", (0, 6)))
        for n, uri in enumerate(("b/x.md", "a.md", "b/x.md"), 1)
    ]
    found = documents_in(sources)
    assert [(d.name, [p.chunk_id for p in d.passages], d.vectors) for d in found] == [
        ("x.md", [1, 3], None),
        ("a.md", [2], None),
    ]
