from __future__ import annotations

from collections.abc import Sequence

from chatbot.citations.sources import number_sources
from chatbot.trace import Candidate, Stretch

PASSAGE = "연차\n\n연차는 15일입니다. 병가는 5일입니다. 문의는 인사팀으로 하세요."


def _candidate(text: str = PASSAGE) -> Candidate:
    return Candidate(chunk_id=1, document="handbook.txt", text=text, span=(0, len(text)), kept=True)


def _by_word(word: str):  # type: ignore[no-untyped-def]
    def score(_: str, sentences: Sequence[Stretch]) -> list[float]:
        return [float(word in sentence.text) for sentence in sentences]

    return score


def test_sources_are_numbered_in_the_order_given() -> None:
    sources = number_sources([_candidate("A. B is here."), _candidate("C. D is here.")], "?", None)
    assert [source.number for source in sources] == [1, 2]


def test_without_the_reranker_the_questions_words_choose_the_highlights() -> None:
    text = "One is here. Two is there. The battery charges in three hours. Four is far."
    (source,) = number_sources([_candidate(text)], "How long does charging the battery take?", None)
    most_relevant = max(source.sentences, key=lambda s: s.relevance)
    assert text[most_relevant.start : most_relevant.end] == "The battery charges in three hours."
    assert most_relevant in source.highlights
    assert {s.score for s in source.sentences} == {None}


def test_every_sentence_but_a_title_has_its_heat() -> None:
    (source,) = number_sources([_candidate()], "병가", _by_word("병가"))
    heats = [s.relevance for s in source.sentences]
    assert heats[0] == 0.0
    assert all(0 < relevance < 1 for relevance in heats[1:])
    assert max(heats) == heats[2]


def test_the_best_sentences_are_highlighted_in_reading_order() -> None:
    (source,) = number_sources([_candidate()], "병가", _by_word("병가"))
    shown = [source.text_of(s) for s in source.highlights]
    assert "병가는 5일입니다." in shown
    assert [s.start for s in source.highlights] == sorted(s.start for s in source.highlights)


def test_a_title_is_not_a_sentence_to_quote() -> None:
    (source,) = number_sources(
        [_candidate("Annual leave\n\nIt is 25 days. It starts in May.")], "?", _by_word("Annual")
    )
    scored = [source.text_of(s) for s in source.sentences if s.score is not None]
    assert scored == ["It is 25 days.", "It starts in May."]


def test_all_sentences_of_all_sources_are_scored_in_one_batch() -> None:
    calls = []

    def score(_: str, sentences: Sequence[Stretch]) -> list[float]:
        calls.append(list(sentences))
        return [0.0] * len(sentences)

    number_sources([_candidate(), _candidate()], "?", score)
    assert len(calls) == 1
    assert len(calls[0]) == 6


def test_a_table_row_is_scored_as_it_would_be_quoted_and_its_header_is_not_quoted() -> None:
    asked: list[str] = []

    def score(_: str, sentences: Sequence[Stretch]) -> list[float]:
        asked.extend(sentence.text for sentence in sentences)
        return [0.0] * len(sentences)

    number_sources([_candidate("Leave.\n\n| Years | Days |\n| --- | --- |\n| 3 to 5 | 23 |")], "?", score)
    assert asked == ["Years: 3 to 5 · Days: 23"]


def test_a_sentence_is_scored_with_its_place_in_its_passage() -> None:
    asked: list[Stretch] = []

    def score(_: str, sentences: Sequence[Stretch]) -> list[float]:
        asked.extend(sentences)
        return [0.0] * len(sentences)

    number_sources([_candidate()], "?", score)
    places = [sentence.candidate.text[sentence.start : sentence.end] for sentence in asked]
    assert (
        places
        == [sentence.text for sentence in asked]
        == [
            "연차는 15일입니다.",
            "병가는 5일입니다.",
            "문의는 인사팀으로 하세요.",
        ]
    )
