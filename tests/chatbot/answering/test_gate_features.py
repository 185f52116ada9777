"""What is known of a search before any of it is weighed."""

from __future__ import annotations

import pytest

from chatbot.answering.gate import best_sentence, keyword_shares, question_features
from chatbot.trace import Candidate, Scores


def candidate(text: str, fused: float = 0.0, logit: float | None = None) -> Candidate:
    return Candidate(0, "a.md", text, (0, len(text)), scores=Scores(0.85, 1.0, fused, logit))


def candidates(count: int, logit: float | None = 1.0) -> list[Candidate]:
    return [candidate("leave", -float(i), logit) for i in range(count)]


def test_among_few_candidates_nothing_stands_out() -> None:
    assert question_features("leave", candidates(20), [1.0] * 20)["lead"] == pytest.approx(1.6475, abs=1e-3)
    assert "lead" not in question_features("leave", candidates(14), [1.0] * 14)


def test_candidates_that_the_time_did_not_suffice_for_are_judged_by_the_others() -> None:
    mixed = [*candidates(3), *candidates(2, logit=None)]
    assert question_features("leave", mixed, [0.5] * 5)["logit"] == 1.0
    assert "logit" not in question_features("leave", candidates(3, logit=None), [0.5] * 3)


def test_words_are_not_looked_for_in_another_language() -> None:
    found = [candidate("Annual leave is 25 days."), candidate("연차는 스물다섯 날입니다.")]
    assert keyword_shares("How long is annual leave?", found)[1] is None
    assert keyword_shares("연차는 며칠인가요?", found)[0] is None
    assert (keyword_shares("연차는 며칠인가요?", found)[1] or 0) > 0
    assert keyword_shares("Annual leave?", found)[0] == pytest.approx(1.0)
    assert best_sentence("연차는 며칠인가요?", found[:1]) is None
    assert "sentence" not in question_features("연차는 며칠인가요?", found[:1], [None])


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
