"""When something was, in a word or two, for who looks at it now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from chatbot.rendering.words import Say

_LAST_DAYS = 7
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip  # not strftime's, which are those of the server's locale


def local_timezone() -> tzinfo:
    """That of the browser; UTC where it names none."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return UTC


def group_of(moment: datetime, now: datetime, say: Say) -> str:
    """ "Today", "Yesterday", "Last 7 days", else its month; days are those of the time zone of ``now``."""
    there = moment.astimezone(now.tzinfo)
    days = (now.date() - there.date()).days
    if days <= 0:
        return say("today")
    if days == 1:
        return say("yesterday")
    if days < _LAST_DAYS:
        return say("last_days", count=_LAST_DAYS)
    return say("month", year=there.year, month=_month(there, say, None))


def short_date(moment: datetime, now: datetime, say: Say) -> str:
    """The time of today and yesterday, the day of what is older, its year too where that is another one."""
    there = moment.astimezone(now.tzinfo)
    if now.date() - there.date() <= timedelta(days=1):
        return f"{there:%H:%M}"
    key = "day" if there.year == now.year else "day_of_year"
    return say(key, year=there.year, month=_month(there, say, 3), day=there.day)


def _month(there: datetime, say: Say, letters: int | None) -> str:
    """Its number in Korean, its name or the first ``letters`` of it in English."""
    return str(there.month) if say.language == "ko" else _MONTHS[there.month - 1][:letters]
