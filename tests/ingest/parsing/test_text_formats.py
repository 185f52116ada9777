from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from chatbot.errors import DocumentRefused
from ingest.parsing.parse import parse
from paths import SHARED

SEED = SHARED / "data" / "seed"
needs_seed = pytest.mark.skipif(not SEED.is_dir(), reason="the shared seed documents are not here")


@needs_seed
def test_each_glossary_term_stays_with_its_definition(outline) -> None:
    blocks = outline(parse(SEED / "appendix-keywords-CP949.txt"))
    assert len(blocks) >= 25
    assert all("정의:" in text for _, text in blocks)
    word2vec = next(text for _, text in blocks if text.startswith("Word2Vec"))
    assert word2vec.split("\n\n")[0] == "Word2Vec"
    assert "연관키워드" in word2vec


def test_plain_text_breaks_at_blank_lines_and_a_list_of_short_lines_does_not_run_together(
    parsed, outline
) -> None:
    document = parsed(
        "notes.txt",
        "첫 문단입니다.\r\n둘째 줄.\r\n\r\n\r\nAlpha\r\n\r\nBeta\r\n\r\nBeta is explained here.\r\n",
    )
    assert outline(document) == [
        ("paragraph", "첫 문단입니다.\n둘째 줄."),
        ("paragraph", "Alpha"),
        ("paragraph", "Beta\n\nBeta is explained here."),
    ]


UNSEEN = "\u202e\u2066\u200b\u200d\u2060\u00ad\ufeff\U000e0041\U000e0042\U000e0101\ufe0f\x1b\x9b\ufdd0"


def test_a_text_file_is_stored_as_it_is_but_for_line_ends_and_what_cannot_be_stored(parsed) -> None:
    text = f"\ufeff하나\x00둘\x1b[0m\rthree\u2028four\ufffe  two  spaces{UNSEEN}"
    assert parsed("a.txt", text).text == f"하나\ufffd둘\x1b[0m\nthree\nfour\ufffe  two  spaces{UNSEEN}"


@pytest.mark.parametrize(
    ("name", "file", "stored"),
    [
        ("a.txt", "비{}밀 번호", "비{}밀 번호"),
        ("a.md", "# 제{}목\n\n비{}밀", "# 제{}목\n\n비{}밀"),
        ("a.csv", "이{}름,값\n비{}밀,1\n", "| 이{}름 | 값 |\n| --- | --- |\n| 비{}밀 | 1 |"),
        ("a.json", '{{"이{}름": "비{}밀"}}', "이{}름: 비{}밀"),
        ("a.html", "<h1>제{}목</h1><p>비{}밀</p><pre>x{}  y</pre>", "제{}목\n\n비{}밀\n\nx{}  y"),
        ("a.eml", "Subject: s\nContent-Type: text/plain; charset=utf-8\n\n비{}밀", "s\n\n비{}밀"),
    ],
)
def test_characters_that_nobody_sees_are_stored_where_they_were(parsed, name, file, stored) -> None:
    # JSON writes control characters as escapes
    unseen = UNSEEN.replace("\x1b", "") if name == "a.json" else UNSEEN
    put = [unseen] * file.count("{}")
    document = parsed(name, file.format(*put))
    assert document.text == stored.format(*put)
    assert document.partial == ""


def test_hidden_text_in_html_entities_is_stored(parsed) -> None:
    assert parsed("a.html", "<p>invoice&#8238;fdp.exe&#xE0041;&shy;</p>").text == (
        "invoice\u202efdp.exe\U000e0041\u00ad"
    )


def test_paragraphs_of_nothing_but_zero_width_spaces_are_blank(parsed, outline) -> None:
    document = parsed("blog.html", "<p>하나</p><p>\u200b</p><p>\ufeff \u2060</p><p>둘<br>\u200b<br>셋</p>")
    assert outline(document) == [("paragraph", "하나"), ("paragraph", "둘\n\n셋")]


def test_decomposed_hangul_stays_in_text_files_and_is_composed_in_what_is_laid_out(parsed) -> None:
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af 문서 e\u0301 \u212b"
    assert parsed("mac.txt", decomposed).text == decomposed
    assert parsed("mac.html", f"<p>{decomposed}</p>").text == "한글 문서 e\u0301 \u212b"


MARKDOWN = """---
title: "안내서"
tags: [a, b]
---
# 설치  하기

첫 문단\\
계속  두 칸.

Setext heading
--------------

- one
- two

  more

| 항목 | 값 |
|---|---|
| a | 1 |

```python
# not a heading
x  =  1
```

    indented

> quote
> # quoted heading

[ref]: https://example.org "only a definition"

<div>raw</div>
"""


def test_markdown_is_kept_exactly_and_its_structure_is_marked(parsed, outline) -> None:
    document = parsed("guide.md", MARKDOWN)
    # a link's title is a tooltip
    assert document.text == MARKDOWN.replace(' "only a definition"', "")
    assert [piece.text for piece in document.hidden] == ["only a definition"]
    assert document.title == "안내서"
    kinds = [(kind, text.split("\n")[0]) for kind, text in outline(document)]
    assert kinds == [
        ("code", "---"),
        ("heading1", "# 설치  하기"),
        ("paragraph", "첫 문단\\"),
        ("heading2", "Setext heading"),
        ("paragraph", "- one"),
        ("table", "| 항목 | 값 |"),
        ("code", "```python"),
        ("code", "    indented"),
        ("paragraph", "> quote"),
        ("paragraph", "[ref]: https://example.org"),
        ("paragraph", "<div>raw</div>"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_of_any_delimiter_and_encoding_is_a_markdown_table(parsed, outline, delimiter: str) -> None:
    rows = [
        ["이름", "가격", "비고"],
        ["사과", "1,200" if delimiter != "," else "1200", "a|b" if delimiter != "|" else "ab"],
    ]
    document = parsed("prices.csv", "\r\n".join(delimiter.join(row) for row in rows).encode("cp949"))
    escaped = [cell.replace("|", "\\|") for cell in rows[1]]
    assert outline(document) == [
        ("table", f"| 이름 | 가격 | 비고 |\n| --- | --- | --- |\n| {' | '.join(escaped)} |")
    ]


def test_quoted_csv_cells_keep_their_commas_and_lose_their_line_breaks(parsed) -> None:
    document = parsed("q.csv", 'name,note\n"Kim, Minsu","two\nlines"\n"say ""hi""",x\n')
    assert document.text.split("\n")[2:] == ["| Kim, Minsu | two lines |", '| say "hi" | x |']


def test_json_reads_as_one_block_per_record(parsed, outline) -> None:
    people = [
        {"이름": "김민수", "age": 30, "tags": ["a", "b"], "address": {"city": "서울"}},
        {"이름": "Jane", "ok": True},
    ]
    expected = [
        ("paragraph", "이름: 김민수\nage: 30\ntags: a, b\naddress.city: 서울"),
        ("paragraph", "이름: Jane\nok: true"),
    ]
    assert outline(parsed("people.json", json.dumps(people))) == expected
    assert outline(parsed("people.jsonl", "\n".join(json.dumps(item) for item in people))) == expected
    nested = outline(parsed("nested.json", json.dumps({"version": 2, "people": people})))
    assert nested == [("paragraph", "version: 2"), ("heading1", "people"), *expected]


def test_broken_json_is_partial_and_kept_as_text(parsed) -> None:
    document = parsed("broken.json", '{"a": 1,\n "b": }')
    assert document.text == '{"a": 1,\n "b": }'
    assert "line 2" in document.partial


def test_json_with_endless_nesting_numbers_or_lone_surrogates_does_no_harm(parsed, tmp_path: Path) -> None:
    assert parsed("n.json", '{"n": ' + "9" * 6000 + "}").text == "n: " + "9" * 6000
    assert parsed("s.json", '{"a\\u0000": "x\\ud800y"}').text == "a\ufffd: x\ufffdy"
    (tmp_path / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(DocumentRefused, match="nested too deeply"):
        parse(tmp_path / "deep.json")


HTML = """<!DOCTYPE html><html><head><title>사용
 설명서</title><style>p{}</style><script>var x = "<p>no</p>";</script></head>
<body><nav><a href="/">메뉴</a></nav><div hidden>숨김</div>
<h1>보일러 <b>안내</b></h1><p>전원을 <em>켜</em>세요.<br>둘째&nbsp;줄</p>loose text
<ul><li>하나<ul><li>inner</li></ul></li><li>둘</li></ul><ol><li>first</li><li>second</li></ol>
<table><caption>가격표</caption><tr><th>품목</th><th>값</th></tr><tr><td>사과<br>배</td><td>1|2</td></tr></table>
<pre>  def f():
    return 1
</pre>
<table><tr><td><table><tr><td>x</td><td>y</td></tr><tr><td>1</td><td>2</td></tr></table></td></tr></table>
<footer>ⓒ 2024</footer></body></html>"""


def test_html_gives_its_content_without_navigation_and_scripts(parsed, outline) -> None:
    document = parsed("page.html", HTML)
    assert document.title == "사용 설명서"
    assert outline(document) == [
        ("heading1", "보일러 안내"),
        ("paragraph", "전원을 켜세요.\n둘째 줄"),
        ("paragraph", "loose text"),
        ("paragraph", "- 하나\n  - inner\n- 둘\n1. first\n2. second"),
        ("paragraph", "가격표"),
        ("table", "| 품목 | 값 |\n| --- | --- |\n| 사과 배 | 1\\|2 |"),
        ("code", "  def f():\n    return 1"),
        ("table", "| x | y |\n| --- | --- |\n| 1 | 2 |"),
        ("paragraph", "ⓒ 2024"),
    ]


def test_html_is_read_in_the_encoding_that_it_declares(parsed) -> None:
    page = '<html><head><meta charset="euc-kr"></head><body><p>똠방 가전제품</p></body></html>'
    assert parsed("old.htm", page.encode("cp949")).text == "똠방 가전제품"
    french = page.replace("euc-kr", "iso-8859-1").replace("똠방 가전제품", "“Œuvre” déjà vu €")
    assert parsed("fr.html", french.encode("cp1252")).text == "“Œuvre” déjà vu €"


def test_html_nested_a_hundred_thousand_deep_is_no_crash(parsed) -> None:
    document = parsed("deep.html", "<p>start</p>" + "<div>" * 100_000 + "deep" + "</div>" * 100_000)
    assert document.text.startswith("start")
    assert "nested too deeply" in document.partial
    with pytest.raises(DocumentRefused, match="nested too deeply"):
        parsed("deeper.html", "<ul><li>" * 10_000 + "text")


def test_a_csv_cell_of_any_length_is_read_and_the_csv_module_is_left_as_it_was(parsed) -> None:
    usual = csv.field_size_limit()
    assert len(parsed("long.csv", "sep=;\na;b\n1;" + "x" * 300_000).text) > 300_000
    assert parsed("short.csv", "sep=;\na;b\n1;2").text == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert csv.field_size_limit() == usual
