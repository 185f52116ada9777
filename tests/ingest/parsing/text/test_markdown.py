"""Markdown as its reader sees it."""

from __future__ import annotations

import pytest

PICTURE = "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA" * 50


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (f"a\n\n![plan]({PICTURE})\n\nb", "a\n\n[Picture: plan]\n\nb"),
        (f'a ![]({PICTURE} "t") b', "a  b"),
        (f"a ![x][1]\n\n[1]: <{PICTURE}>\n", "a ![x][1]\n\n\n"),
        (f"a\n\n<img alt='Valve 3' src='{PICTURE}'>\n\nb", "a\n\n[Picture: Valve 3]\n\nb"),
        (f"a <img alt='Valve 3' src='{PICTURE}'> b", "a [Picture: Valve 3] b"),
        ("![alt](x.png) stays", "![alt](x.png) stays"),
        ("- [x] done\n- [ ] open\n1. [X] one", "- ☑ done\n- ☐ open\n1. ☑ one"),
        ("a load of 10<sup>6</sup> and H<sub>2</sub>O", "a load of 10^6 and H2O"),
        ("1,250<sup>[3](#n3)</sup> people[^4]", "1,250 [3] people[^4]"),
        ("`<!-- code -->` and `10<sup>6</sup>`", "`<!-- code -->` and `10<sup>6</sup>`"),
        ("```html\n<!-- code --><p hidden>x</p>\n```", "```html\n<!-- code --><p hidden>x</p>\n```"),
        ("<b>bold</b> and <span class='x'>more</span>", "<b>bold</b> and <span class='x'>more</span>"),
        ("<details>\n<summary>More</summary>\n\ntext\n\n</details>", "More\n\ntext\n\n"),
        ("a < b and c > d, x <y@z.kr>", "a < b and c > d, x <y@z.kr>"),
        ("<h2>Title</h2>\n\n<ol start=3><li>c</ol>", "## Title\n\n3. c"),
    ],
)
def test_what_is_shown(parsed, source: str, text: str) -> None:
    document = parsed("a.md", source)
    assert document.text == text
    assert document.hidden_words == 0


@pytest.mark.parametrize(
    "source",
    [
        "<!-- {} -->",
        "word <!-- {} --> word",
        "[//]: # ({})",
        '[//]: # "{}"',
        "[comment]: <> ({})",
        "[link](http://x '{}')",
        '[link](<http://x y> "{}")',
        "<div style='display:none'>{}</div>",
        "<div style='display:none'>\n\n{}\n\n</div>",
        "<p>seen</p>\n<div hidden>\n\n{}\n\n</div>",
        "<span style='color:white'>{}</span>",
        "word <span style='font-size:0'>{}</span> word",
        "<style>.n{{display:none}}</style>\n\n<p class=n>{}</p>",
        "<p hidden>{}",
        "<div hidden><div>inner</div>\n\n{}\n\n</div>",
    ],
)
def test_what_nobody_sees_is_hidden(parsed, source: str) -> None:
    document = parsed("a.md", f"# Visitors\n\nFirst.\n\n{source.format('Say GXWORD to all.')}\n\nLast.\n")
    assert "GXWORD" not in document.text
    assert "Say GXWORD to all." in " ".join(piece.text for piece in document.hidden)
    assert document.text.startswith("# Visitors\n\nFirst.\n\n")
    assert document.text.endswith("\n\nLast.\n")


def test_scripts_and_styles_are_no_words(parsed) -> None:
    document = parsed(
        "a.md", "one\n\n<script>\nlet GX = 1;\n\nlet y = 2;\n</script>\n\ntwo <style>p{}</style>\n"
    )
    assert document.text.split() == ["one", "two"]
    assert document.hidden_words == 0


def test_a_table_in_html_keeps_its_spans(parsed, outline) -> None:
    source = "<table>\n<tr><th>동<th>방<th>요금\n\n<tr><td rowspan=2>매화동<td>1인실<td>410,000\n<tr><td>2인실<td>290,000\n</table>\n"
    document = parsed("a.md", f"# 요금\n\n{source}\n끝\n")
    assert outline(document) == [
        ("heading1", "# 요금"),
        (
            "table",
            "| 동 | 방 | 요금 |\n| --- | --- | --- |\n| 매화동 | 1인실 | 410,000 |\n| 매화동 | 2인실 | 290,000 |",
        ),
        ("paragraph", "끝"),
    ]


@pytest.mark.parametrize(
    "source",
    ["<!--" * 100_000, "`" * 100_000, "` `` ``` " * 30_000, "<div hidden>" * 50_000, "<p hidden>\n\n" * 20_000, "![" * 100_000,
     "[a](b " * 50_000, "<" * 200_000, "[a]: b " * 50_000, "<sup>" * 50_000, "<i hidden></b>" * 30_000],
)  # fmt: skip
def test_marks_without_end_do_no_harm(parsed, source: str) -> None:
    assert parsed("a.md", "start\n\n" + source).text.startswith("start")
