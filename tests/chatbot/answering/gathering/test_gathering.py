"""Comparisons, collections and several questions in one, over the sample documents with the real models."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.answering.gathering.comparing import compared
from chatbot.answering.gathering.naming import is_named
from chatbot.answering.gathering.words import Words
from chatbot.answering.requests.several import several
from chatbot.answering.requests.sides import collected, sides_of
from chatbot.answering.whole_document.statements import sourced
from chatbot.conversations.record import AskedWith, record_of
from chatbot.conversations.record_json import from_json, to_json
from chatbot.rendering.answer import render_outline
from chatbot.rendering.reasons import why_refused
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, Request, Source, Turn
from fakes.whole_documents import Teller


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How long is parental leave and who approves travel?",
            ("How long is parental leave?", "Who approves travel?"),
        ),
        ("육아휴직은 얼마이고 병가는 언제인가요?", ("육아휴직은 얼마인가요?", "병가는 언제인가요?")),
        ("주차는 어디에 하고 요금은 얼마야?", ("주차는 어디에 하나요?", "요금은 얼마야?")),
        ("환불은 어떻게 되고, 배송은 며칠 걸려요?", ("환불은 어떻게 되나요?", "배송은 며칠 걸려요?")),
        ("방은 몇 명까지 들어가고 내일 날씨는 어때?", ("방은 몇 명까지 들어가나요?", "내일 날씨는 어때?")),
        ("1. How long is it? 2. Who pays for it?", ("How long is it?", "Who pays for it?")),
        (
            "What is the hotel limit, how much is paid per kilometre, and by when must I send receipts?",
            ("What is the hotel limit?", "How much is paid per kilometre?", "By when must I send receipts?"),
        ),
        ("What are the core hours and holidays?", ()),
        ("In the year 1900, what was the population and how was it counted?", ()),
        ("When and where was he born?", ()),
        ("누구하고 이야기해야 하나요?", ()),
        ("왜 그는 회사를 그만두고 여행을 떠났나요?", ()),
        ("어떤 책을 읽고 어떤 점을 느꼈나요?", ()),
        ("What is the name of the man who built it and who paid for it?", ()),
    ],
)
def test_a_message_is_split_only_where_each_part_is_a_question(question: str, parts: tuple[str, ...]) -> None:
    assert several(question) == parts


@pytest.mark.parametrize(
    ("question", "sides", "aspect"),
    [
        ("compare Solo and Team", ("Solo", "Team"), ""),
        ("A vs B", ("A", "B"), ""),
        ("difference between parental and sick leave", ("parental leave", "sick leave"), ""),
        ("What is the price difference between Solo and Team?", ("Solo", "Team"), "price"),
        ("which is better for beginners, Solo or Team?", ("Solo", "Team"), "for beginners"),
        ("크로스 인코더와 바이 인코더의 차이는?", ("크로스 인코더", "바이 인코더"), ""),
        ("젤펜과 만년필의 가격 차이", ("젤펜", "만년필"), "가격"),
        ("compare a mug with hot tea", ("mug", "hot tea"), ""),
        ("compare everything", (), ""),
    ],
)
def test_the_sides_are_taken_out_of_the_question(question: str, sides: tuple[str, ...], aspect: str) -> None:
    assert sides_of(question) == (sides, aspect)


def test_what_is_collected_is_said_without_the_words_around_it() -> None:
    assert collected("list all notebooks in the price list") == "notebooks"
    assert collected("주의 사항을 모두 나열해 주세요") == "주의 사항"


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("Find all passages about remote work", "remote work"),
        ("list all places where the lease mentions the deposit", "deposit"),
        ("List everything the report says about noise", "noise"),
        ("list all sentences in which Kim is mentioned", "Kim"),
        ("find every place where the warranty comes up", "warranty"),
        ("list all references to the deposit in the lease", "deposit"),
        ("설명서에서 필터가 나오는 곳을 모두 찾아줘", "필터"),
        ("필터에 대한 내용을 모두 모아줘", "필터"),
        ("휴가가 언급된 부분을 전부 찾아 주세요", "휴가"),
        ("휴가 언급된 곳 모두 보여줘", "휴가"),
        ("보증금과 관련된 문장을 모두 뽑아줘", "보증금"),
        # these ask for the things themselves
        ("list all places in Seoul", "places in Seoul"),
        ("list all parts that are sold separately", "parts that are sold separately"),
        ("list all sections of the contract", "sections of the contract"),
        ("제품에 들어간 성분을 모두 알려줘", "제품에 들어간 성분"),
        ("핵심 내용을 모두 정리해줘", "핵심 내용"),
    ],
)
def test_of_what_is_mentioned_somewhere_the_thing_is_collected(question: str, what: str) -> None:
    assert collected(question) == what


@pytest.mark.parametrize(
    ("question", "least", "entry"),
    [
        ("Find all passages about remote work", 1, "you may work from home up to three days"),
        ("List all places where the handbook mentions leave", 6, "Parental leave is 20 weeks"),
        ("로봇 청소기 설명서에서 필터가 나오는 곳을 모두 찾아줘", 3, "교체 주기: 6개월"),
    ],
)
def test_every_mention_is_found_however_it_is_asked_for(
    sample_chatbot: Chatbot, question: str, least: int, entry: str
) -> None:
    answer = sample_chatbot.ask(question)
    assert (answer.request.kind, answer.refused) == ("collect", False)
    assert answer.text.count("\n- ") >= least
    assert entry in answer.text


def test_a_thing_is_named_by_whole_words() -> None:
    assert is_named("notebooks", "A5 notebook ruled")
    assert is_named("evening classes", "an evening class")
    assert is_named("fees", "the fee is paid")
    assert not is_named("probation", "it is not a probability")
    assert not is_named("stapler", "90 x 140 mm, stapled")


def test_a_comparison_is_a_table_with_a_citation_in_each_cell(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("compare bi-encoder and cross-encoder")
    lines = answer.text.split("\n")
    assert lines[0] == "|  | bi-encoder | cross-encoder |"
    assert any(line.startswith("| Practical size | millions of passages [") for line in lines)
    assert [source.number for source in answer.sources] == [c.rank for c in answer.candidates if c.kept]
    assert "<table>" in render_outline(answer.text, len(answer.sources), "a")
    assert sample_chatbot.check(answer) == ()


def test_a_side_without_a_passage_is_named_as_missing(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("What is the difference between annual leave and unpaid leave?")
    assert answer.text.startswith("## annual leave\n\n- ")
    assert "\n- Paid annual leave grows with your years of service. [1]\n" in answer.text
    assert answer.text.endswith("Nothing was found in the documents about: unpaid leave.")
    assert answer.gathered is not None
    assert [part.gate.verdict for part in answer.gathered.parts][1] == "absent"


def test_a_collection_lists_every_row_and_says_how_many_were_looked_at(sample_chatbot: Chatbot) -> None:
    question = "list all notebooks in the price list"  # a person says that it is no table
    answer = sample_chatbot.ask(question, request=sample_chatbot.request_as("collection", question))
    assert answer.text.startswith(
        "2 passages in one document; 120 were looked at.\n\n## price-list.csv\n\n- sku: NB-301"
    )
    assert answer.text.count("\n- ") == 5


def test_what_no_passage_names_is_not_collected(sample_chatbot: Chatbot) -> None:
    assert sample_chatbot.ask("every mention of probation").refused


@pytest.mark.parametrize(
    ("question", "first", "last", "count"),
    [  # a list under a heading that names it, one behind a sentence that does, the rows that say most of it
        ("What are all the common mistakes in reranking?", "1. **Reranking too few", "7. **Tuning on the test set.**", 7),
        ("보증 기간에도 비용을 받는 경우를 전부 알려줘", "떨어뜨리거나 물에", "필터, 브러시", 3),
        ("부품별 청소 주기를 모두 나열해줘", "부품: 먼지통", "부품: 센서와", 6),
    ],
)  # fmt: skip
def test_all_items_of_a_list_that_is_named_are_collected(
    sample_chatbot: Chatbot, question: str, first: str, last: str, count: int
) -> None:
    answer = sample_chatbot.ask(question)
    entries = [line[2:] for line in answer.text.split("\n") if line.startswith("- ")]
    assert answer.request.kind == "collect"
    assert len(entries) == count
    assert entries[0].startswith(first)
    assert entries[-1].startswith(last)


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("compare the handbook with the price list", ("employee-handbook.pdf", "price-list.csv")),
        ("직원 핸드북과 재정렬 안내서를 비교해줘", ("employee-handbook.pdf", "reranking-guide.md")),
        ("price-list.csv vs the glossary", ("price-list.csv", "ai-glossary-ko.txt")),
    ],
)
def test_documents_that_are_named_are_compared_as_a_whole(
    sample_chatbot: Chatbot, question: str, documents: tuple[str, str]
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request == Request("whole_document", "compare", tuple(f"data/{name}" for name in documents))
    assert answer.text.count("## ") == 2
    cited = dict.fromkeys(answer.sources[number - 1].document for number in answer.citations)
    assert tuple(cited) == answer.request.documents  # side by side as they were named


def test_a_row_is_named_by_its_cell_and_the_name_of_its_column(sample_chatbot: Chatbot) -> None:
    text = sample_chatbot.ask("조용히 모드와 강력 모드의 차이는?").text
    assert "| 소음 | 52 dB [1] | 68 dB [1] |" in text
    assert "| 사용 시간 | 180분 [1] | 70분 [1] |" in text


def test_several_questions_are_answered_apart_also_from_tables(sample_chatbot: Chatbot) -> None:
    question = "Which is the cheapest product? How long is parental leave? What is the capital of France?"
    answer = sample_chatbot.ask(question)
    assert answer.request == Request("several", parts=tuple(f"{q}?" for q in question[:-1].split("? ")))
    assert "The lowest price_krw in price-list.csv is 2,500" in answer.text
    assert "Parental leave is 20 weeks at full pay" in answer.text
    assert answer.text.endswith(
        "## What is the capital of France?\n\nThe documents do not answer this question."
    )
    record = record_of(answer, AskedWith("extractive", "", 20, 3, True))
    assert record is not None
    assert from_json(to_json(record)) == record
    assert sample_chatbot.answer_again(record).text == answer.text
    assert not sample_chatbot.without_second_look(record).second_look.applied


@pytest.mark.parametrize(
    ("before", "question", "found"),
    [
        ("GloVe는 어디에서 발표했나요?", "아메리카노는 얼마고 카페 라테는 얼마예요?", ("price_krw: 4500", "price_krw: 5200")),
        ("How long is parental leave?", "How is it paid and how is sick pay paid?", ("20 weeks at full pay", "eight weeks")),
    ],
)  # fmt: skip
def test_the_first_of_several_questions_leans_on_the_conversation_only_where_it_has_to(
    sample_chatbot: Chatbot, before: str, question: str, found: tuple[str, str]
) -> None:
    answer = sample_chatbot.ask(question, [Turn(before, sample_chatbot.ask(before).text)])
    assert answer.request.kind == "several"
    first, second = answer.text.split("## ")[1:]
    assert found[0] in first
    assert found[1] in second


def test_a_model_is_asked_about_the_parts_that_are_found(sample_chatbot: Chatbot) -> None:
    teller = Teller("Twenty weeks [1].")
    answer = sample_chatbot.ask("How long is parental leave? What is the capital of France?", writer=teller)
    assert answer.text == (
        "## How long is parental leave?\n\nTwenty weeks [1].\n\n"
        "## What is the capital of France?\n\nThe documents do not answer this question."
    )
    assert len(teller.asked) == 1


def test_a_model_is_told_which_passages_belong_to_which_side(sample_chatbot: Chatbot) -> None:
    teller = Teller("| Word2Vec | FastText |\n| --- | --- |\n| a [1] | b [2] |")
    answer = sample_chatbot.ask("Word2Vec vs FastText", writer=teller)
    assert answer.text.startswith("| Word2Vec | FastText |")
    assert "“Word2Vec”: passages 1" in teller.asked[0].rules


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("Compare the House blend and the Decaf Colombia beans", ("15000 [", "18000 [")),
        ("젤펜과 만년필의 가격 차이", ("2500 [", "48000 [")),
    ],
)
def test_rows_of_tables_are_laid_side_by_side_without_a_model(
    sample_chatbot: Chatbot, question: str, figures: tuple[str, ...]
) -> None:
    answer = sample_chatbot.ask(question, writer=Teller())
    assert answer.text == sample_chatbot.ask(question).text
    assert (answer.request.kind, answer.llm) == ("compare", "extractive")
    assert all(figure in answer.text for figure in figures)


def test_a_greeting_needs_no_backend(sample_chatbot: Chatbot) -> None:
    def unusable() -> Teller:
        raise AssertionError("nobody writes")

    assert sample_chatbot.ask("hello", writer=unusable).text.startswith("Hello.")


def _side(text: str, number: int, document: str = "data/a.md") -> tuple[Source, ...]:
    return (sourced(Candidate(number, document, text, (0, len(text))), number),)


def test_a_sentence_that_names_both_sides_stands_once_and_is_pointed_at_from_the_other_cell() -> None:
    both = _side("A crate holds more than a barrel does.", 1)
    english = compared(["crate", "barrel"], [both, both], Words("compare"))
    assert english == [
        "| crate | barrel |\n| --- | --- |\n| A crate holds more than a barrel does. [1] | (the sentence beside it) [1] |"
    ]
    korean = _side("상자는 통보다 많이 담습니다.", 1), _side("통은 굴릴 수 있습니다.", 2)
    (table,) = compared(["상자", "통"], korean, Words("비교"))
    assert table.endswith("| 상자는 통보다 많이 담습니다. [1] | 통은 굴릴 수 있습니다. [2] |")
    (alone,) = compared(["상자", "통"], [_side("상자는 통보다 많이 담습니다.", 1)] * 2, Words("비교"))
    assert alone.endswith("| (옆 칸의 문장) [1] |")


def test_a_row_is_not_filled_up_from_a_document_that_speaks_of_something_else() -> None:
    text = "The crate is made of wood."
    suits = (*_side("The suit is washed warm.", 2), *_side("It suits pencil and ink.", 3, "data/other.md"))
    (table,) = compared(["crate", "suit"], [_side(text, 1), suits], Words("compare"))
    assert "ink" not in table


@pytest.mark.parametrize(
    ("title", "text", "is_said"),
    [
        ("port", "a report on exports", False), ("art", "the article on leave", False), ("cat", "a category", False), ("IVF", "an IVFFlat index", False),
        ("cat", "two cats", True), ("sick leaves", "Sick leave is paid.", True), ("IVF", "IVF는 빠르다", True), ("travel policy", "Travel policies", True), ("vacuum", "after vacuuming", True),
        ("e5", "E5-base", True),
    ],
)  # fmt: skip
def test_a_part_of_a_word_names_nothing(title: str, text: str, is_said: bool) -> None:
    assert is_named(title, text) is is_said


@pytest.mark.parametrize(
    ("question", "said", "names"),
    [
        ("compare the trampoline with the unicycle", "Nothing was found in the documents about: trampoline; unicycle.", "trampoline; unicycle"),
        ("트램펄린과 외발자전거를 비교해줘", "문서에서 다음에 대한 내용을 찾지 못했습니다: 트램펄린; 외발자전거", "트램펄린; 외발자전거"),
    ],
)  # fmt: skip
def test_a_refused_comparison_says_what_is_missing_and_no_probability(
    question: str, said: str, names: str, sample_chatbot: Chatbot
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.text.endswith(said)
    assert (answer.refused, answer.gate.probability, answer.gate.threshold) == (True, None, None)
    assert why_refused(answer.gate, (), Say("en")).startswith(f"Nothing was found in the documents about: {names}.")  # fmt: skip
    assert why_refused(answer.gate, (), Say("ko")).startswith(f"문서에서 다음에 대한 내용을 찾지 못했습니다: {names}.")  # fmt: skip
