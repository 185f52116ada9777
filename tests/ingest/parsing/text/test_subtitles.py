"""Subtitles: what is said, in order, with few time stamps."""

from __future__ import annotations

VTT = """WEBVTT - Meeting

NOTE GXWORD is a note

STYLE
::cue { color: white }

1
00:00:01.000 --> 00:00:03.500 align:start
<v Han>The pump runs at <b>40</b> bar,

00:00:03.500 --> 00:00:06.000
<v Han>and no more. &amp; so on

00:00:06.000 --> 00:00:08.000
<v.loud Seo>네, <00:00:07.000>알겠습니다.

00:01:10.000 --> 00:01:12.000
- Last word.
"""
SRT = """1
00:00:01,000 --> 00:00:03,500
{\\an8}<i>The pump runs</i>
at 40 bar.

2
00:00:04,000 --> 00:00:06,000
at 40 bar.
It is 12 years old.
3
01:02:03,000 --> 01:02:05,000
끝.
"""


def test_webvtt(parsed) -> None:
    document = parsed("a.vtt", VTT)
    assert document.text.split("\n\n") == [
        "[00:00:01] Han: The pump runs at 40 bar, and no more. & so on",
        "[00:00:06] Seo: 네, 알겠습니다.",
        "[00:01:10] - Last word.",
    ]
    assert [piece.text for piece in document.hidden] == ["GXWORD is a note"]


def test_subrip_under_any_name(parsed) -> None:
    expected = ["[00:00:01] The pump runs at 40 bar. It is 12 years old.", "[01:02:03] 끝."]
    for name, text in (("a.srt", SRT), ("a.txt", SRT.replace("\n", "\r\n"))):
        assert parsed(name, text).text.split("\n\n") == expected
