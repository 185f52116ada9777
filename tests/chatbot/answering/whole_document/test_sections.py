from __future__ import annotations

from chatbot.answering.whole_document.sections import Section, sections_of
from chatbot.answering.whole_document.words import Words
from fakes.whole_documents import whole

ENGLISH, KOREAN = Words("en"), Words("ko")


def test_the_highest_level_that_gives_three_sections_is_taken() -> None:
    document = whole(
        ("Guide", ("Guide",), 1),
        ("Leave", ("Guide", "Leave"), 2),
        ("Sick leave", ("Guide", "Leave", "Sick"), 2),
        ("Expenses", ("Guide", "Expenses"), 3),
    )
    assert sections_of(document.passages, ENGLISH) == [
        Section("Guide", 0, 1),
        Section("Leave", 1, 3),
        Section("Expenses", 3, 4),
    ]


def test_what_stands_before_the_first_heading_is_a_section_too() -> None:
    document = whole(("a", (), None), ("b", ("One",), None), ("c", ("Two",), None))
    assert [s.title for s in sections_of(document.passages, ENGLISH)] == ["Beginning", "One", "Two"]
    assert [s.title for s in sections_of(document.passages, KOREAN)] == ["첫머리", "One", "Two"]


def test_more_sections_than_can_be_told_are_joined_and_none_is_lost() -> None:
    document = whole(*((f"text {n}", (f"Part {n}",), None) for n in range(30)))
    sections = sections_of(document.passages, ENGLISH, 14)
    assert len(sections) == 14
    assert sections[0] == Section("Part 0 … Part 2", 0, 3)
    assert sections[-1].end == 30
    assert [s.start for s in sections[1:]] == [s.end for s in sections[:-1]]


def test_without_headings_the_pages_are_the_sections() -> None:
    document = whole(*((f"text {n}", (), page) for n, page in enumerate((1, 1, 2, 3))))
    assert sections_of(document.passages, ENGLISH) == [
        Section("Page 1", 0, 2),
        Section("Page 2", 2, 3),
        Section("Page 3", 3, 4),
    ]
    joined = sections_of(whole(*((f"text {n}", (), n) for n in range(1, 31))).passages, KOREAN, 10)
    assert [s.title for s in joined][:2] == ["1~3쪽", "4~6쪽"]


def test_without_headings_and_pages_equal_stretches_are_named_by_their_labels_or_places() -> None:
    entries = whole(*((f"Term {n}\n\nIt means {n}.", (), None) for n in range(9)))
    assert sections_of(entries.passages, ENGLISH) == [
        Section("Term 0 … Term 2", 0, 3),
        Section("Term 3 … Term 5", 3, 6),
        Section("Term 6 … Term 8", 6, 9),
    ]
    prose = whole(*((f"Sentence {n} says something. So does this one.", (), None) for n in range(6)))
    assert [s.title for s in sections_of(prose.passages, ENGLISH)] == ["Passages 1 to 3", "Passages 4 to 6"]


def test_a_table_is_one_section() -> None:
    rows = whole(*((f"| a{n} | b{n} |\n| c | d |", (), None) for n in range(12)))
    assert [(s.start, s.end) for s in sections_of(rows.passages, ENGLISH)] == [(0, 12)]


def test_a_document_without_passages_has_no_section() -> None:
    assert sections_of((), ENGLISH) == []
