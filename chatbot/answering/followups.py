"""A follow-up question, and what it is searched as.

    leans_on_history -> rewritten by the language model, or joined to the question before -> stand_alone

A weak model's rewriting is worse than none, so it is used only when it still is one short question about
what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chatbot.text.keywords import analyse, keyword_terms
from chatbot.text.language import language_of
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Timings, Turn

if TYPE_CHECKING:
    from chatbot.answering.writer import Writer

LONGEST = 240  # characters of a rewritten question; measured ones of capable models stay under 120
_FEW_WORDS = 2  # "예시는?", "in English?": too little to search for
_SHORT = 4  # words; without a name in it, such a question mostly leaves out what it is about

_KOREAN = (
    r"^(?:그럼|그러면|그렇다면|그래서|그리고|그런데|근데|그중|그 중|왜|더 |또|반대로|예시|예를)"
    r"|(?<!\S)(?:그것|그거|그게|그건|그걸|이것|이거|이게|이건|이걸|저것|거기|여기|그때|그분|그녀|그들|앞에서|방금|위에서|둘 다)"
)
_ENGLISH = (
    r"^(?:and|or|but|so|then|also|more|why|what about|how about|what else|which one)\b"
    r"|\b(?:it|its|they|them|their|those|these|this one|that one|the same|the former|the latter|he|she|his|her)\b"
    r"|\b(?:is|are|was|were|does|do|did|can|will|about|of|with|for|than|like|to|after|before) (?:that|this)\b"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b"
)
_LEANING = re.compile(f"{_KOREAN}|{_ENGLISH}", re.IGNORECASE)
_MARKUP = re.compile(r"[\[【［]\d+[\]】］]|[<>`{}|#]|\*\*|https?:|:\s*$")


def leans_on_history(question: str) -> bool:
    """Whether ``question`` points back, or is too short to be searched for alone."""
    return bool(_LEANING.search(question.strip())) or len(question.split()) <= _FEW_WORDS


def may_lean_on_history(question: str) -> bool:
    """The same, for a model that can tell: short questions without a name count too."""
    return leans_on_history(question) or (len(question.split()) <= _SHORT and not _names_something(question))


def queries(writer: Writer, question: str, history: Sequence[Turn], timings: Timings) -> Iterator[str]:
    """What ``question`` is searched as; where there are two, the first that is clearly answered counts.

    Two words can be a topic of their own, "core hours", or lean on the one before, "and abroad?": those without a
    word that points back are tried alone first. Raises ``LLMError``.
    """
    if history and len(question.split()) == _FEW_WORDS and not _LEANING.search(question.strip()):
        yield question
    yield condense(writer, question, history, timings)


def condense(writer: Writer, question: str, history: Sequence[Turn], timings: Timings) -> str:
    """What ``question`` is searched as: understood without ``history``. Raises ``LLMError``."""
    with timings.measure("condense"):
        return writer.condense(question, history) if history else question


def joined(question: str, history: Sequence[Turn]) -> str:
    """``question`` after the last one that could stand alone, where it leans on it; otherwise as it is."""
    if not history or not leans_on_history(question):
        return question
    alone = (turn.question for turn in reversed(history) if not leans_on_history(turn.question))
    return f"{next(alone, history[-1].question)} {question}"


def own_words(query: str, history: Sequence[Turn]) -> str:
    """The follow-up itself in what ``joined`` made of it; empty when ``query`` is no such thing."""
    rest = (query.removeprefix(f"{turn.question} ") for turn in history)
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
    said = " ".join([question, *(text for turn in history for text in (turn.question, turn.answer))])
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
