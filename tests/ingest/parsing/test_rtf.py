"""RTF: scripts, notes, fields, forms and merged cells as they are shown; hidden text apart."""

from __future__ import annotations

import pytest

HEAD = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset2 Wingdings;}{\f2\fcharset2 Symbol;}{\f3\fcharset129 Batang;}{\f4\fcharset2 Wingdings 2;}}{\colortbl;\red255\green0\blue0;\red255\green255\blue255;\red0\green0\blue80;}\f0 "


def korean(text: str) -> str:
    return r"{\f3 " + "".join(f"\\'{byte:02x}" for byte in text.encode("cp949")) + "}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"a load of 10{\super 6} N", "a load of 10^6 N"),
        (r"10\super 6\nosupersub  N, H{\sub 2}O", "10^6 N, H2O"),
        (r"10{\up6 3} m", "10^3 m"),
        (r"2 {\super 3}/{\sub 16} in", "2 3/16 in"),
        (r"was {\strike 100} 80", "was ~~100~~ 80"),
        (r"was {\deleted 100}80", "was 80"),
        (r"{\field{\*\fldinst HYPERLINK a}{\fldrslt the link}}", "the link"),
        (r'{\field{\*\fldinst SYMBOL 254 \\f "Wingdings" \\s 12}{\fldrslt}} yes', "☑ yes"),
        (r"{\field{\*\fldinst EQ \\f(3,16)}{\fldrslt}} in", "3/16 in"),
        (r"{\f1\'fe} yes {\f1\'a8} no", "☑ yes ☐ no"),
        (r"{\f2 m}A", "μA"),
        (
            r"{\field{\*\fldinst FORMDROPDOWN {\*\formfield{\fftype2\ffres1{\*\ffl first}{\*\ffl second}}}}{\fldrslt}} party",
            "second party",
        ),
        (r"{\f4 R} paid {\f4 \u-3933?} due", "☑ paid ☐ due"),
        (r"5 {\f2\u-3917?} 3", "5 ≥ 3"),
        (r"{\field{\*\fldinst EQ \\o\\ac(\u9675?,3)}{\fldrslt}} article", "③ article"),
        (
            r"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres1\ffdefres0}}}{\fldrslt}} yes",
            "☑ yes",
        ),
        (r"{\listtext\f0 3.\tab}Wait two minutes.", "3. Wait two minutes."),
        (r"{\pntext a)\tab}first", "a) first"),
        (
            r"{\mmath{\*\moMath{\mf{\mfPr{\mtype bar}}{\mnum{\mr 3}}{\mden{\mr 16}}}{\msSup{\me x}{\msup 2}}}}",
            "3/16x^2",
        ),
        (korean("직원은 1,250") + r"{\super 3}" + korean("명"), "직원은 1,250 [3]명"),
        (r"\u54620?\u44544? \u-10179?\u-8704?", "한글 😀"),
        (
            r"{\shp{\*\shpinst{\sp{\sn fill}{\sv no}}{\shptxt In a box.\par}}{\shprslt no}}text",
            "text\n\nIn a box.",
        ),
        (r"word{\*\atnid AB}{\*\annotation Is it so?}", "word\n\n[Comment: Is it so?]"),
    ],
)
def test_what_is_shown(parsed, source: str, text: str) -> None:
    document = parsed("a.rtf", HEAD + source + r"\par}")
    assert document.text == text
    assert document.hidden_words == 0


@pytest.mark.parametrize(
    "source",
    [
        r"1,250{\super\chftn}{\footnote\pard {\super\chftn} At year's end.} people",
        r"1,250{\super 1}{\footnote{\super 1} At year's end.} people",
    ],
)
def test_notes_stand_apart(parsed, source: str) -> None:
    assert (
        parsed("a.rtf", HEAD + source + r"\par next\par}").text
        == "1,250 [1] people\n\n[1] At year's end.\n\nnext"
    )


def test_headers_and_footers_are_said_once(parsed) -> None:
    source = r"{\headerr Report A-12\par}{\headerl Report A-12\par}{\footer Page \chpgn}{\footerf Confidential}text\par}"
    assert parsed("a.rtf", HEAD + source).text == "Report A-12\n\ntext\n\nPage\n\nConfidential"


@pytest.mark.parametrize(
    ("source", "how"),
    [
        (r"{\v GX WORD}", "marked"),
        (r"\v GX WORD\v0 ", "marked"),
        (r"{\fs1 GX WORD}", "size"),
        (r"{\cf2 GX WORD}", "colour"),
        (r"{\cf3\chcbpat3 GX WORD}", "colour"),
        (r"{\cf1\highlight1 GX WORD}", "colour"),
    ],
)
def test_what_nobody_sees_is_hidden(parsed, source: str, how: str) -> None:
    document = parsed("a.rtf", HEAD + rf"Seen {source} text.\par}}")
    assert document.text == "Seen text."
    assert [(piece.text, piece.how) for piece in document.hidden] == [("GX WORD", how)]


@pytest.mark.parametrize(
    "source",
    [
        r"{\cf2\chcbpat3 shown}",
        r"{\cf2\highlight3 shown}",
        r"{\cf1 shown}",
        r"\cbpat3{\cf2 shown}",
        r"{\v {\v0 shown}}",
    ],
)
def test_light_text_on_a_dark_ground_stays(parsed, source: str) -> None:
    assert parsed("a.rtf", HEAD + rf"\pard Seen {source}.\par}}").text == "Seen shown."


def test_merged_cells(parsed) -> None:
    source = (
        r"\trowd\clcbpat3\cellx1000\clcbpat3\cellx2000\clcbpat3\cellx3000\pard\intbl{\cf2 A\cell B\cell C}\cell\row"
        r"\trowd\clvmgf\cellx1000\cellx2000\cellx3000\pard\intbl x\par y\cell 1\cell 10{\super 6}\cell\row"
        r"\trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell 3\cell 4\cell\row"
        r"\trowd\cellx1000\cellx3010\pard\intbl z\cell both\cell\row"
        r"\trowd\cellx1000\clmgf\cellx2000\clmrg\cellx3000\pard\intbl w\cell joined\cell\cell\row\pard after\par}"
    )
    assert parsed("a.rtf", HEAD + source).text == (
        "| A | B | C |\n| --- | --- | --- |\n| x y | 1 | 10^6 |\n| x y | 3 | 4 |\n| z | both | both |\n"
        "| w | joined | joined |\n\nafter"
    )
