"""What is known of a search before any of it is weighed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.answering.gate import best_sentence, keyword_shares, question_features
from chatbot.trace import Candidate, Scores


def candidate(text: str, fused: float = 0.0, logit: float | None = None) -> Candidate:
    return Candidate(0, "a.md", text, (0, len(text)), scores=Scores(0.85, 1.0, fused, logit))


def candidates(count: int, logit: float | None = 1.0) -> list[Candidate]:
    return [candidate("leave", -float(i), logit) for i in range(count)]


def test_the_best_of_the_candidates_counts_and_those_without_a_logit_are_judged_by_the_others() -> None:
    mixed = [*candidates(3), *candidates(2, logit=None)]
    assert question_features("leave", mixed) == {"logit": 1.0, "cosine": 0.85, "sentence": 1.0}
    assert question_features("leave", candidates(3, logit=None)) == {"cosine": 0.85, "sentence": 1.0}


def test_the_size_of_the_collection_makes_no_difference() -> None:
    assert question_features("leave", candidates(2)) == question_features("leave", candidates(20))


def test_what_the_asking_sentence_alone_gets_counts_where_it_is_more() -> None:
    found = candidate("leave", logit=17.0)
    for asked, best in ((19.5, 19.5), (15.0, 17.0), (None, 17.0)):
        scored = replace(found, scores=replace(found.scores, asked=asked))
        assert question_features("leave", [scored])["logit"] == best


@pytest.mark.parametrize(
    ("around", "question"),
    [
        ("Hello! I have to plan my week with two children. My partner asked twice. {} Thanks!", "Annual leave of ten days?"),
        ("안녕하세요. 아이가 둘이라 미리 계획을 세워야 합니다. {} 감사합니다!", "연차는 며칠인가요?"),
    ],
)  # fmt: skip
def test_a_greeting_and_reasons_take_no_words_away(around: str, question: str) -> None:
    found = [candidate("Annual leave is ten days."), candidate("연차는 열흘입니다.")]
    short, long = (question_features(message, found) for message in (question, around.format(question)))
    assert short["sentence"] == long["sentence"] > 0


def test_passages_in_another_language_are_told_apart() -> None:
    found = [candidate("Annual leave is ten days.", logit=18.0), candidate("연차는 열흘입니다.", logit=20.0)]
    assert question_features("Annual leave?", found) == {
        "logit": 18.0, "cosine": 0.85, "foreign_logit": 20.0, "foreign_cosine": 0.85, "sentence": 1.0,
    }  # fmt: skip
    assert question_features("연차?", found[:1]) == {"foreign_logit": 18.0, "foreign_cosine": 0.85}


def test_words_are_not_looked_for_in_another_language() -> None:
    found = [candidate("Annual leave is 25 days."), candidate("연차는 스물다섯 날입니다.")]
    assert keyword_shares("How long is annual leave?", found)[1] is None
    assert keyword_shares("연차는 며칠인가요?", found)[0] is None
    assert (keyword_shares("연차는 며칠인가요?", found)[1] or 0) > 0
    assert keyword_shares("Annual leave?", found)[0] == pytest.approx(1.0)
    assert best_sentence("연차는 며칠인가요?", found[:1]) is None


def test_words_close_together_count_more_than_words_apart() -> None:
    apart = [
        candidate("Annual reports are due in May. Parental leave is long. Ten days are a working fortnight.")
    ]
    together = [
        candidate("Reports are due in May. Annual leave is ten days. A fortnight has ten working days.")
    ]
    question = "Days of annual leave?"
    assert keyword_shares(question, apart)[0] == keyword_shares(question, together)[0] == pytest.approx(1.0)
    assert (best_sentence(question, together) or 0) > (best_sentence(question, apart) or 0) > 0


def test_the_sentence_may_stand_in_a_later_passage_but_not_beyond_the_fifth() -> None:
    found = [
        candidate("Nothing of that."),
        *[candidate("Nor here.")] * 3,
        candidate("Annual leave is ten days."),
    ]
    assert best_sentence("Annual leave?", found) == pytest.approx(1.0)
    assert best_sentence("Annual leave?", [candidate("No."), *found]) == 0.0
