from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chatbot.answering.requests.forms import Form
from chatbot.answering.whole_document import length
from chatbot.answering.whole_document.central import most_central, passage_worths
from chatbot.answering.whole_document.numbering import Numbers
from chatbot.answering.whole_document.quoting import closing, quoted, quoted_together
from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.whole_document.words import Words
from fakes.whole_documents import whole

ENGLISH, KOREAN = Words("en"), Words("ko")
HANDBOOK = whole(
    ("Handbook", ("Handbook",), 1),
    ("Leave\n\nEvery employee has 25 days of leave a year.", ("Handbook", "Leave"), 2),
    ("Sick leave\n\nTell your lead before half past nine in the morning.", ("Handbook", "Leave", "Sick"), 2),
    (
        "Expenses\n\n| Item | Limit |\n| --- | --- |\n| Hotel | 140 |\n| Train | 60 |",
        ("Handbook", "Expenses"),
        3,
    ),
    name="Handbook",
)


def test_a_summary_quotes_each_section_word_for_word_and_names_those_without_a_sentence() -> None:
    numbers = Numbers()
    assert quoted(HANDBOOK, "summary", ENGLISH, numbers) == [
        "Summary of Handbook (4 passages)",
        "## Leave",
        "Every employee has 25 days of leave a year. [1]",
        "## Expenses",
        "A table with the columns Item, Limit and 2 rows. Its first row:",
        "Item: Hotel · Limit: 140 [2]",
        "No sentence quoted: Handbook",
    ]
    first, second = numbers.sources
    assert [(s.number, s.candidate.rank, s.candidate.kept) for s in (first, second)] == [
        (1, 1, True),
        (2, 2, True),
    ]
    assert [first.text_of(h) for h in first.highlights] == ["Every employee has 25 days of leave a year."]
    assert [second.text_of(h) for h in second.highlights] == ["| Hotel | 140 |"]


def test_the_programs_own_words_are_in_the_language_of_the_question_and_the_quotes_stay() -> None:
    assert quoted(HANDBOOK, "summary", KOREAN, Numbers()) == [
        "Handbook 요약 (발췌문 4개)",
        "## Leave",
        "Every employee has 25 days of leave a year. [1]",
        "## Expenses",
        "표: 열은 Item, Limit, 행은 2개입니다. 첫 행:",
        "Item: Hotel · Limit: 140 [2]",
        "인용한 문장이 없는 부분: Handbook",
    ]


def test_an_outline_is_the_tree_of_headings_with_pages() -> None:
    assert quoted(HANDBOOK, "outline", ENGLISH, Numbers()) == [
        "Outline of Handbook (4 passages)",
        "- Handbook · Page 1 [1]\n  - Leave · Page 2 [2]\n    - Sick · Page 2 [3]\n  - Expenses · Page 3 [4]",
    ]


def test_key_points_are_a_list_in_reading_order() -> None:
    assert quoted(HANDBOOK, "key_points", ENGLISH, Numbers()) == [
        "Key points of Handbook (4 passages)",
        "- Every employee has 25 days of leave a year. [1]\n- Tell your lead before half past nine in the morning. [2]",
    ]


def test_about_is_a_few_sentences() -> None:
    assert quoted(HANDBOOK, "about", ENGLISH, Numbers()) == [
        "Handbook (4 passages)",
        "Every employee has 25 days of leave a year. [1]",
        "Tell your lead before half past nine in the morning. [2]",
    ]


def test_several_documents_stand_under_their_names_with_numbers_that_go_on() -> None:
    opening_hours = ("The library opens at ten on every day of the week.", (), None)
    other = whole(opening_hours, name="Rules [3]", first_id=99)
    assert quoted_together([HANDBOOK, other], ENGLISH, Numbers()) == [
        "2 documents, each by its most central sentences",
        "## Handbook",
        "Every employee has 25 days of leave a year. [1]",
        "Tell your lead before half past nine in the morning. [2]",
        "## Rules (3)",
        "The library opens at ten on every day of the week. [3]",
    ]


def test_a_document_without_a_sentence_says_so() -> None:
    assert quoted(whole(("Title", (), None)), "summary", ENGLISH, Numbers()) == [
        "Summary of Guide (1 passage)",
        "It holds no whole sentence that could be quoted.",
    ]


def test_what_was_left_out_of_a_document_that_is_too_long_is_said() -> None:
    long = replace(HANDBOOK, read=5_000, count=7_312)
    assert list(closing([HANDBOOK, long], ENGLISH)) == [
        "Only the first 5,000 of 7,312 passages were read: Handbook"
    ]
    assert quoted(long, "about", KOREAN, Numbers())[0] == "Handbook (발췌문 7,312개)"


def test_no_more_than_forty_passages_become_sources() -> None:
    passages = [
        (f"Part {n} is described in the passage with the number {n}.", (f"Part {n}",), n) for n in range(90)
    ]
    numbers = Numbers()
    (_, tree) = quoted(whole(*passages), "outline", ENGLISH, numbers)  # type: ignore[misc]
    assert (len(numbers.sources), len(tree.splitlines()), tree.count("[")) == (40, 90, 40)


def test_references_are_named_and_not_quoted() -> None:
    document = whole(
        ("Birds sing early in the morning when it is spring.", ("Birds",), None),
        ("Fish swim in the cold water of the northern lakes.", ("Fish",), None),
        ("Miller, A. Birds of the north, Harbor Press of 2019.", ("References",), None),
    )
    assert quoted(document, "summary", ENGLISH, Numbers())[-1] == "No sentence quoted: References"


def test_the_passage_nearest_to_the_mean_is_the_most_central() -> None:
    document = whole(
        *((f"text {n}", (), None) for n in range(3)), vectors=[(1.0, 0.0), (0.8, 0.6), (0.6, 0.8)]
    )
    worths = passage_worths(document.vectors, 0, 3)
    assert [round(worth, 2) for worth in worths] == [0.0, 1.0, 0.44]
    assert most_central(worths, 2) == [0, 1]
    assert passage_worths(None, 0, 3) == [1.0, 1.0, 1.0]
    assert passage_worths(document.vectors, 1, 2) == [1.0]


def test_a_central_passage_is_quoted_rather_than_a_remote_one() -> None:
    animals = (
        "Fish swim in the cold water of the northern lakes.", "Cats sleep for most of the day in warm places.",
        "Dogs bark at people whom they do not know well.",
    )  # fmt: skip
    document = whole(
        *((text, ("Animals",), None) for text in animals), ("Trees", ("Trees",), None), ("Ferns", ("Ferns",), None),
        vectors=[(0.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    )  # fmt: skip
    fish = quoted(document, "summary", ENGLISH, Numbers())[2]
    turned = replace(
        document, vectors=np.array([(1.0, 0.0), (0.0, 1.0), (0.0, 1.0)] + [(1.0, 0.0)] * 2, np.float32)
    )
    assert fish == "Fish swim in the cold water of the northern lakes. [1]"
    assert (
        quoted(turned, "summary", ENGLISH, Numbers())[2]
        == "Cats sleep for most of the day in warm places. [1]"
    )


def test_only_a_bounded_number_of_passages_is_split_into_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 3,000 passages in 10 sections 12 of each: 0.2 s instead of 5."""
    looked_at: list[int] = []
    real = length.statements_in

    def counting(passages: object, places: object) -> object:
        looked_at.extend(places)  # type: ignore[arg-type]
        return real(passages, places)  # type: ignore[arg-type]

    document = whole(*((f"Passage {n} tells something about part {n % 7} here.", (f"Part {n // 300}",), None) for n in range(3_000)))  # fmt: skip
    monkeypatch.setattr(length, "statements_in", counting)
    paragraphs = quoted(document, "summary", ENGLISH, Numbers())
    assert len([p for p in paragraphs if p.startswith("## ")]) == 10
    assert len(looked_at) == 10 * 12


BEES = whole(
    ("# Keeping bees\n\nA short text for people who keep two hives.", ("Keeping bees",), None),
    (
        "## Tools\n\n### Hive\n\nA hive with ten frames lasts for fifteen years.\n\n### Smoker\n\nBurn dry grass or cardboard in the smoker only.",
        ("Keeping bees", "Tools"),
        None,
    ),
    ("## Harvest\n\nTake only frames that are capped to four fifths.", ("Keeping bees", "Harvest"), None),
    name="Keeping bees",
)
FEEDING = whole(
    ("먹이 주기\n\n여름\n\n여름에는 날마다 두 번 물을 갈아 줍니다.\n\n겨울\n\n겨울에는 먹이를 세 배로 늘려 줍니다.", ("먹이 주기",), None),
    name="먹이",
)  # fmt: skip


def test_an_outline_has_the_headings_within_its_passages_too() -> None:
    assert quoted(BEES, "outline", ENGLISH, Numbers())[1] == (
        "- Keeping bees [1]\n  - Tools [2]\n    - Hive [2]\n    - Smoker [2]\n  - Harvest [3]"
    )
    assert quoted(FEEDING, "outline", KOREAN, Numbers())[1] == "- 먹이 주기 [1]\n  - 여름 [1]\n  - 겨울 [1]"


def test_lists_code_labels_and_heads_of_pages_are_no_headings() -> None:
    document = whole(
        ("Guide\n\nUse\n\nPress the green button for three seconds.", ("Guide", "Use"), 1),
        (
            "Guide\n\n- one thing\n\n`a`\n\nPrice: 3\n\n7\n\nPay before you go to the desk.",
            ("Guide", "Pay"),
            2,
        ),
        (
            "Guide\n\n```\n# no heading\n```\n\nDear reader,\n\nThat is all there is to it.",
            ("Guide", "End"),
            3,
        ),
    )
    outline = quoted(document, "outline", ENGLISH, Numbers())[1]
    assert [line.strip(" -").partition(" ·")[0] for line in outline.splitlines()] == ["Guide", "Use", "Pay", "End"]  # fmt: skip


def test_a_summary_tells_what_stands_under_each_heading_of_a_passage() -> None:
    said = quoted(BEES, "summary", ENGLISH, Numbers())
    assert said[said.index("## Tools") + 1 : said.index("## Harvest")] == [
        "A hive with ten frames lasts for fifteen years. [2]", "Burn dry grass or cardboard in the smoker only. [2]",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_so_many_sentences_are_quoted_as_were_asked_for(count: int) -> None:
    said = quoted(BEES, "summary", ENGLISH, Numbers(), Form(count))
    assert len(said) == 1 + count
    assert said[1] == "A short text for people who keep two hives. [1]"
    if count == 3:  # of all parts, not only of the first
        assert said[3] == "Take only frames that are capped to four fifths. [3]"


def test_where_there_are_fewer_that_is_said() -> None:
    assert quoted(FEEDING, "summary", KOREAN, Numbers(), Form(5))[1] == (
        "5문장을 바라셨지만, 따로 떼어 읽을 수 있는 문장이 2개뿐입니다."
    )
    assert quoted(FEEDING, "summary", ENGLISH, Numbers(), Form(5))[1] == (
        "5 sentences were asked for; only 2 can be quoted that stand by themselves."
    )
    table = whole(("| a | b |\n| --- | --- |\n| 1 | 2 |", (), None), name="t.csv")
    assert quoted(table, "summary", ENGLISH, Numbers(), Form(2))[1:3] == [
        "It holds no whole sentence that could be quoted.",
        "A table with the columns a, b and 1 rows. Its first row:",
    ]


def test_words_characters_points_and_paragraphs_are_counted_too() -> None:
    words = quoted(BEES, "summary", ENGLISH, Numbers(), Form(20, "words"))
    assert words[1:] == [
        "A short text for people who keep two hives. [1] A hive with ten frames lasts for fifteen years. [2]"
    ]
    assert "longer than" in quoted(BEES, "summary", ENGLISH, Numbers(), Form(3, "words"))[1]
    letters = quoted(FEEDING, "summary", KOREAN, Numbers(), Form(30, "characters"))
    assert letters[1:] == ["여름에는 날마다 두 번 물을 갈아 줍니다. [1]"]
    points = quoted(BEES, "key_points", ENGLISH, Numbers(), Form(2))
    assert [line[:2] for line in points[1].splitlines()] == ["- ", "- "]
    assert len(quoted(BEES, "summary", ENGLISH, Numbers(), Form(1, "paragraphs"))) == 2


def test_another_language_than_that_of_the_document_is_not_ignored_silently() -> None:
    def notes(document: WholeDocument, language: str, words: Words = ENGLISH) -> list[str]:
        said = quoted(document, "summary", words, Numbers(), Form(language=language))
        return [text for text in said if "language model" in text or "언어 모델" in text]

    assert notes(BEES, "ko") == [
        "The sentences are quoted as the document has them; choose a language model to have them in Korean."
    ]
    assert notes(FEEDING, "en", KOREAN)[0].endswith("영어로 쓴 글은 언어 모델을 골라야 받을 수 있습니다.")
    assert notes(BEES, "French")[0].endswith("in French.")
    assert notes(BEES, "en") == notes(FEEDING, "ko") == notes(BEES, "") == []
    assert "not translated" in quoted(BEES, "outline", ENGLISH, Numbers(), Form(language="ko"))[1]


def test_several_documents_share_what_was_asked_for() -> None:
    both = [BEES, FEEDING]
    said = quoted_together(both, ENGLISH, Numbers(), Form(3))
    assert sum("[" in text for text in said) == 3
    assert quoted_together(both, ENGLISH, Numbers(), Form(1))[1] == (
        "One sentence was asked for; there are 2 documents, and each has one."
    )
