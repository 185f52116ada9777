"""A question -> the kind of request that it is, by closed lists of words in Korean and English.

    recognise("안녕하세요") -> Request("talk", "greeting")
    recognise("직원 핸드북을 요약해줘") -> Request("whole_document", "summary", ("data/employee-handbook.pdf",))

What no rule is sure of is looked up: a wrong guess would cost an answer, and looking up costs nothing. So a rule fits
the whole question or not at all, and what it takes for a document must be the name of one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from chatbot.answering.requests import english, korean
from chatbot.answering.requests.document_names import UNSURE, Documents, named
from chatbot.answering.requests.forms import form_said, meant_before, only_says_how
from chatbot.answering.requests.openers import talk_topic, without_opener
from chatbot.answering.requests.plain import plain
from chatbot.answering.requests.several import several
from chatbot.answering.requests.sides import collected, sides_of
from chatbot.answering.requests.spelling import respelled
from chatbot.answering.requests.two_meant import compared_with, is_pointing, thing_before, two_meant
from chatbot.text.language import language_of
from chatbot.trace import LOOK_UP, Request, RequestKind, Turn

_LONGEST = (
    160  # characters; who writes more asks for something that no rule knows, and patterns take their time
)
_MENDED = (
    "library",
    "whole_document",
    "compare",
)  # kinds that a question with mended typing errors may be taken for
_ABOUT = re.compile(r"\babout$|(?:무슨|어떤) ?(?:내용|글|문서|책|자료|이야기|얘기)")
_PARTICLE = 2  # letters
_OF_A_DOCUMENT = ("summary", "outline", "key_points")  # topics that nothing but a document has
_Rule = tuple[RequestKind, str, re.Pattern[str]]


def recognise(question: str, documents: Documents, history: Sequence[Turn] = ()) -> Request:
    """What ``question`` asks for.

    Args:
        documents: gives those that are searched, whose names and titles a question may say; asked only where a
            rule needs them, for there may be 100,000.
        history: earlier turns, oldest first; "summarise it" means a document of theirs.
    """
    if topic := talk_topic(question[: _LONGEST + 1]):
        return Request("talk", topic)
    said = without_opener(question)
    if questions := several(said):
        return Request("several", parts=questions)
    if history:
        if (before := _told_before(said, documents, history)) is not None:
            return before
        sides, aspect = two_meant(said, history)
        if sides:
            return Request("compare", aspect, parts=sides)
        if (compared := _compared_with_before(said, documents, history)) is not None:
            return compared
    asked = plain(said)
    if not asked or len(asked) > _LONGEST:
        return LOOK_UP
    found = _by_rules(asked, said, documents, history)
    if found.kind in ("look_up", "collect") and (told := _with_a_form(asked, documents, history)) != LOOK_UP:
        return told
    if found != LOOK_UP or language_of(asked) == "ko" or (mended := respelled(asked)) == asked:
        return found
    found = _by_rules(mended, mended, documents, history)
    return found if found.kind in _MENDED else LOOK_UP


def _told_before(said: str, documents: Documents, history: Sequence[Turn]) -> Request | None:
    """The request that ``said`` wants told in another form: "in one sentence" after a summary."""
    place = meant_before(history) if only_says_how(said) else None
    if place is None:
        return None
    before = recognise(history[place].question, documents, history[:place])
    return before if before.kind == "whole_document" else None


def _compared_with_before(said: str, documents: Documents, history: Sequence[Turn]) -> Request | None:
    """A comparison with what the last question was about, a thing or a document: "그것과 IVF를 비교해줘"."""
    other, aspect = compared_with(said)
    place = meant_before(history) if other else None
    if place is None:
        return None
    before = recognise(history[place].question, documents, history[:place])
    if before.kind == "whole_document" and len(before.documents) == 1:
        meant = named(other, documents, history, is_loose=True)
        uris = tuple(dict.fromkeys((*before.documents, *meant.uris[:1])))
        return Request("whole_document", "compare", uris) if len(uris) == 2 else None
    name = thing_before(history)
    if not name or name.casefold() == other.casefold():
        return None
    return Request("compare", aspect, parts=(name, other))


def _with_a_form(asked: str, documents: Documents, history: Sequence[Turn]) -> Request:
    """What is asked of a whole document besides how it is to be told: "핸드북을 열 문장으로 요약해줘"."""
    form, rest = form_said(asked)
    if not rest or rest == asked:
        return LOOK_UP
    found = _by_rules(plain(rest), rest, documents, history)
    if found.kind == "whole_document":
        return found
    meant = named(rest, documents, history) if form.count else UNSURE  # "the handbook in three sentences"
    return Request("whole_document", "summary", meant.uris) if meant.is_sure and meant.uris else LOOK_UP


def _by_rules(asked: str, said: str, documents: Documents, history: Sequence[Turn]) -> Request:
    """What the rules say of ``asked``, which is ``said`` as they read it."""
    for kind, topic, rule in _RULES[language_of(asked)]:
        found = rule.fullmatch(asked)
        if found is None:
            continue
        if kind == "compare":
            return _compared(said, documents, history)
        if kind == "collect":
            return in_parts(kind, said)
        if "what" not in rule.groupindex:
            return Request(kind, topic)
        is_loose = topic in _OF_A_DOCUMENT or (topic == "about" and _ABOUT.search(asked) is not None)
        meant = named(found["what"] or "", documents, history, is_loose)
        if not meant.is_sure and (longer := _to_its_end(asked, found)):
            meant = named(longer, documents, history, is_loose)
        if meant.is_sure and (meant.uris or topic != "named"):
            return Request(kind, topic, meant.uris)
    return LOOK_UP


def _to_its_end(asked: str, found: re.Match[str]) -> str:
    """What may be a document's name with what was taken for its particle: "길잡이" ends with none."""
    start, end = found.span("what")
    whole = re.compile(r"\S*").match(asked, end)
    return asked[start : whole.end()] if whole and 0 < whole.end() - end <= _PARTICLE else ""


def _compared(question: str, documents: Documents, history: Sequence[Turn]) -> Request:
    """A comparison; of whole documents where every side is the name of one: "compare the handbook with the price list"."""
    request = in_parts("compare", question)
    meant = [named(side, documents, history) for side in request.parts]
    pointing = [is_pointing(side) for side in request.parts]
    if any(side.is_sure and not points for side, points in zip(meant, pointing, strict=True)):
        # one is a document: so the others may be
        meant = [named(side, documents, history, is_loose=True) for side in request.parts]
    uris = tuple(dict.fromkeys(uri for side in meant for uri in side.uris[:1]))
    if not request.topic and len(uris) == len(meant) >= 2 and all(side.is_sure for side in meant):
        return Request("whole_document", "compare", uris)
    return LOOK_UP if any(pointing) else request


def in_parts(kind: RequestKind, question: str) -> Request:
    """``question`` as a comparison, a collection or several questions; without parts where the rules find none."""
    if kind == "compare":
        sides, aspect = sides_of(question)
        return Request(kind, aspect, parts=sides)
    return Request(kind, parts=several(question) if kind == "several" else (collected(question),))


def _compiled(table: tuple[tuple[str, str, tuple[str, ...]], ...]) -> tuple[_Rule, ...]:
    return tuple(
        (cast(RequestKind, kind), topic, re.compile(rule)) for kind, topic, rules in table for rule in rules
    )


_RULES = {"en": _compiled(english.RULES), "ko": _compiled(korean.RULES)}
