"""Sentences are scored from the token vectors kept of their passages, and read one by one where there are none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from sentence_transformers import SentenceTransformer

from chatbot.reranking import Reranker, score_stretches
from chatbot.reranking import late_interaction as module
from chatbot.reranking.late_interaction import (
    PASSAGE,
    QUESTION,
    SCALES,
    LateInteraction,
    part_score,
    token_vectors,
)
from chatbot.store.records import embedded_text
from chatbot.trace import Candidate, Stretch
from fakes.small_models import small_embedding

# a heading and a table's header before the passage, and characters that nobody sees within it
TEXT = "It has wheels.\u200b It is \u00adred and fast. 바퀴는 네 개입니다."
CANDIDATE = Candidate(
    1, "cars.md", TEXT, (0, len(TEXT)), heading=("Cars", "Sports cars"), header="| a | b |\n| --- | --- |"
)
FIRST, SECOND = (0, TEXT.index("\u200b")), (TEXT.index("It is"), TEXT.index(" 바퀴"))
QUESTIONS = ["What colour is it?", "바퀴가 몇 개야?"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformer:
    return small_embedding(tmp_path_factory.mktemp("embedding"))


class Exact:
    """In the place of the codec: vectors of any width, as they are."""

    too_high = 0.0

    def similarities(self, question: torch.Tensor, tokens: Exact.Table) -> torch.Tensor:
        return question.float() @ tokens.vectors.float().mT

    class Table:
        def __init__(self, vectors: Sequence[torch.Tensor]) -> None:
            self.codec = Exact()
            self.vectors = torch.cat(list(vectors), dim=1)
            self.lengths = [one.shape[1] for one in vectors]


@pytest.fixture
def kept(small: SentenceTransformer, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Text -> a name of its vectors, which ``decoded`` finds again."""
    read = embedded_text(TEXT, CANDIDATE.heading, CANDIDATE.header)
    vectors = {b"1": token_vectors(small, [PASSAGE + read])[0]}
    monkeypatch.setattr(
        module,
        "decoded",
        lambda codes: [(list(range(len(codes))), Exact.Table([vectors[code] for code in codes]))],
    )
    return {read: b"1"}


def reranker(small: SentenceTransformer) -> Reranker:
    return Reranker(LateInteraction(small), model="small", top_n=1)


def stretch(span: tuple[int, int]) -> Stretch:
    return Stretch(CANDIDATE, TEXT[slice(*span)], *span)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_sentence_has_the_tokens_that_lie_in_it(
    small: SentenceTransformer, kept: dict[str, bytes], question: str
) -> None:
    stretches = [stretch(FIRST), stretch(SECOND)]
    found = score_stretches(
        reranker(small), question, stretches, lambda texts: [kept.get(text) for text in texts]
    )
    read = embedded_text(TEXT, CANDIDATE.heading, CANDIDATE.header)
    # by hand: where the words stand in what was read, token by token
    offsets = small.tokenizer(PASSAGE + read, return_offsets_mapping=True)["offset_mapping"]
    pieces = ["It has wheels.", "It is red and fast."]
    at = [len(PASSAGE) + read.index(piece) for piece in pieces]
    inside = [
        [i for i, (a, b) in enumerate(offsets) if a < b and a < start + len(piece) and b > start]
        for start, piece in zip(at, pieces, strict=True)
    ]
    similar = (
        token_vectors(small, [QUESTION + question])[0][:, 4:-1].float()
        @ token_vectors(small, [PASSAGE + read])[0].float().mT
    )
    weights = torch.tensor(list(SCALES.values()))
    expected = [1.5 * float(similar[..., row].amax(-1).mean(1) @ weights) - 9.56 for row in inside]
    assert found == pytest.approx(expected, abs=1e-3)


def test_a_long_stretch_counts_by_its_best_window() -> None:
    similar = torch.zeros(1, 2, 80)
    similar[0, 0, 0] = similar[0, 1, 79] = 1.0  # far apart: one window holds one of them
    assert part_score(similar).tolist() == [0.5]
    similar[0, 1, 20] = 1.0
    assert part_score(similar).tolist() == [1.0]


@pytest.mark.parametrize("missing", ["codes", "tokens", "text"])
def test_what_was_not_kept_whole_is_read_alone(
    small: SentenceTransformer, kept: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    stretches = [stretch(FIRST), stretch(SECOND)]
    known: dict[str, bytes | None] = dict(kept)
    if missing == "text":
        known = {}
    elif missing == "tokens":  # of another length: codes of another text
        other = token_vectors(small, [PASSAGE + "other"])[0]
        monkeypatch.setattr(module, "decoded", lambda codes: [([0], Exact.Table([other]))])
    else:  # damaged, or of a later version
        monkeypatch.setattr(module, "decoded", lambda codes: [])
    found = score_stretches(
        reranker(small), QUESTIONS[0], stretches, lambda texts: [known.get(t) for t in texts]
    )
    alone = reranker(small).score(QUESTIONS[0], [one.text for one in stretches])
    assert found == pytest.approx(alone, abs=1e-4)


def test_a_sentence_beyond_the_models_window_is_read_alone(
    small: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "word " * 600 + "The last sentence."
    candidate = Candidate(1, "long.txt", text, (0, len(text)))
    (vectors,) = token_vectors(small, [PASSAGE + text])
    assert vectors.shape[1] == 512
    monkeypatch.setattr(module, "decoded", lambda codes: [([0], Exact.Table([vectors]))])
    stretches = [Stretch(candidate, "The last sentence.", 3000, len(text))]
    found = score_stretches(reranker(small), "What?", stretches, lambda texts: [b"1"])
    assert found == pytest.approx(reranker(small).score("What?", ["The last sentence."]), abs=1e-4)


def test_a_claim_is_read_once_however_many_sources_are_asked(
    small: SentenceTransformer, kept: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[str]] = []
    monkeypatch.setattr(
        module, "token_vectors", lambda model, texts: read.append(list(texts)) or token_vectors(model, texts)
    )
    model = reranker(small)
    for one in (FIRST, SECOND):
        score_stretches(model, "It is red.", [stretch(one)], lambda texts: [kept[text] for text in texts])
    assert read == [[f"{QUESTION}It is red."]]
