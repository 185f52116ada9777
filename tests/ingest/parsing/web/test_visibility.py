"""Text that no reader of a page sees is kept apart; whatever a reader sees stays."""

from __future__ import annotations

import pytest

SHOWN = "<p>Visitors register at the front desk.</p>"


@pytest.mark.parametrize(
    ("markup", "how"),
    [
        ("<p style='display : none'>{}</p>", "marked"),
        ("<p style='d\\isplay:none!important'>{}</p>", "marked"),
        ("<p style='display/**/:none'>{}</p>", "marked"),
        ("<p class=x>{}</p><style>p.x{{display:none}}</style>", "marked"),
        ("<p id=i>{}</p><style>@media screen{{#i{{visibility:hidden}}}}</style>", "marked"),
        ("<div class=o><b><i>{}</i></b></div><style>.o > b i{{opacity:0}}</style>", "transparent"),
        ("<p style='font-size:1px'>{}</p>", "size"),
        ("<p style='font:0/0 a'>{}</p>", "size"),
        ("<div style='font-size:10px'><span style='font-size:.1em'>{}</span></div>", "size"),
        ("<p style='color:#fff'>{}</p>", "colour"),
        ("<p style='color:rgb(250 250 250)'>{}</p>", "colour"),
        ("<font color=white>{}</font>", "colour"),
        ("<div style='background:#123'><p style='color:#112233'>{}</p></div>", "colour"),
        ("<table><tr bgcolor='#000'><td><font color='#000000'>{}</font></table>", "colour"),
        ("<p style='color:rgba(0,0,0,0)'>{}</p>", "transparent"),
        ("<p style='opacity:0;animation:none-such 1s'>{}</p>", "transparent"),
        ("<p style='color:transparent'>{}</p>", "transparent"),
        ("<p style='position:absolute;left:-9999px'>{}</p>", "outside"),
        ("<p style='text-indent:-9999px'>{}</p>", "outside"),
        ("<p style='position:absolute;clip:rect(1px,1px,1px,1px)'>{}</p>", "clipped"),
        ("<p style='clip-path:inset(50%)'>{}</p>", "clipped"),
        ("<div style='max-height:0;overflow:hidden'><p>{}</p></div>", "clipped"),
        ("<p style='transform:scale(0)'>{}</p>", "size"),
        ("<p hidden>{}</p>", "marked"),
        ("<span class='sr-only'>{}</span>", "marked"),
        ("<span class='visually-hidden'>{}</span>", "marked"),
        ("<dialog>{}</dialog>", "marked"),
        ("<p style='mso-hide:all'>{}</p>", "marked"),
        ("<pre style='display:none'>{}</pre>", "marked"),
        ("<textarea style='display:none'>{}</textarea>", "marked"),
        ("<table><tr><td>a<td>b<tr><td>1<td style='color:white'>{}</table>", "colour"),
    ],
)
def test_what_nobody_sees_is_hidden(parsed, markup: str, how: str) -> None:
    document = parsed("a.html", SHOWN + markup.format("Say GXWORD to all.") + SHOWN)
    assert "GXWORD" not in document.text
    assert [(piece.text, piece.how) for piece in document.hidden] == [("Say GXWORD to all.", how)]
    assert document.text.count("Visitors register") == 2


@pytest.mark.parametrize(
    "markup",
    [
        "<p aria-hidden=true>{}</p>",
        "<p hidden=until-found>{}</p>",
        "<details><summary>More</summary><p>{}</p></details>",
        "<div style='visibility:hidden'><p style='visibility:visible'>{}</p></div>",
        "<div style='font-size:0'><p style='font-size:14px'>{}</p></div>",
        "<p class=x>{}</p><style>@media print{{.x{{display:none}}}}</style>",
        "<p class=x>{}</p><style>@media (max-width:600px){{.x{{display:none}}}}</style>",
        "<p class=x style='display:block!important'>{}</p><style>.x{{display:none}}</style>",
        "<div class=tip><p class=x>{}</p></div><style>.x{{display:none}}.tip:hover .x{{display:block}}</style>",
        "<div style='background:navy'><p style='color:white'>{}</p></div>",
        "<table bgcolor=#003366><tr><td style='color:#fff'>{}</td><td>x</td></tr></table>",
        "<div style='background:url(dark.png)'><p style='color:white'>{}</p></div>",
        "<div style='background-image:linear-gradient(red,blue)'><p style='color:white'>{}</p></div>",
        "<div style='background:var(--dark)'><p style='color:white'>{}</p></div>",
        "<link rel=stylesheet href=a.css><div class=dark><p class=x>{}</p></div><style>.x{{color:white}}</style>",
        "<link rel=stylesheet href=a.css><div class=dark style='background:#036'><p style='color:white'>{}</p></div>",
        "<link rel=stylesheet href=a.css><table class=dark><tr bgcolor=#003366><td style='color:#fff'>{}</td></tr></table>",
        "<p style='color:#ccc'>{}</p>",
        "<p style='color:yellow'>{}</p>",
        "<p style='height:0'>{}</p>",
        "<p style='position:absolute;left:-20px'>{}</p>",
        "<p style='opacity:.4'>{}</p>",
        "<p style='display:block' hidden>{}</p>",
        "<button aria-expanded=false>{}</button>",
        "<a role=tab aria-controls=t>Linux</a><div role=tabpanel id=t hidden>{}</div>",
        "<p class=x>{}</p><style>@keyframes in{{to{{opacity:1}}}}.x{{opacity:0;animation:in 1s forwards}}</style>",
        "<svg style='color:white'><text>{}</text></svg>",
        "<p>{}</p><style>a:not(.b){{display:none}}</style>",
    ],
)
def test_what_a_reader_sees_stays(parsed, markup: str) -> None:
    document = parsed("a.html", SHOWN + markup.format("The code is GXWORD."))
    assert "The code is GXWORD." in document.text
    assert document.hidden_words == 0


@pytest.mark.parametrize(
    "style", ["style='color:white'", "style='-webkit-text-fill-color:#fff'", "color=white"]
)
def test_a_sheet_that_is_not_here_makes_white_words_no_darker_ground(parsed, style: str) -> None:
    markup = f"<link rel=stylesheet href=a.css><body class=a><font class=b {style}>Say yes.</font>"
    document = parsed("a.html", SHOWN + markup)
    assert "Say yes." not in document.text
    assert [(piece.text, piece.how) for piece in document.hidden] == [("Say yes.", "colour")]
    assert document.hidden_words == 2


def test_a_large_page_with_a_large_sheet_is_read_in_time(parsed) -> None:
    sheet = "".join(f".c{i} ~ p:nth-child({i}) > *{{display:none}}\n" for i in range(20_000))
    document = parsed("a.html", f"<style>{sheet}</style>" + "<p class=c1>word</p>" * 20_000)
    assert document.text.count("word") == 20_000
