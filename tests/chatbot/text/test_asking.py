"""Which sentences of a message ask."""

from __future__ import annotations

import pytest

from chatbot.text.asking import asking_part, only_names

HOME = "How many days a week may I work from home?"


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (HOME, HOME),
        ("carried-over leave", "carried-over leave"),
        (f"Hello! My boss wants to know it by tomorrow. {HOME} Thank you very much!", HOME),
        ("Good morning. Explain the notice period after the trial period.", "Explain the notice period after the trial period."),
        (
            "안녕하세요. 내일 발표를 준비하고 있습니다. 재택근무는 며칠까지 가능한가요? 감사합니다!",
            "재택근무는 며칠까지 가능한가요?",
        ),
        ("수고 많으십니다. 인증서를 갱신하는 방법을 알려 주세요. 감사합니다.", "인증서를 갱신하는 방법을 알려 주세요."),
        ("바쁘신데 죄송합니다. 재택근무는 며칠까지 가능한가요? 알고 계시면 자세히 알려 주세요.", "재택근무는 며칠까지 가능한가요?"),
        ("안녕하세요, 좋은 하루 보내고 계신가요? 필터는 얼마나 자주 교체해야 하나요?", "필터는 얼마나 자주 교체해야 하나요?"),
        ("Hello! What are the core hours? Thanks!", "What are the core hours?"),
        ("Could you please tell me this: who is Mina Hale? Thank you!", "who is Mina Hale?"),
        ("바쁘신데 죄송합니다만, FAISS란 무엇인가요?", "FAISS란 무엇인가요?"),
        ("Can you help me? Explain the notice period.", "Can you help me? Explain the notice period."),
        (f"{HOME} Is Tuesday a fixed day in the office?", f"{HOME} Is Tuesday a fixed day in the office?"),
    ],
)  # fmt: skip
def test_greetings_reasons_and_thanks_are_left_out(message: str, part: str) -> None:
    assert asking_part(message) == part


@pytest.mark.parametrize(
    "message",
    [
        "The robot says error 3. What now?",
        "Mori R1. Error 3. Brush.",
        "오류 3이라고 합니다. 왜죠?",
        "",
        "...",
    ],
)
def test_a_message_is_kept_whole_where_its_asking_sentence_says_too_little(message: str) -> None:
    assert asking_part(message) == message


KOREAN = "묶음의 수(nprobe)를 늘리면 더 정확해지고 더 느려집니다."
ENGLISH = "The servo of the wicket gate is oiled by hand."


@pytest.mark.parametrize(
    ("question", "text", "is_so"),
    [
        ("What does nprobe change?", KOREAN, True), ("How is NProbe chosen?", KOREAN, True), ("servo는 어떻게 쓰나요?", ENGLISH, True), ("servo는 무엇인가요?", ENGLISH, True),
        ("What is the price of nprobe?", KOREAN, False), ("Who invented nprobe?", KOREAN, False), ("What does nlist change?", KOREAN, False), ("servo 가격은 얼마인가요?", ENGLISH, False),
        ("What does the servo change?", ENGLISH, False), ("nprobe는 무엇인가요?", KOREAN, False), ("What is it?", KOREAN, False),
    ],
)  # fmt: skip
def test_a_question_may_name_nothing_but_a_word_of_a_passage_in_the_other_language(
    question: str, text: str, is_so: bool
) -> None:
    assert only_names(question, text, ["Other words.", "다른 글입니다."]) is is_so
    assert not only_names(question, text, [f"{KOREAN} {ENGLISH}"])
