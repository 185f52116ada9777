"""JSON with the usual faults, and notebooks: good records are kept, bad lines are named."""

from __future__ import annotations

import base64
import hashlib
import json


def test_one_cut_line_spoils_no_other_and_its_number_is_right(parsed) -> None:
    good = [json.dumps({"질문": f"{n}번?", "답": f"{n}층"}) for n in range(1, 9)]
    document = parsed("a.jsonl", "\n".join([*good, '{"질문": "9번']))
    assert document.text.startswith("질문: 1번?\n답: 1층\n\n질문: 2번?")
    assert "9번" not in document.text
    assert document.partial == "line 9 is not valid JSON"
    document = parsed("b.jsonl", "\n".join(["", good[0], "oops", good[1], good[2], "{:}"]))
    assert document.text.count("질문") == 3
    assert document.partial == "lines 3, 6 are not valid JSON"


def test_usual_faults_are_read(parsed) -> None:
    assert parsed("a.json", '{"a": 1, // note\n "b": [2, 3,],}').text == "a: 1\nb: 2, 3"
    assert parsed("b.json", '{"a": NaN, "b": -Infinity, "c": 1.50}').text == "a: NaN\nb: -Infinity\nc: 1.50"
    assert parsed("c.json", '{"a": 1}{"a": 2}\n{\n"a": 3}').text == "a: 1\n\na: 2\n\na: 3"
    assert parsed("d.json", '{"a": "x", "a": "y"}').text == "a: x, y"
    assert parsed("e.json", '{"url": "http://x/y", "b": 1,}').text == "url: http://x/y\nb: 1"
    assert parsed("f.jsonl", '{"a": 1,}\n{"a": 2}\n').text == "a: 1\n\na: 2"


def test_an_array_that_was_cut_keeps_its_good_records(parsed) -> None:
    text = json.dumps([{"name": f"n{n}", "price": 1250 + n} for n in range(20)], indent=1)
    document = parsed("a.json", text[: text.index("1265") + 2])
    assert "name: n14\nprice: 1264" in document.text
    assert "n15" not in document.text
    assert document.partial == "line 62 is not valid JSON"


def test_text_that_is_no_json_is_kept_and_its_escapes_are_read(parsed) -> None:
    document = parsed("a.json", '{"a": "\\uc218\\uc704" "b"')
    assert document.text == '{"a": "수위" "b"'
    assert "line 1" in document.partial


def test_files_written_into_json_are_left_out(parsed) -> None:
    data = base64.b64encode(hashlib.sha256(b"x").digest() * 20).decode()
    assert (
        parsed("a.json", json.dumps({"a": "data:image/png;base64," + data, "b": data, "c": "x"})).text
        == "a:\nb:\nc: x"
    )


def notebook(*cells: dict) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_notebook_is_its_cells_and_what_they_printed(parsed, outline) -> None:
    picture = {
        "output_type": "display_data",
        "data": {"image/png": "iVBOR" * 200, "text/plain": "<Figure size 6x4>"},
    }
    frame = {
        "output_type": "execute_result",
        "data": {"text/html": "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "text/plain": "a b"},
    }
    failed = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no water",
        "traceback": ["\x1b[31mlong"],
    }
    document = parsed(
        "a.ipynb",
        notebook(
            {
                "cell_type": "markdown",
                "source": [
                    "# 수위 예측\n",
                    "\n",
                    "입력 층이 12개이다. <!-- GXWORD -->\n",
                    "\n|a|b|\n|---|---|\n|1|2|",
                ],
            },
            {
                "cell_type": "code",
                "source": "print(0.03)",
                "outputs": [
                    {"output_type": "stream", "text": ["\x1b[1m0.03\x1b[0m\n"]},
                    picture,
                    frame,
                    failed,
                ],
            },
            {"cell_type": "raw", "source": "raw words"},
        ),
    )
    assert outline(document) == [
        ("heading1", "수위 예측"),
        ("paragraph", "입력 층이 12개이다."),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("code", "print(0.03)"),
        ("code", "0.03"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("code", "ValueError: no water"),
        ("code", "raw words"),
    ]
    assert document.format == "notebook"
    assert [piece.text for piece in document.hidden] == ["GXWORD"]


def test_strings_and_comments_without_end_do_no_harm(parsed) -> None:
    for text in (
        '{"a": "' + "x\\" * 200_000,
        "[" + "/*" * 200_000,
        "{" + ", " * 200_000,
        '{"a":1}' + '"' * 200_001,
    ):
        parsed("a.json", text)
