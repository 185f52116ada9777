"""Clicks on our own buttons: what a button says is read back as the click that it was drawn for, and nothing else is."""

from __future__ import annotations

import re
from html import unescape
from typing import get_args

import pytest

from chatbot.text.asking import LONGEST_QUESTION
from chatbot.ui.clicks import (
    AskAgain,
    AskAs,
    AskEdited,
    AskNow,
    Click,
    ClosePanel,
    CopyAnswer,
    DeleteConversation,
    EditQuestion,
    FollowAddress,
    InspectAnswer,
    NewConversation,
    OpenDocument,
    OpenSource,
    PinConversation,
    Rate,
    RenameConversation,
    SayInWords,
    SayWhy,
    ShowVersion,
    StopAnswer,
    SwitchConversation,
    button_html,
    read_click,
)

CLICKS: list[Click] = [
    NewConversation(), SwitchConversation(7), DeleteConversation(7), PinConversation(7, 1), RenameConversation(7, "A <b>"), OpenDocument("docs/\u202ea.md", 3), Rate(1, 0, -1), Rate(1, 2, 1), AskAgain(1), AskAs(1, 1), EditQuestion(1),
    CopyAnswer(1), InspectAnswer(1), OpenSource(1, 2), AskEdited(1, "Why?"), StopAnswer(1),
    ClosePanel(), FollowAddress(), OpenSource(0, 1, 7), ShowVersion(1, 2), SayWhy(1, "sources"), SayInWords(1, "old rules"), SayInWords(1, ""), AskNow(1),
]  # fmt: skip
OPEN = {"act": "open", "exchange": "0", "source": "1", "basis": "-1"}


@pytest.mark.parametrize("click", CLICKS)
def test_a_button_is_read_back_as_the_click_that_it_was_drawn_for(click: Click) -> None:
    told = dict(re.findall(r' data-([a-z]+)="([^"]*)"', button_html(click, "label", "icon", pressed=True)))
    told = {name: unescape(value) for name, value in told.items()}
    assert read_click(told) == click
    assert read_click({**told, "at": 1_790_000_000_000}) == click


def test_every_click_is_tried() -> None:
    assert {type(click) for click in CLICKS} == set(get_args(Click))


@pytest.mark.parametrize(
    "told",
    [
        None, "open", 7, [], {}, [OPEN], {"act": None}, {"act": ["open"]}, {"act": {}}, {"act": "__class__"}, {"act": "OpenSource"},
        {"act": "open"}, {"act": "open", "exchange": "0"}, {**OPEN, "source": None}, {**OPEN, "source": 1}, {**OPEN, "source": True},
        {**OPEN, "source": "1.0"}, {**OPEN, "source": ""}, {**OPEN, "source": "٣"}, {**OPEN, "source": "1\n"},
        {**OPEN, "source": "1_0"}, {**OPEN, "source": "9" * 5000}, {**OPEN, "source": "9" * 20}, {**OPEN, "exchange": "--1"},
        {"act": "rate", "exchange": "0", "source": "0", "value": "2"}, {"act": "rate", "exchange": "0", "source": "0", "value": "0"},
    ],
)  # fmt: skip
def test_what_is_no_click_on_a_button_of_ours_is_dropped(told: object) -> None:
    assert read_click(told) is None


def test_an_edited_question_is_as_long_as_the_field_allows_and_not_empty() -> None:
    told = {"act": "edited", "exchange": "2", "question": f"  {'x' * LONGEST_QUESTION} "}
    assert read_click(told) == AskEdited(2, "x" * LONGEST_QUESTION)
    for question in ("", " \n", None, 7, "x" * (LONGEST_QUESTION + 1)):
        assert read_click({**told, "question": question}) is None


def test_a_label_cannot_leave_its_button() -> None:
    for html in (
        button_html(NewConversation(), '"><script>'),
        button_html(NewConversation(), '"><script>', "add"),
    ):
        assert "<script" not in html
        assert html.count("<button") == html.count("</button>") == 1


def test_a_button_shows_its_face_and_has_its_label_as_a_tooltip() -> None:
    shown = button_html(SwitchConversation(7), "A <b>", face="<span>B</span><small>C</small>")
    assert shown.endswith(' title="A &lt;b&gt;"><span>B</span><small>C</small></button>')
