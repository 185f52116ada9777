"""The list of conversations as HTML: groups, dates, names that hold anything."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatbot.conversations import ConversationRow
from chatbot.rendering.words import Language, Say
from chatbot.ui.sidebar.conversation_list import list_html
from chatbot.ui.sidebar.dates import group_of, short_date

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 29, 1, 30, tzinfo=SEOUL)  # the 28th in UTC


def row(number: int, updated: datetime, title: str = "", *, pinned: bool = False) -> ConversationRow:
    return ConversationRow(number, title or f"number {number}", updated, 1, pinned)


@pytest.mark.parametrize(
    ("moment", "language", "group", "date"),
    [
        (datetime(2026, 11, 28, 15, 5, tzinfo=UTC), "en", "Today", "00:05"),
        (datetime(2026, 11, 28, 14, 59, tzinfo=UTC), "en", "Yesterday", "23:59"),
        (datetime(2026, 11, 28, 14, 59, tzinfo=UTC), "ko", "어제", "23:59"),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), "en", "Last 7 days", "23 Nov"),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), "ko", "지난 7일", "11월 23일"),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), "en", "November 2026", "22 Nov"),
        (datetime(2025, 2, 3, 3, 0, tzinfo=UTC), "en", "February 2025", "3 Feb 2025"),
        (datetime(2025, 2, 3, 3, 0, tzinfo=UTC), "ko", "2025년 2월", "2025년 2월 3일"),
        (datetime(2026, 11, 29, 3, 0, tzinfo=UTC), "en", "Today", "12:00"),  # a clock that is ahead
    ],
)
def test_days_are_those_of_who_looks(moment: datetime, language: Language, group: str, date: str) -> None:
    say = Say(language)
    assert (group_of(moment, NOW, say), short_date(moment, NOW, say)) == (group, date)


def test_pinned_ones_stand_above_in_a_group_of_their_own() -> None:
    rows = [
        row(1, NOW - timedelta(days=90), pinned=True), row(2, NOW), row(3, NOW - timedelta(minutes=40)),
        row(4, NOW - timedelta(hours=2)),
    ]  # fmt: skip
    shown = list_html(rows, 3, NOW, Say("en"))
    assert re.findall(r"<h3>(.*?)</h3>", shown) == ["Pinned", "Today", "Yesterday"]
    assert shown.count('aria-current="true"') == 1
    assert shown.count('data-act="conversation"') == 4


def test_a_hundred_are_listed_and_how_many_more_there_are_is_told() -> None:
    shown = list_html([row(n, NOW) for n in range(140)], None, NOW, Say("en"))
    assert shown.count('data-act="conversation"') == 100
    assert "40 more: find them by a word" in shown


def test_a_name_is_text_whatever_it_holds() -> None:
    title = '<img src=x onerror=alert(1)> "q" \u202egnp.exe 👩\u200d💻'
    shown = list_html([row(1, NOW, title)], None, NOW, Say("en"))
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert "U+202E" in shown
