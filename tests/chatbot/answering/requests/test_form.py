"""How a summary is to be told, read out of questions in both languages; and questions that say nothing else."""

from __future__ import annotations

import pytest

from chatbot.answering.requests import recognise
from chatbot.answering.requests.forms import Form, asked_first, form_of, form_said, only_says_how
from chatbot.store import DocumentName
from chatbot.trace import Request, Turn

DOCUMENTS = [
    DocumentName("docs/bees.md", "Beekeeping for beginners"), DocumentName("docs/roses.pdf", "Keeping roses in small gardens"),
    DocumentName("docs/도시양봉.html", "도시 양봉 길잡이"), DocumentName("docs/a17.pdf", "근로계약 표준안"),
    DocumentName("docs/lease-2025.txt", ""), DocumentName("docs/prices.csv", "Price list"),
    DocumentName("docs/r1.docx", "로봇 청소기 사용 설명서"),
]  # fmt: skip
BEES, ROSES, CITY, WORK, LEASE, PRICES, ROBOT = (document.uri for document in DOCUMENTS)


def told(_answer: str) -> int:
    return 6


def asked(question: str, *before: str) -> Request:
    return recognise(question, lambda: DOCUMENTS, [Turn(each, "a [1]", (BEES,)) for each in before])


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Summarize it in 5 sentences", Form(5)), ("a three-sentence summary of it", Form(3)), ("in two or three sentences", Form(3)),
        ("in a sentence", Form(1)), ("Summarize it in a nutshell", Form(1)), ("a 100-word summary", Form(100, "words")), ("in no more than twelve lines", Form(12)),
        ("in two paragraphs", Form(2, "paragraphs")), ("in 5 bullet points", Form(5, is_list=True)), ("as bullet points", Form(is_list=True)),
        ("the top 3 takeaways", Form(3, is_list=True)), ("five key points of it", Form(5, is_list=True)),
        ("Summarize it in Korean", Form(language="ko")), ("in two sentences, in French", Form(2, language="French")),
        ("다섯 문장으로 요약해줘", Form(5)), ("열두 문장으로", Form(12)), ("스무 문장 이내로", Form(20)), ("두세 문장으로", Form(3)), ("삼 줄로", Form(3)),
        ("세줄요약", Form(3)), ("문장 다섯 개로 정리해줘", Form(5)), ("한마디로", Form(1)), ("200자 이내로 요약해줘", Form(200, "characters")),
        ("두 문단으로", Form(2, "paragraphs")), ("50단어로", Form(50, "words")), ("핵심 세 가지만", Form(3, is_list=True)),
        ("포인트 네 개로", Form(4, is_list=True)), ("글머리표로 정리해줘", Form(is_list=True)), ("영어로 요약해줘", Form(language="en")),
        ("세 문장으로 우리말로 정리해줘", Form(3, language="ko")), ("일본어로", Form(language="Japanese")),
        ("모두 한 문장씩", Form(1, is_each=True)), ("two sentences each", Form(2, is_each=True)),
        ("Summarize the Korean glossary", Form()), ("이 문장은 무슨 뜻이야?", Form()), ("정열 문장은?", Form()),
    ],
)  # fmt: skip
def test_length_language_and_lists_are_read_out_of_a_question(question: str, form: Form) -> None:
    assert form_said(question)[0] == form


SAYS_HOW = [
    "shorter", "Shorter please!", "make it shorter", "can you make it a bit shorter?", "in one sentence", "one sentence only", "in Korean", "Korean please",
    "more detail", "too long", "as a list", "translate it into English", "now in 2 sentences", "더 짧게", "좀 더 짧게 해줘", "한 문장으로", "한 줄로 줄여줘",
    "영어로", "한국어로 번역해줘", "더 자세히 알려줘", "너무 길어", "글머리표로", "다시 세 줄로 요약해줘", "그걸 한 문단으로 써줄래?", "간단히",
]  # fmt: skip
SAYS_MORE = [
    "in one sentence, what is the rent?", "and the rent?", "how long is the lease?", "휴가는 짧게 쓸 수 있어?", "임대료는 자세히 알려줘", "더 비싼 건?", "what else?",
    "Is there a shorter way home?", "영어로 된 문서는?", "다섯 명이 앉을 수 있어?", "ok", "벌통을 한 문장으로",
]  # fmt: skip


@pytest.mark.parametrize("question", SAYS_HOW)
def test_a_question_that_only_says_how_means_the_summary_before_it(question: str) -> None:
    assert only_says_how(question)
    summary = Request("whole_document", "summary", (BEES,))
    assert asked(question, "Summarize the beekeeping guide") == summary
    assert asked(question, "Summarize the beekeeping guide", "in two sentences", "thanks!") == summary
    assert asked(question, "What does a hive cost?").documents in ((), (BEES,))
    points = asked(question, "양봉 안내서의 핵심을 알려줘")
    assert (points.topic, points.documents) == ("key_points", (CITY,))


@pytest.mark.parametrize("question", SAYS_MORE)
def test_a_question_that_says_more_is_one_of_its_own(question: str) -> None:
    assert not only_says_how(question)


def test_how_it_was_told_goes_on_until_it_is_said_otherwise() -> None:
    def form(question: str, *before: str) -> Form:
        return form_of(question, [Turn(each, "...") for each in before], told)

    assert form("shorter", "Summarize it") == Form(3, change="shorter")
    assert form("더 자세히", "요약해줘") == Form(12, change="longer")
    assert form("in Korean", "Summarize it in 4 sentences") == Form(4, language="ko")
    assert form("두 문장으로", "영어로 요약해줘") == Form(2, language="en")
    assert form("영어로", "요약해줘", "더 짧게") == Form(3, language="en")
    assert form("Korean please", "Summarize it") == Form(language="ko")
    assert form("Summarize the lease", "Summarize it in 4 sentences") == Form()
    before = [Turn("Summarize it.", "..."), Turn("in Korean", "...")]
    assert asked_first("shorter", before) == "Summarize it. in Korean. shorter"
    assert asked_first("What is it?", before) == "What is it?"


@pytest.mark.parametrize(
    ("question", "topic", "document"),
    [
        ("summarize the beekeeping guide", "summary", BEES), ("summarize the beekeeping guide in 5 sentences", "summary", BEES),
        ("What is the beekeeping guide about?", "about", BEES), ("outline of the rose manual", "outline", ROSES),
        ("summarize the rosekeeping guide", "summary", ROSES), ("Summarize the lease", "summary", LEASE),
        ("key points of the lease agreement", "key_points", LEASE), ("summarize the price sheet", "summary", PRICES),
        ("what are the three most important things in the lease?", "key_points", LEASE),
        ("도시 양봉 안내서를 다섯 문장으로 요약해줘", "summary", CITY), ("도시양봉 길잡이 요약해줘", "summary", CITY), ("양봉 안내서 목차 보여줘", "outline", CITY),
        ("근로계약서를 열 문장으로 요약해줘", "summary", WORK), ("표준 근로계약서 핵심 세 가지만", "key_points", WORK), ("로봇 청소기 요약해줘", "summary", ROBOT),
        ("로봇 청소기 설명서를 200자로 요약해줘", "summary", ROBOT), ("the lease agreement in three sentences", "summary", LEASE),
        ("로봇 청소기 설명서를 세 문장으로", "summary", ROBOT), ("give me 5 bullets on the lease agreement", "key_points", LEASE),
        ("Three bullet points about the beekeeping guide", "key_points", BEES), ("lease를 3 sentences로 요약해줘", "summary", LEASE),
        ("Price list를 in English로 요약해줘", "summary", PRICES),
    ],
)  # fmt: skip
def test_a_document_is_known_by_what_it_is_about(question: str, topic: str, document: str) -> None:
    assert asked(question) == Request("whole_document", topic, (document,))


def test_a_document_is_known_by_half_of_its_title_without_what_kind_it_is() -> None:
    documents = [
        DocumentName("a.docx", "Commercial Lease Agreement"),
        DocumentName("b.docx", "Seaside Plus Insurance Policy"),
        DocumentName("c.docx", "공동주택 관리 계약서"),
    ]
    for question, uri in (
        ("Summarize the lease", "a.docx"),
        ("Summarise the insurance policy", "b.docx"),
        ("공동주택 요약해줘", "c.docx"),
    ):
        assert recognise(question, lambda: documents, []).documents == (uri,), question
    assert recognise("Summarize the seaside", lambda: documents, []).kind == "look_up"


@pytest.mark.parametrize(
    "question",
    [
        "summarize the vacuum contract", "Summarize parental leave", "summarize the notice period rules", "summarize the hives", "summarize the small ones",
        "청소기 계약서 요약해줘", "벌통 관리 요약해줘", "장비 요약해줘", "What is in the garden?", "임대료는 어떻게 정리해?",
    ],
)  # fmt: skip
def test_a_topic_is_no_document(question: str) -> None:
    assert asked(question).kind == "look_up"


def test_several_documents_are_named_one_after_the_other() -> None:
    for question in (
        "Summarize the lease agreement and the beekeeping guide in 4 sentences",
        "lease와 beekeeping guide를 요약해줘",
        "key points of the lease, the bee guide",
    ):
        assert asked(question).documents == (LEASE, BEES), question
    assert asked("summarize the lease and the weather").kind == "look_up"
    assert asked("모든 문서를 한 문장씩 요약해줘") == Request("whole_document", "summary")
    assert asked("What is the lease about in one sentence?") == Request("whole_document", "about", (LEASE,))


def test_a_name_that_ends_like_a_particle_is_one_name() -> None:
    documents = [
        DocumentName("a/소아과.md", "소아과 진료"),
        DocumentName("a/사과.md", "사과 재배"),
        DOCUMENTS[0],
    ]
    for question, document in (
        ("소아과 안내서 요약해줘", documents[0]),
        ("사과 안내서를 세 문장으로", documents[1]),
    ):
        assert recognise(question, lambda: documents).documents == (document.uri,), question


def test_of_two_that_fit_neither_is_taken() -> None:
    two = [DocumentName("a/bees-1.md", "Bees in spring"), DocumentName("a/bees-2.md", "Bees in autumn")]
    assert recognise("summarize the bee guide", lambda: two).kind == "look_up"


def test_documents_that_are_named_by_their_subject_are_compared_as_a_whole() -> None:
    found = asked("compare the lease with the beekeeping guide")
    assert (found.kind, found.topic, found.documents) == ("whole_document", "compare", (LEASE, BEES))
