from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.writer import Evidence
from chatbot.citations.sources import number_sources
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Scores, Sentence, Source, Turn, Verdict


def _source(number: int, text: str, passage_score: float, scores: dict[str, float]) -> Source:
    candidate = Candidate(number, "doc", text, (0, len(text)), scores=Scores(rerank=passage_score))
    sentences = tuple(Sentence(a, b, scores.get(text[a:b])) for a, b in sentence_spans(text))
    return Source(number, candidate, sentences)


def _passage(
    number: int,
    text: str,
    scores: dict[str, float],
    rerank: float,
    combined: float | None = None,
    alone: Verdict | None = None,
) -> Source:
    source = _source(number, text, rerank, scores)
    return replace(
        source,
        candidate=replace(source.candidate, scores=Scores(rerank=rerank, combined=combined, alone=alone)),
    )


def _write(*sources: Source) -> str:
    return "".join(ExtractiveWriter().write(Evidence("q", sources)))


def test_the_best_sentence_is_quoted_first_and_the_others_in_reading_order_with_their_numbers() -> None:
    first = _source(
        1, "연차는 15일입니다. 병가는 5일입니다.", 3.0, {"연차는 15일입니다.": 1.9, "병가는 5일입니다.": 2.0}
    )
    second = _source(
        2,
        "휴가는 미리 신청합니다. 사무실은 파랗습니다.",
        3.0,
        {"휴가는 미리 신청합니다.": 1.5, "사무실은 파랗습니다.": -1.0},
    )
    assert (
        _write(first, second)
        == "병가는 5일입니다. [1]\n\n연차는 15일입니다. [1]\n\n휴가는 미리 신청합니다. [2]"
    )


def test_the_source_of_the_best_sentence_comes_first() -> None:
    first = _source(1, "It may take a day.", 3.0, {"It may take a day.": 1.0})
    second = _source(2, "It takes three hours.", 3.0, {"It takes three hours.": 1.1})
    assert _write(first, second).startswith("It takes three hours. [2]")


def test_the_sentence_after_the_best_is_quoted_with_it_but_not_one_of_another_paragraph() -> None:
    scores = {"Word2Vec makes vectors.": 5.0, "It has two variants.": -7.0, "FAISS is fast.": -7.0}
    near = _source(1, "Word2Vec makes vectors. It has two variants.\n\nFAISS is fast.", 1.0, scores)
    assert _write(near) == "Word2Vec makes vectors. [1]\n\nIt has two variants. [1]"
    far = _source(1, "Word2Vec makes vectors.\n\nFAISS is fast.", 1.0, scores)
    assert _write(far) == "Word2Vec makes vectors. [1]"


def test_a_follow_up_that_asks_for_more_is_not_answered_with_what_was_quoted_before() -> None:
    source = _source(
        1, "Leave is 25 days. It starts in May.", 3.0, {"Leave is 25 days.": 4.0, "It starts in May.": 1.0}
    )
    history = (Turn("How long is leave?", "Leave is 25 days. [1]"),)

    def asked(question: str) -> str:
        return "".join(ExtractiveWriter().write(Evidence(question, (source,), history)))

    assert asked("How long is leave? And why?") == "It starts in May. [1]"
    assert asked("How long is leave? And when?").startswith(
        "Leave is 25 days."
    )  # may stand in what was quoted
    assert asked("How long is leave?").startswith("Leave is 25 days.")  # asked again on purpose
    everything = (Turn("How long is leave?", "Leave is 25 days. [1]\n\nIt starts in May. [1]"),)
    repeated = ExtractiveWriter().write(Evidence("How long is leave? And why?", (source,), everything))
    assert "25 days" in "".join(repeated)


@pytest.mark.parametrize(
    ("own", "alone", "said"),
    [
        ("And on Saturday?", "strong", "Visits are from 2 to 7."),
        ("And on Saturday?", "weak", "The fair is on Saturday."),  # nothing clear in the document before
        ("And the fair on Saturday?", "strong", "The fair is on Saturday."),
    ],
)
def test_a_follow_up_that_names_nothing_stays_with_the_document_before(
    own: str, alone: Verdict, said: str
) -> None:
    visits, fair = "Visits are from 2 to 7.", "The fair is on Saturday."
    sources = [_passage(1, visits, {visits: 4.0}, 3.0, alone=alone), _passage(2, fair, {fair: 3.0}, 3.0)]
    sources = [
        replace(s, candidate=replace(s.candidate, document=name))
        for s, name in zip(sources, ("clinic.md", "club.md"), strict=True)
    ]
    history = (Turn("When can I visit?", f"{visits} [1]", ("clinic.md",)),)
    answer = ExtractiveWriter().write(Evidence(f"When can I visit? {own}", sources, history))
    assert "".join(answer).startswith(said)


def test_of_sentences_with_the_words_of_a_follow_up_a_new_one_is_quoted() -> None:
    text = "Example: a map. Example: a tree.\n\nExample maps are old."
    source = _source(1, text, 3.0, {"Example: a map.": 4.0, "Example: a tree.": 1.0})
    history = (Turn("What are vectors for?", "Example: a map. [1]"),)
    answer = "".join(
        ExtractiveWriter().write(Evidence("What are vectors for? An example?", (source,), history))
    )
    assert "a tree" in answer
    assert "a map" not in answer


def test_a_sentence_far_below_the_best_is_left_out() -> None:
    source = _source(
        1,
        "Leave is 25 days.\n\nThe office is blue.",
        3.0,
        {"Leave is 25 days.": 4.0, "The office is blue.": 0.0},
    )
    assert _write(source) == "Leave is 25 days. [1]"


def test_a_sentence_counts_with_its_passage() -> None:
    right = _source(1, "It is 25 days.", 5.0, {"It is 25 days.": 0.0})
    wrong = _source(2, "What is leave?", -5.0, {"What is leave?": 2.0})
    assert _write(right, wrong) == "It is 25 days. [1]"


def test_a_passage_counts_by_what_the_second_look_orders_by() -> None:
    near, far = "It is 25 days.", "Is leave long?"
    right = _passage(1, near, {near: 17.0}, rerank=18.2, combined=20.8)
    wrong = _passage(2, far, {far: 17.4}, rerank=18.3, combined=19.5)
    assert _write(wrong, right).startswith(near)


@pytest.mark.parametrize(("korean", "english"), [("absent", "strong"), ("weak", "absent")])
def test_a_passage_that_alone_would_be_refused_is_not_quoted_beside_another(
    korean: Verdict, english: Verdict
) -> None:
    """A question lies nearer to what is in its own language, whatever it is about."""
    filters, home = "필터는 일주일에 한 번 털어 주세요.", "You may work from home three days."
    first = _passage(1, filters, {filters: 17.6}, rerank=18.2, alone=korean)
    second = _passage(2, home, {home: 17.5}, rerank=18.2, alone=english)
    quoted = f"{filters} [1]" if english == "absent" else f"{home} [2]"
    assert _write(first, second) == quoted
    nothing_else = _passage(1, filters, {filters: 17.6}, rerank=18.2, alone="absent")
    assert _write(nothing_else) == f"{filters} [1]"  # somebody has turned refusals off


def test_a_field_that_is_asked_for_is_quoted_out_of_a_passage_that_alone_would_be_refused() -> None:
    form, prose = "전화번호: 02-123-4567", "Call us whenever you like."
    first = _passage(1, form, {form: 14.0}, rerank=15.0, alone="absent")
    second = _passage(2, prose, {prose: 17.0}, rerank=18.5, alone="weak")
    answer = "".join(ExtractiveWriter().write(Evidence("전화번호가 뭐예요?", (first, second))))
    assert answer.startswith(f"{form} [1]")


def test_a_sentence_that_scores_as_high_as_the_first_is_quoted_too() -> None:
    teams, days = "These teams receive two extra days.", "You may work from home three days."
    first = _passage(1, teams, {teams: 16.67}, rerank=17.97, combined=20.89)
    second = _passage(2, days, {days: 16.68}, rerank=17.84, combined=19.36)
    assert _write(first, second) == f"{teams} [1]\n\n{days} [2]"
    lower = _passage(2, days, {days: 16.0}, rerank=17.84, combined=19.36)
    assert _write(first, lower) == f"{teams} [1]"


def test_a_table_row_is_quoted_with_its_column_names() -> None:
    table = "| Years | Days |\n| --- | --- |\n| 1-2 | 15 |\n| 3-5 | 20 |"
    source = _source(1, table, 1.0, {"| 3-5 | 20 |": 3.0})
    assert _write(source) == "Years: 3-5 · Days: 20 [1]"


def test_a_bar_inside_a_cell_parts_no_cells() -> None:
    row = r"| a \| b | pipe a into b |"
    source = _source(1, f"| Command | Meaning |\n| --- | --- |\n{row}", 1.0, {row: 3.0})
    assert _write(source) == "Command: a | b · Meaning: pipe a into b [1]"


def test_numbers_in_brackets_in_a_document_do_not_become_citations() -> None:
    source = _source(1, "As shown in [2] it works.", 1.0, {"As shown in [2] it works.": 1.0})
    assert _write(source) == "As shown in (2) it works. [1]"


def test_without_the_reranker_the_hottest_sentences_of_the_sources_are_quoted() -> None:
    text = "Tea is green. The battery lasts 90 minutes. Charging takes 4 hours. Milk is white."
    kept = [Candidate(n, "doc", text, (0, len(text)), rank=n) for n in (1, 2)]
    sources = number_sources(kept, "How long does the battery last?", None)
    assert _write(*sources).startswith("The battery lasts 90 minutes. [1]\n\nCharging takes 4 hours. [1]")


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("그럼 예시는?", "Word2Vec이 무엇인가요? 그럼 예시는?"),
        ("Why is it fast?", "Word2Vec이 무엇인가요? Why is it fast?"),
        ("배터리가 충전되지 않을 때는 어떻게 하나요?", "배터리가 충전되지 않을 때는 어떻게 하나요?"),
    ],
)
def test_a_follow_up_that_cannot_stand_alone_is_searched_with_the_question_before(
    question: str, searched: str
) -> None:
    history = [Turn("Word2Vec이 무엇인가요?", "...")]
    assert ExtractiveWriter().condense(question, history) == searched


def test_a_field_that_is_named_is_quoted_first_and_without_its_neighbours() -> None:
    text = "Store 0342\nCashier: Emily Rodriguez\nRegister: POS-07\n\nAll sales are final."
    scores = {"Cashier: Emily Rodriguez": -6.0, "Register: POS-07": -6.0, "All sales are final.": 2.0}
    source = _source(1, text, -1.0, scores)
    quoted = "".join(ExtractiveWriter().write(Evidence("Who was the cashier?", (source,))))
    assert quoted.startswith("Cashier: Emily Rodriguez [1]")
    assert "POS-07" not in quoted


def test_the_row_into_whose_range_a_figure_falls_comes_before_what_scores_better() -> None:
    table = "| Years | Days of leave |\n| --- | --- |\n| 1 to 2 | 20 |\n| 3 to 5 | 23 |"
    rows = _source(1, table, 2.0, {"| 1 to 2 | 20 |": 3.0, "| 3 to 5 | 23 |": 1.0})
    prose = _source(2, "Leave grows with the years.", 3.0, {"Leave grows with the years.": 5.0})
    question = "I came four years ago. How many days of leave do I get?"
    answer = "".join(ExtractiveWriter().write(Evidence(question, (rows, prose))))
    assert answer.startswith("Years: 3 to 5 · Days of leave: 23 [1]")


def _answer(question: str, *sources: Source, history: tuple[Turn, ...] = ()) -> str:
    return "".join(ExtractiveWriter().write(Evidence(question, sources, history)))


def test_another_year_than_the_one_asked_for_is_not_told_as_if_it_were_that() -> None:
    old = _source(1, "# Permits 2023\nA permit costs 90 pounds.", 3.0, {"A permit costs 90 pounds.": 2.0})
    new = _source(2, "# Permits 2025\nA permit costs 115 pounds.", 3.0, {"A permit costs 115 pounds.": 1.9})
    assert _answer("What does a permit cost in 2025?", old, new) == "A permit costs 115 pounds. [2]"
    said = _answer("What does a permit cost in 2026?", old, new)
    assert said.startswith("What was found on this is not about 2026. What comes closest:\n\n")
    assert _answer("2026년 permit 가격은?", old, new).startswith("찾은 내용은 “2026”에 대한 것이 아닙니다.")


def test_what_is_forbidden_is_not_quoted_as_if_it_were_allowed() -> None:
    source = _source(1, "Guests may not:\n\n- bring dogs", 3.0, {"- bring dogs": 4.0})
    assert _answer("May guests bring dogs?", source) == "Guests may not: bring dogs [1]"
    text = "Guests may not:\n\n- bring dogs\n- bring cats"
    source = _source(1, text, 3.0, {"- bring dogs": 4.0, "- bring cats": 3.9})
    assert _answer("May guests bring dogs or cats?", source) == (
        "Guests may not: bring dogs [1]\n\n- bring cats [1]"
    ), "once above the list"


def test_a_title_is_not_quoted_beside_a_field() -> None:
    title, field = "# Minutes of the board, 12 May", "Next meeting: 9 June, 19:30"
    minutes = _source(1, f"{title}\n\nPresent: Ada, Bo", 3.0, {title: 9.0, "Present: Ada, Bo": 0.0})
    items = _source(2, f"The pump is old.\n\n{field}", 3.0, {field: 8.0, "The pump is old.": 0.0})
    assert _answer("When is the next meeting of the board?", minutes, items) == f"{field} [2]"


def test_a_row_that_was_quoted_may_hold_what_is_asked_next() -> None:
    sat, thu = "| K-14 | Bicycles | Saturday |", "| K-13 | Italian | Thursday |"
    table = f"| Code | Course | Day |\n| --- | --- | --- |\n{thu}\n{sat}"
    source = _source(1, table, 3.0, {sat: 1.0, thu: 1.2})
    row = "Code: K-14 · Course: Bicycles · Day: Saturday"
    history = (
        Turn("Which course is the cheapest?", f"The lowest Fee in a.csv is £85 (among 2 rows).\n\n{row} [1]"),
    )
    question = "Code: K-14 Course: Bicycles On which day is it?"
    assert _answer(question, source, history=history) == f"{row} [1]"


@pytest.mark.parametrize(
    ("question", "own", "said"),
    [
        ("동의서는 언제까지 내야 해?", "참가 동의서는 10월 8일까지 제출해 주십시오.", True),
        (
            "영수증은 언제까지 내야 해?",
            "참가 동의서는 10월 8일까지 제출해 주십시오.",
            False,
        ),  # of something else
    ],
)
def test_a_sentence_with_the_words_of_the_question_stays_beside_what_only_another_language_seems_to_answer(
    question: str, own: str, *, said: bool
) -> None:
    foreign = "The guarantee is two years from the day of purchase."
    korean = _passage(1, own, {own: 18.0}, rerank=18.4, alone="absent")
    english = _passage(2, foreign, {foreign: 17.0}, rerank=18.0, alone="weak")
    answer = "".join(ExtractiveWriter().write(Evidence(question, (korean, english))))
    assert answer.startswith(own if said else foreign)


def test_what_stands_in_two_passages_of_a_document_is_quoted_once() -> None:
    said = "Leave is 25 days."
    first, second = _source(1, said, 3.0, {said: 2.0}), _source(2, said, 2.9, {said: 2.0})
    assert _write(first, second) == f"{said} [1]"
