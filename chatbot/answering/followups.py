"""A follow-up question, and what it is searched as.

    leans_on_history -> rewritten by the language model, or joined to the question before -> stand_alone

A weak model's rewriting is worse than none, so it is used only when it still is one short question about
what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chatbot.answering.requests.forms import asked_first, only_says_how
from chatbot.answering.requests.openers import talk_topic
from chatbot.answering.tables.rules.operation import rank_said, wanted
from chatbot.text.figures.numbered import numbers_asked, without_numbers
from chatbot.text.keywords import analyse, keyword_terms, keywords_of
from chatbot.text.language import language_of
from chatbot.text.leaning import (
    asks_for_a_property,
    has_own_subject,
    is_short,
    may_be_whole,
    points_back,
    says_much,
    says_no_subject,
    without_connective,
)
from chatbot.text.no_answer import says_no_answer
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Timings, Turn

if TYPE_CHECKING:
    from chatbot.answering.writer import Writer

LONGEST = 240  # characters of a rewritten question; measured ones of capable models stay under 120
_FEW_WORDS = 2  # "예시는?", "in English?": too little to search for
_SHORT = 4  # words; without a name in it, such a question mostly leaves out what it is about
# "name: Gel pen · price: 2,500": a row of a table, quoted in an answer; its first cells say which
_ROW = re.compile(r"^[^\n:·|]{1,40}: [^\n·]+ · .+$", re.MULTILINE)
_NAMING = 2
_LOWEST = re.compile(
    r"^The (?:\w+ )?(?:lowest|highest|earliest|latest) |: (?:가장|\S+ 번째로) (?:낮은|높은|이른|늦은) "
)  # how an answer tells it
_MARKUP = re.compile(r"[\[【［]\d+[\]】］]|[<>`{}|#]|\*\*|https?:|:\s*$")


def leans_on_history(question: str) -> bool:
    """Whether ``question`` points back, names nothing that it is about, or is too short to be searched for alone."""
    return points_back(question) or says_no_subject(question) or is_short(question, _FEW_WORDS)


def may_lean_on_history(question: str) -> bool:
    """The same, for a model that can tell: short questions without a name count too."""
    return leans_on_history(question) or (len(question.split()) <= _SHORT and not _names_something(question))


def queries(writer: Writer, question: str, history: Sequence[Turn], timings: Timings) -> Iterator[str]:
    """What ``question`` is searched as; where there are two, the first that is clearly answered counts.

    A word or two can be a topic of their own, "core hours", or lean on the one before, "and abroad?": those without a
    word that points back are tried alone first. So is a whole question behind an "and", and after a refusal all that name
    something, and only these. Raises ``LLMError``.
    """
    if history and only_says_how(question):  # "shorter": what was asked before, told in another form
        yield asked_first(question, history)
        return
    if history and leans_on_history(question) and not _asks_of_refused(question, history):
        if not points_back(question) and not asks_for_a_property(question):
            yield question
        elif may_be_whole(question) or (is_refused(history[-1]) and has_own_subject(question)):
            yield without_connective(question)
    yield condense(writer, question, history, timings)


def _asks_of_refused(question: str, history: Sequence[Turn]) -> bool:
    """Whether it names nothing and follows a refusal: "by when?" alone is answered by whatever has a day in it."""
    return is_refused(history[-1]) and says_no_subject(question)


def condense(writer: Writer, question: str, history: Sequence[Turn], timings: Timings) -> str:
    """What ``question`` is searched as: understood without ``history``. Raises ``LLMError``."""
    with timings.measure("condense"):
        return writer.condense(question, history) if history else question


def joined(question: str, history: Sequence[Turn]) -> str:
    """``question`` after what the conversation is about, where it leans on it; otherwise as it is."""
    if not history or not leans_on_history(question):
        return question
    return f"{_subject_of(history)} {question}"


def _subject_of(history: Sequence[Turn]) -> str:
    """The last question that could stand alone; "and FastText?" takes the place of "What is Word2Vec?".

    A short follow-up that names something is the subject where nothing before it was one, or where that was a name too.
    "And for meals?" goes on with the question before it, "What about the home office allowance?" does not.
    """
    subject = ""
    for turn in history:
        if talk_topic(turn.question):
            continue
        said = _computed_row(turn) or turn.question
        if not leans_on_history(said) or (
            has_own_subject(said)
            and (not subject or not _is_number(said) or _is_number(subject))
            and (not subject or says_much(said) or (_names_something(said) and _names_something(subject)))
        ):
            subject = said
    return subject or history[0].question


def _is_number(said: str) -> bool:
    """Whether it names nothing but an article or section: "and section 5.2?" is of the policy asked about before."""
    return bool(numbers_asked(said)) and not any(keywords_of(without_numbers(without_connective(said))))


def _computed_row(turn: Turn) -> str:
    """What names the one row that was computed, "모드: 조용히": "that mode" is that one, and not the lowest again.

    Empty where rows were listed, or told of several tables, and where a figure comes from many: none of them is meant.
    """
    head, _, rows = turn.answer.partition("\n\n")  # the figure in a sentence, and the rows that it comes from
    asked = wanted(turn.question)
    if _ROW.match(head) or (asked is None and not rank_said(without_connective(turn.question))):
        return ""
    found = _ROW.findall(rows)
    is_lowest = _LOWEST.search(head) is not None and (
        asked is None or asked.limit <= 1
    )  # others are level with it
    is_one = _ROW.match(rows) and (len(found) == 1 or is_lowest)
    return re.sub(r" \[\d+\]$", "", " ".join(found[0].split(" · ")[:_NAMING])) if is_one else ""


def leans_on_refusal(query: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether ``query`` is what became of a follow-up right after a question that the documents do not answer.

    It means that one, of which nothing is known to be there, or an earlier one: nobody can tell.
    """
    alone = (question, without_connective(question))
    return query not in alone and bool(history) and is_refused(history[-1])


def answered(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """``history`` without the questions that the documents do not answer: no part of an answer rests on them."""
    return tuple(turn for turn in history if not is_refused(turn))


def is_refused(turn: Turn) -> bool:
    """Whether its answer says only that the documents do not answer: by its words, for programs send back no more."""
    return says_no_answer(turn.answer)


def own_words(query: str, history: Sequence[Turn]) -> str:
    """The follow-up itself in what ``joined`` made of it; empty when ``query`` is no such thing."""
    rest = (
        query.removeprefix(f"{said} ")
        for turn in history
        for said in (turn.question, _computed_row(turn))
        if said
    )
    return next((own for own in rest if own != query), "")


def stand_alone(rewritten: str, question: str, history: Sequence[Turn]) -> str:
    """``rewritten`` if it is one short question about what was asked, and a new one; else ``joined``."""
    return rewritten if _is_usable(rewritten, question, history) else joined(question, history)


def _is_usable(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    if not rewritten or len(rewritten) > max(LONGEST, 2 * len(question)) or _MARKUP.search(rewritten):
        return False
    if len(sentence_spans(rewritten)) > 1 or language_of(rewritten) != language_of(question):
        return False
    if any(_terms(rewritten) == _terms(turn.question) for turn in history):
        return False  # what was asked before would be answered again
    answers = [turn.answer for turn in answered(history)]  # the words of a refusal are nobody's subject
    said = " ".join([question, *(turn.question for turn in history), *answers])
    return not set(keyword_terms(rewritten)).isdisjoint(keyword_terms(said))


def _terms(text: str) -> set[str]:
    return set(analyse(text).split())


def _names_something(question: str) -> bool:
    """A number, a capitalised word that is not the first, or a Latin word in a Korean question."""
    is_korean = language_of(question) == "ko"
    return any(
        re.search(r"\d", word)
        or (is_korean and re.search("[A-Za-z]{2}", word))
        or (place and word[:1].isupper() and word != "I")
        for place, word in enumerate(question.split())
    )
