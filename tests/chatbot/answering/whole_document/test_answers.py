"""Answers about whole documents by a language model that is played here, and over a small index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.answering import prompts
from chatbot.answering.answer import Answer, read_answer
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.whole_document import KeptTexts, answer_whole, answer_whole_again
from chatbot.answering.writer import RESTART, Evidence, Writer
from chatbot.errors import LLMError
from chatbot.store import Store
from chatbot.trace import Asked, Request, Timings, Turn
from fakes.whole_documents import Passage, Teller, store_of

PARTS = ("Leave", "Expenses", "Safety")


def _guide(passages: int = 1) -> list[Passage]:
    return [
        (f"{part} is described in passage number {n} of this guide.", (part,), 1) for part in PARTS for n in range(passages)
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = store_of(tmp_path / "index", {"data/guide.md": _guide()})
    yield store
    store.close()


def _ask(
    store: Store,
    writer: Writer,
    question: str = "Summarize the guide",
    topic: str = "summary",
    kept: KeptTexts | None = None,
) -> Answer:
    asked = Asked(question, Request("whole_document", topic), (), Timings())
    with store.reading() as view:
        return answer_whole(view, view.documents(), asked, writer, kept or KeptTexts())


def test_all_passages_are_read_and_those_that_are_quoted_become_sources(store: Store) -> None:
    answer = _ask(store, ExtractiveWriter())
    assert answer.text == (
        "Summary of data/guide.md (3 passages)\n\n"
        "## Leave\n\nLeave is described in passage number 0 of this guide. [1]\n\n"
        "## Expenses\n\nExpenses is described in passage number 0 of this guide. [2]\n\n"
        "## Safety\n\nSafety is described in passage number 0 of this guide. [3]"
    )
    assert (answer.llm, answer.refused, answer.second_look.outcome, answer.second_look.of) == (
        "extractive", False, "unneeded", 3,
    )  # fmt: skip
    assert [c.rank for c in answer.candidates if c.kept and c.cited] == [1, 2, 3]


def test_one_call_where_everything_fits(store: Store) -> None:
    writer = Teller("## Leave\nIt is described [1].")
    answer = _ask(store, writer)
    assert answer.text == "## Leave\nIt is described [1]."
    (evidence,) = writer.asked
    assert [s.number for s in evidence.sources] == [1, 2, 3]
    assert evidence.rules == prompts.tell("summary", "en")
    assert evidence.question == "Summarize the guide"
    assert answer.notes == ()


def test_section_by_section_where_not(store: Store) -> None:
    writer = Teller("Twenty-five days [1].", "Receipts [2].", "Helmets [3].", window=2)
    answer = _ask(store, writer)
    notes: list[str] = []
    assert answer.writing is not None
    answer.writing.on_note = notes.append
    assert answer.text == (
        "## Leave\n\nTwenty-five days [1].\n\n## Expenses\n\nReceipts [2].\n\n## Safety\n\nHelmets [3]."
    )
    assert notes == [f"reading section {n} of 3" for n in (1, 2, 3)]
    assert answer.notes == ()  # progress is over
    assert [m.text for m in answer.prompt] == [
        prompts.of_section(part, n, "en") for n, part in enumerate(PARTS, 1)
    ]
    assert {e.rules for e in writer.asked} == {prompts.tell("section", "en")}
    assert [[s.number for s in e.sources] for e in writer.asked] == [[1], [2], [3]]


def test_a_section_can_only_cite_what_it_was_sent(store: Store) -> None:
    writer = Teller("Days [1].", ["Receipts [", "2][1, 3]."], "Helmets [1] [2].", window=2)
    assert _ask(store, writer).text == (
        "## Leave\n\nDays [1].\n\n## Expenses\n\nReceipts [2].\n\n## Safety\n\nHelmets."
    )


def test_what_a_call_fails_at_is_named_and_what_came_stays(store: Store) -> None:
    writer = Teller("Twenty-five days [1].", ["Receipts", LLMError("the server is gone")], window=2)
    answer = _ask(store, writer)
    assert answer.text == (
        "## Leave\n\nTwenty-five days [1].\n\n## Expenses\n\nReceipts\n\nNot summarised: Expenses; Safety"
    )
    assert answer.cut == "the server is gone"
    assert len(writer.asked) == 2  # a server that is gone is not asked again


def test_a_first_call_that_fails_is_an_error(store: Store) -> None:
    answer = _ask(store, Teller(LLMError("no server"), window=2))
    with pytest.raises(LLMError, match="no server"):
        _ = answer.text
    assert (answer.received, answer.notes) == ("", ())


def test_thoughts_that_came_as_an_answer_leave_the_sections_before_them(store: Store) -> None:
    writer = Teller("Days [1].", ["I think", RESTART, "Receipts [2]."], "Helmets [3].", window=2)
    answer = _ask(store, writer)
    assert answer.text == "## Leave\n\nDays [1].\n\n## Expenses\n\nReceipts [2].\n\n## Safety\n\nHelmets [3]."
    assert answer.thoughts == "I think"


def test_stopping_ends_the_call_and_asks_no_more(store: Store) -> None:
    writer = Teller("Days [1].", ["Receipts", " are", " kept [2]."], "Helmets [3].", window=2)
    answer = _ask(store, writer)
    read_answer(answer, lambda: "Receipts" in answer.received)
    assert answer.received == "## Leave\n\nDays [1].\n\n## Expenses\n\nReceipts"
    assert (len(writer.asked), writer.closed, answer.notes) == (2, 2, ())


def test_a_text_is_kept_for_the_same_question_document_and_model(store: Store) -> None:
    kept, writer = KeptTexts(), Teller("First [1].", "Second [1].", "Third [1].")
    assert _ask(store, writer, kept=kept).text == "First [1]."
    again = _ask(store, writer, kept=kept)
    assert again.text == "First [1]."
    assert again.notes == (
        "written before, by the same model from the same text; nothing was sent this time",
    )
    assert [m.text for m in again.prompt] == ["Summarize the guide"]
    assert _ask(store, writer, topic="about", kept=kept).text == "Second [1]."
    writer.label = "another"
    assert _ask(store, writer, kept=kept).text == "Third [1]."


def test_a_text_that_was_cut_is_not_kept(store: Store) -> None:
    kept = KeptTexts()
    writer = Teller("Days [1].", LLMError("gone"), "Days [1].", "Receipts [2].", "Helmets [3].", window=2)
    assert "Not summarised" in _ask(store, writer, kept=kept).text
    assert _ask(store, writer, kept=kept).text.endswith("Helmets [3].")


def test_no_more_than_the_last_texts_are_kept() -> None:
    from chatbot.answering.whole_document.kept import KeptText

    kept = KeptTexts()
    for number in range(40):
        kept.keep(number, KeptText(str(number)))
    assert kept.find(7) is None
    assert kept.find(8) == KeptText("8")


class _Plain:
    """A third party's writer: it knows nothing of windows and of rules."""

    label, remote = "plain", False

    def __init__(self) -> None:
        self.asked: list[Evidence] = []

    def write(self, evidence: Evidence) -> Iterator[str]:
        self.asked.append(evidence)
        yield "All of it [1]."

    def condense(self, question: str, history: object) -> str:
        return question


def test_a_writer_without_a_window_gets_one_call_over_the_central_passages(tmp_path: Path) -> None:
    store = store_of(tmp_path / "index", {"data/guide.md": _guide(10)})
    writer = _Plain()
    answer = _ask(store, writer)
    assert answer.text == (
        "All of it [1].\n\nOf 30 passages the 20 most central ones, from every section, were sent to the model."
    )
    assert len(writer.asked[0].sources) == 20
    store.close()


def test_no_more_than_eight_calls_and_forty_sources(tmp_path: Path) -> None:
    passages = [
        (f"Part {n} is described in passage {i}.", (f"Part {n}",), None) for n in range(12) for i in range(6)
    ]
    store = store_of(tmp_path / "index", {"data/guide.md": passages})
    writer = Teller(*(f"Said {n}." for n in range(8)), window=10)
    answer = _ask(store, writer, "가이드를 요약해 줘")
    assert answer.text.endswith("\n\n발췌문 72개 가운데 부분마다 가장 중심이 되는 40개를 모델에 보냈습니다.")
    assert (len(writer.asked), len(answer.sources)) == (8, 40)
    assert {e.rules for e in writer.asked} == {prompts.tell("section", "ko")}
    store.close()


def test_an_outline_asks_no_model(store: Store) -> None:
    answer = _ask(store, Teller(), topic="outline")
    assert answer.text.endswith("- Leave · Page 1 [1]\n- Expenses · Page 1 [2]\n- Safety · Page 1 [3]")
    assert answer.llm == "extractive"


def test_the_same_sources_are_told_again_by_another_writer_under_their_numbers(store: Store) -> None:
    quoted = _ask(store, ExtractiveWriter())
    _ = quoted.text
    writer = Teller("Told [3].")
    told = answer_whole_again(quoted, writer)
    assert (told.text, told.sources, told.second_look) == ("Told [3].", quoted.sources, quoted.second_look)
    back = answer_whole_again(told, ExtractiveWriter())
    assert back.text.count("[1]") == back.text.count("[2]") == back.text.count("[3]") == 1
    assert back.sources == quoted.sources


def test_several_documents_are_told_each_copies_once_and_the_rest_is_named(tmp_path: Path) -> None:
    documents = {
        f"data/{n:02}.md": [(f"Document {n} is about the matter of {n} things.", (), None)] for n in range(14)
    }
    documents["data/copy.md"] = documents["data/00.md"]
    store = store_of(tmp_path / "index", documents, refused="data/locked.hwp")
    answer = _ask(store, ExtractiveWriter())
    assert answer.text.startswith(
        "12 documents, each by its most central sentences\n\n## data/00.md\n\n"
        "Document 0 is about the matter of 0 things. [1]"
    )
    assert answer.text.endswith(
        "\n\nFurther documents: data/12.md; data/13.md\n\nDocuments that could not be read: locked.hwp"
    )
    assert answer.notes == ("locked.hwp was not read: it is locked",)
    store.close()


def test_a_document_that_could_not_be_read_says_so_and_why(tmp_path: Path) -> None:
    store = store_of(tmp_path / "index", {"data/empty.md": []})
    answer = _ask(store, Teller(), "이 문서를 요약해 줘")
    assert answer.text == "data/empty.md: 읽을 수 있는 글이 없어 요약할 것이 없습니다."
    assert (answer.llm, answer.sources, answer.refused) == ("", (), False)
    store.close()


def _again(store: Store, writer: Writer, question: str, *before: tuple[str, str]) -> Answer:
    history = tuple(Turn(said, answer, ("data/guide.md",)) for said, answer in before)
    asked = Asked(question, Request("whole_document", "summary"), history, Timings())
    with store.reading() as view:
        return answer_whole(view, view.documents(), asked, writer, KeptTexts())


def test_a_summary_is_told_again_in_another_length(store: Store) -> None:
    first = _ask(store, ExtractiveWriter()).text
    short = _again(store, ExtractiveWriter(), "in one sentence", ("Summarize the guide", first)).text
    assert short == (
        "Summary of data/guide.md (3 passages)\n\nLeave is described in passage number 0 of this guide. [1]"
    )
    shorter = _again(
        store, ExtractiveWriter(), "더 짧게", ("가이드를 요약해줘", first), ("한 문장으로", short)
    ).text
    assert "이미 한 문장입니다." in shorter


def test_a_model_is_told_how_long_and_in_which_language_in_one_call(store: Store) -> None:
    writer = Teller("Zwei Sätze [1].", window=2)  # not all passages fit; nobody could share out two sentences
    _ = _ask(store, writer, "Summarize the guide in two sentences, in German").text
    (evidence,) = writer.asked
    assert "Summarise the whole document. Write 2 sentences in all, without headings." in evidence.rules
    assert "4. Write in German, in plain sentences." in evidence.rules
    assert len(evidence.sources) == 2


def test_a_model_is_asked_the_whole_question_where_somebody_only_says_how(store: Store) -> None:
    writer = Teller("하나 [1].")
    _ = _again(store, writer, "in Korean", ("Summarize the guide", "a [1] b [2]"), ("shorter", "a [1]")).text
    (evidence,) = writer.asked
    assert evidence.question == "Summarize the guide. shorter. in Korean"
    assert "한국어로, 쉬운 문장으로 쓰세요." in evidence.rules
    assert "모두 1문장으로" in evidence.rules


def test_each_section_is_written_in_the_language_that_is_asked_for(store: Store) -> None:
    writer = Teller("a [1].", "b [2].", "c [3].", window=2)
    _ = _ask(store, writer, "Summarize the guide in French").text
    assert [evidence.question.endswith("Write in French.") for evidence in writer.asked] == [True] * 3
    korean = Teller("a [1].", "b [2].", "c [3].", window=2)
    _ = _ask(store, korean, "Summarize the guide in Korean").text
    assert korean.asked[0].question.startswith("「Leave」을(를) 요약하세요.")
