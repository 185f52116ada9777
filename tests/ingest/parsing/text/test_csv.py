"""Delimited text as programs write it: dialects, damage, lines above the table. Rows are kept, or their line is named."""

from __future__ import annotations

import pytest


def rows(document) -> list[str]:
    return document.text.split("\n")


@pytest.mark.parametrize(
    ("file", "third"),
    [
        (
            'id,note,owner\n1,"Says \\"keep dry, please\\" on top",Seo\n',
            '| 1 | Says "keep dry, please" on top | Seo |',
        ),
        ('id;메모;담당\n1;"\\"취급 주의\\"; 파손";서\n', '| 1 | "취급 주의"; 파손 | 서 |'),
        ('id,path,n\n1,"C:\\data\\",5\n', "| 1 | C:\\data\\ | 5 |"),
        ('id,size,n\n1,"5" pipe, long",3\n', '| 1 | 5" pipe, long | 3 |'),
        ('id,size,n\n1,5" pipe,3\n', '| 1 | 5" pipe | 3 |'),
        ('id, note, n\n1, "a, b", 3\n', "| 1 | a, b | 3 |"),
        ('id,note,n\n1,"two\nlines, here",3\n', "| 1 | two lines, here | 3 |"),
        ('id,note,n\n1,"",3\n', "| 1 |  | 3 |"),
        ("id;price\n1;2,5\n", "| 1 | 2,5 |"),
        ("id|name|n\n007|x|3\n", "| 007 | x | 3 |"),
        ("id\tname\n00123\ta, b\n", "| 00123 | a, b |"),
        ("sep=;\nid;x,y\n1;2,3\n", "| 1 | 2,3 |"),
        ("\ufeffid,code\n1,03187\n", "| 1 | 03187 |"),
        ("a,b,c\n1,2,3,4\n5\n6,7,8\n", "| 1 | 2 | 3 | 4 |"),
    ],
)
def test_dialects(parsed, file: str, third: str) -> None:
    document = parsed("a.csv", file)
    assert rows(document)[2] == third or rows(document)[2].startswith(third.removesuffix(" |"))
    assert document.partial == ""


def test_numbers_with_a_decimal_comma_are_no_cells(parsed) -> None:
    assert rows(parsed("a.csv", "1,5;2,5\n1,7;2,8\n"))[0] == "| 1,5 | 2,5 |"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_open_quote_swallows_no_rows_and_its_line_is_named(parsed, newline: str) -> None:
    lines = [
        "id,comment,score",
        '1,"Great, would buy again,5',
        *(f"{n},comment {n},{n % 5}" for n in range(2, 40)),
    ]
    document = parsed("a.csv", newline.join(lines))
    assert rows(document)[2:4] == ["| 1 | Great, would buy again | 5 |", "| 2 | comment 2 | 2 |"]
    assert len(rows(document)) == 41
    assert document.partial == "line 2: a quotation mark is opened and not closed"


def test_open_quotes_before_quoted_rows_are_found_at_their_own_lines(parsed) -> None:
    document = parsed("a.csv", '"id","t","n"\n"1","Great,2\n"3","ok","4"\n"5","bad,"6"\n"7","x","8"\n')
    assert "| 3 | ok | 4 |" in document.text
    assert "| 7 | x | 8 |" in document.text
    assert document.partial.startswith("line 2")


def test_an_open_quote_that_a_later_one_happens_to_close(parsed) -> None:
    lines = [
        "id,comment,score",
        '1,"Great,5',
        *(f"{n},comment {n},{n}" for n in range(2, 9)),
        '9,nice",1',
        "10,x,2",
    ]
    document = parsed("a.csv", "\n".join(lines))
    assert "| 5 | comment 5 | 5 |" in document.text
    assert document.partial.startswith("line 2")


def test_a_text_of_several_lines_is_one_cell(parsed) -> None:
    note = "Dear all,\nplease note, as agreed, that\nthe pump, the valve, and the gate\nare closed."
    document = parsed("a.csv", f'id,note,n\n1,"{note}",3\n2,x,4\n')
    assert rows(document)[2] == f"| 1 | {' '.join(note.split())} | 3 |"
    assert document.partial == ""


def test_lines_above_the_table_stand_above_it(parsed, outline) -> None:
    document = parsed(
        "a.csv", "월간 보고\n작성일,2026-01-05\n\n지점,품목,수량,금액\n부산,볼트,10,1200\n대구,너트,20,900\n"
    )
    assert outline(document) == [
        ("paragraph", "월간 보고"),
        ("paragraph", "작성일 | 2026-01-05"),
        (
            "table",
            "| 지점 | 품목 | 수량 | 금액 |\n| --- | --- | --- | --- |\n| 부산 | 볼트 | 10 | 1200 |\n| 대구 | 너트 | 20 | 900 |",
        ),
    ]


def test_a_large_file_of_open_quotes_is_read_in_time(parsed) -> None:
    document = parsed("a.csv", "id,comment,score\n" + '1,"Great,5\n' * 50_000)
    assert len(rows(document)) == 50_002
    assert document.partial.endswith("...")
