from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.answering.writer import Evidence
from chatbot.citations.check import (
    CHECK_CALIBRATION_FILE,
    CheckCalibration,
    ClaimCheck,
    ClaimEvidence,
    ClaimFeatures,
    QuotedClaim,
    check_claims,
    load_check_calibration,
    quoted_claims,
)
from chatbot.citations.claims import claims
from chatbot.citations.sources import number_sources
from chatbot.engine.models import Models
from chatbot.errors import ModelError
from chatbot.models.folders import ModelFolder
from chatbot.trace import Candidate, Source
from fakes.whole_documents import Teller

CALIBRATION = CheckCalibration(1.0, 4.0, 4.0, 2.0, -5.0, supported=0.7, weak=0.2, margin=0.2)
LEAVE = "Annual leave\n\nEmployees get 25 days of leave a year. It is booked in the calendar."
HOTEL = "Travel\n\nA hotel may cost 140 euros a night. Receipts are sent to People Operations."


def _candidates(*texts: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(n, "doc", text, (0, len(text)), rank=n, kept=True) for n, text in enumerate(texts, 1)
    )


def _no_opinion(_: str, texts: Sequence[str]) -> list[float]:
    return [0.0] * len(texts)


def _check(text: str, *texts: str, others: Sequence[str] = ()) -> tuple[ClaimCheck, ...]:
    sources = number_sources(_candidates(*texts), "?", None)
    return check_claims(text, sources, _candidates(*texts, *others), CALIBRATION, _no_opinion)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is fast [1]. It is small [2][3].", [("It is fast", (1,)), ("It is small", (2, 3))]),
        ("It is fast. [1] It is small. [2]", [("It is fast.", (1,)), ("It is small.", (2,))]),
        ("연차는 15일입니다. [1]\n\n병가는 5일입니다. [2]", [("연차는 15일입니다.", (1,)), ("병가는 5일입니다.", (2,))]),
        ("Years: 3-5 · Days: 20 [1]\n\nIt is so. [1]", [("Years: 3-5 · Days: 20", (1,)), ("It is so.", (1,))]),
        ("I looked. It is 3.5 mm [1], not 4 mm [2].", [("It is 3.5 mm, not 4 mm.", (1, 2))]),
        ("No citation here.", []),
        ("[1]", []),
    ],
)  # fmt: skip
def test_a_claim_is_a_sentence_with_the_citations_in_it_and_right_behind_it(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(claim.text.rstrip("."), claim.numbers) for claim in claims(text)] == [
        (words.rstrip("."), numbers) for words, numbers in found
    ]
    for claim in claims(text):
        assert text[claim.start : claim.end].strip() == text[claim.start : claim.end] != ""
        assert all(f"[{number}]" in text[claim.start : claim.end] for number in claim.numbers)


def test_what_stands_word_for_word_in_its_source_is_found_there_without_thresholds() -> None:
    quoted, invented, elsewhere = (
        "It is booked  in the calendar. [1]",
        "Dogs get it too. [1]",
        "Employees get 25 days of leave a year. [2]",
    )
    found = quoted_claims(
        f"{quoted} {invented} {elsewhere}", number_sources(_candidates(LEAVE, HOTEL), "?", None)
    )
    begins = LEAVE.index("It is booked")
    assert found == (QuotedClaim(0, len(quoted), ClaimEvidence(1, begins, len(LEAVE))),)


def test_a_verbatim_quote_is_supported_without_asking_the_reranker() -> None:
    def score(_: str, texts: Sequence[str]) -> list[float]:
        raise AssertionError("asked")

    candidates = _candidates(LEAVE)
    sources = number_sources(candidates, "?", None)
    text = "It is booked  in the calendar. [1]"
    (check,) = check_claims(text, sources, candidates, CALIBRATION, score)
    assert (check.verdict, check.probability) == ("supported", 1.0)
    assert check.evidence is not None
    assert LEAVE[check.evidence.start : check.evidence.end] == "It is booked in the calendar."


def test_a_word_or_two_are_no_quote() -> None:
    (check,) = _check("Leave. [1]", HOTEL + " He may leave it.")
    assert check.probability < 1


def test_a_table_row_is_quoted_verbatim_under_its_column_names() -> None:
    table = "| Years | Days |\n| --- | --- |\n| 3-5 | 20 |"
    (check,) = _check("Years: 3-5 · Days: 20 [1]", table)
    assert check.probability == 1.0


def test_a_claim_with_a_number_that_its_source_lacks_is_not_supported() -> None:
    right, wrong, close = _check(
        "Employees get 25 days leave a year [1]. Employees get 30 days leave a year [1]. Employees get 2 days leave a year [1].",
        LEAVE,
    )
    assert right.verdict == "supported"
    assert wrong.verdict != "supported"
    assert close.verdict != "supported"  # the 2 of 25 is not a 2


def test_a_sentence_cited_to_the_wrong_source_is_told_so_with_the_better_one() -> None:
    text = "A hotel may cost up to 140 euros [1]."
    (wrong,) = _check(text, LEAVE, HOTEL)
    assert (wrong.verdict, wrong.numbers, wrong.better) == ("not supported", (1,), 2)
    (dropped,) = _check(text, LEAVE, others=[HOTEL])
    assert dropped.better == 2  # a candidate that was not kept counts, too
    (right,) = _check(text.replace("[1]", "[2]"), LEAVE, HOTEL)
    assert (right.verdict, right.better) == ("supported", None)


def test_a_sentence_is_not_checked_against_a_source_in_another_language() -> None:
    korean = "연차 휴가는 1년에 25일이며 다음 해로 넘길 수 없습니다."
    (check,) = _check("Employees get 25 days leave a year [1].", korean)
    assert (check.verdict, check.evidence, check.better) == ("unchecked", None, None)
    (check,) = _check("직원은 1년에 25일의 휴가를 받습니다 [1].", LEAVE, others=[korean])
    assert (check.verdict, check.better) == ("unchecked", None)


def test_of_sources_in_both_languages_those_in_the_sentences_own_are_checked() -> None:
    korean = "호텔 비용은 하루 140유로까지입니다."
    (check,) = _check("A hotel may cost up to 140 euros [1][2].", korean, HOTEL)
    assert check.verdict == "supported"
    assert check.evidence is not None
    assert check.evidence.number == 2


def test_words_that_stand_in_a_source_are_quoted_whatever_its_language() -> None:
    (check,) = _check(
        "Harbor & Pine Employee Handbook [1].",
        "이 규정의 영어 이름은 Harbor & Pine Employee Handbook 입니다.",
    )
    assert (check.verdict, check.probability) == ("supported", 1.0)


def test_one_of_several_cited_sources_is_enough() -> None:
    (check,) = _check("A hotel may cost up to 140 euros [1][2].", LEAVE, HOTEL)
    assert check.verdict == "supported"
    assert check.evidence is not None
    assert check.evidence.number == 2


def test_the_reranker_is_asked_about_few_windows_of_the_cited_source() -> None:
    asked: list[str] = []

    def score(claim: str, texts: Sequence[str]) -> list[float]:
        asked.extend(texts)
        return [float("calendar" in text) for text in texts]

    long = (
        " ".join(f"Sentence number {n} speaks about leave." for n in range(40))
        + " Use the calendar for leave."
    )
    sources = number_sources(_candidates(long), "?", None)
    (check,) = check_claims("Leave goes into the calendar [1].", sources, (), CALIBRATION, score)
    assert len(asked) == 3
    assert check.evidence is not None
    assert long[check.evidence.start : check.evidence.end] == "Use the calendar for leave."


def test_a_source_with_nothing_to_quote_supports_nothing() -> None:
    candidate = Candidate(1, "doc", "---", (0, 3), rank=1, kept=True)
    (check,) = check_claims("It is so [1].", (Source(1, candidate),), (candidate,), CALIBRATION, _no_opinion)
    assert (check.verdict, check.evidence) == ("not supported", None)


def test_the_probability_rises_with_every_sign_and_never_overflows() -> None:
    middle = ClaimFeatures(0.0, 0.5, 0.5, 0.5)
    for more in ({"logit": 1.0}, {"shared": 0.6}, {"found": 0.6}, {"exact": 0.6}):
        assert CALIBRATION.probability(replace(middle, **more)) > CALIBRATION.probability(middle)
    assert CALIBRATION.probability(ClaimFeatures(-1e6, 0, 0, 0)) == 0.0


def test_a_calibration_counts_for_the_weights_that_it_was_measured_with_only(tmp_path: Path) -> None:
    model = ModelFolder("m", tmp_path, "", "", "", 0, "abc")
    assert load_check_calibration(model) is None
    content = {"weights": "abc", "logit": 1, "shared": 1, "found": 1, "exact": 1, "bias": 0}
    content |= {"supported": 0.7, "weak": 0.2, "margin": 0.2}
    (tmp_path / CHECK_CALIBRATION_FILE).write_text(json.dumps(content))
    assert load_check_calibration(model) == CheckCalibration(1, 1, 1, 1, 0, 0.7, 0.2, 0.2)
    assert load_check_calibration(replace(model, sha256="other")) is None
    (tmp_path / CHECK_CALIBRATION_FILE).write_text(json.dumps(content | {"weak": 0.9}))
    with pytest.raises(ModelError, match=r"support\.json: thresholds"):
        load_check_calibration(model)


class _Says:
    label, remote = "test", False

    def __init__(self, text: str) -> None:
        self.text = text

    def write(self, evidence: Evidence) -> Iterator[str]:
        yield self.text

    def condense(self, question: str, history: object) -> str:
        return question


def test_an_answer_over_the_samples_is_checked_with_the_real_reranker(sample_chatbot: Chatbot) -> None:
    assert sample_chatbot.can_check  # its thresholds came with it
    quoted = sample_chatbot.ask("필터는 얼마나 자주 교체해야 하나요?")
    assert quoted.text
    checks = sample_chatbot.check(quoted)
    assert len(checks) == quoted.text.count("[")
    assert {check.verdict for check in checks} == {"supported"}
    invented = sample_chatbot.answer_again(quoted, _Says("나폴레옹은 1801년에 하버 은행을 세웠습니다 [1]."))
    assert invented.text
    assert [check.verdict for check in sample_chatbot.check(invented)] == ["not supported"]


def test_without_measured_thresholds_there_are_no_verdicts(sample_chatbot: Chatbot) -> None:
    class Unmeasured(Models):
        check_calibration = None

    config = sample_chatbot.config
    other = Chatbot(config, sample_chatbot.store, models=Unmeasured(config, sample_chatbot.embedding))
    answer = sample_chatbot.ask("필터는 얼마나 자주 교체해야 하나요?", rerank=False)
    assert answer.text
    assert not other.can_check
    assert other.check(answer) == ()


@pytest.mark.parametrize(
    ("question", "said", "verdict"),
    [
        ("How much may I spend on meals per day while travelling?", "45 euros [{n}]", "supported"),
        ("How much may I spend on meals per day while travelling?", "140 euros [{n}]", "weak"),
        ("How much may I spend on meals per day while travelling?", "A hotel may cost 140 euros per night [{n}].", "supported"),
        ("필터는 언제 교체해?", "6개월 [{n}]", "supported"),
        ("필터는 언제 교체해?", "12개월 [{n}]", "weak"),
    ],
)  # fmt: skip
def test_a_figure_alone_is_looked_for_where_the_question_is_answered(
    sample_chatbot: Chatbot, question: str, said: str, verdict: str
) -> None:
    asked = sample_chatbot.ask(question)
    figure = said.split()[0] if said[0].isdigit() else "140 euros"
    number = next(source.number for source in asked.sources if figure in source.text)
    answer = sample_chatbot.ask(question, writer=Teller(said.format(n=number)))
    assert answer.text
    (check,) = sample_chatbot.check(answer)
    assert check.verdict == verdict
