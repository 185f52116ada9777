"""What a question says of how a summary is to be told, and what it means that says nothing else: "shorter", "한 문장으로".

form_said("다섯 문장으로 영어로 요약해줘") -> Form(5, "sentences", language="en"), "요약해줘"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.answering.requests.forms import english, korean
from chatbot.answering.requests.forms.form import Form
from chatbot.answering.requests.openers import talk_topic, without_opener
from chatbot.answering.requests.plain import plain
from chatbot.text.language import language_of
from chatbot.trace import Turn

_LONGEST = 80  # characters of a question that only says how
_BACK = 8  # turns that are looked through for the summary which is meant


def form_said(question: str) -> tuple[Form, str]:
    """(how it is to be told, ``question`` as the rules read it without the words for that)."""
    text = plain(question)
    form, rest = (korean if language_of(text) == "ko" else english).form_in(text)
    return form, " ".join(rest.split())


def only_says_how(question: str) -> bool:
    """Whether ``question`` is nothing but another form for what was told."""
    return 0 < len(question) <= _LONGEST and _other_form(question) is not None


def _other_form(question: str) -> Form | None:
    """The form that ``question`` asks for and nothing else; ``None`` where it asks for something, or for no form."""
    form, rest = form_said(question)
    if language_of(question) == "ko":
        return form if form != Form() and korean.is_filler(rest) else None
    language = english.language_alone(rest)
    if language is None or (form == Form() and not language):
        return None
    return replace(form, language=form.language or language)


def meant_before(history: Sequence[Turn]) -> int | None:
    """The place in ``history`` of the turn that such a question is about: the last one that is no talk."""
    places = range(len(history) - 1, max(len(history) - 1 - _BACK, -1), -1)
    return next((place for place in places if not talk_topic(history[place].question)), None)


def form_of(question: str, history: Sequence[Turn], told: Callable[[str], int]) -> Form:
    """How the answer to ``question`` is to be told, with what earlier turns said of it where it only says how.

    Args:
        told: how many sentences an answer has that was given.
    """
    said = without_opener(question)
    own = _other_form(said)
    place = meant_before(history) if own is not None else None
    if own is None or place is None:
        return replace(form_said(said)[0], change="")
    before = form_of(history[place].question, history[:place], told)
    form = replace(
        own,
        language=own.language or before.language,
        is_list=own.is_list or (before.is_list and not own.count),
    )
    if form.count:
        return form
    sentences = told(history[place].answer)
    if form.change == "shorter":
        return replace(form, count=max(sentences // 2, 1))
    if form.change == "longer":
        return replace(form, count=max(2 * sentences, 2))
    if before.count:
        return replace(form, count=before.count, unit=before.unit)
    return form


def asked_first(question: str, history: Sequence[Turn]) -> str:
    """The question that ``question`` gives another form to, with its own words behind it; itself where it does not."""
    place = meant_before(history) if only_says_how(without_opener(question)) else None
    if place is None:
        return question
    first = asked_first(history[place].question, history[:place]).rstrip(" .!?")
    return f"{first}. {question}"
