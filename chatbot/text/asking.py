"""The sentences of a message that ask, without the greeting, the reasons and the thanks around them."""

from __future__ import annotations

import re

from chatbot.text.keywords import keywords_of
from chatbot.text.language import language_of
from chatbot.text.sentences import sentence_spans

_LONGEST = 4000  # characters that are looked at
_FEWEST = {
    "ko": 2,
    "en": 3,
}  # keywords, without which a sentence cannot say what it asks: "What should I do?"
_IS_QUESTION = re.compile(r"[?？][\s\"'”’)\]]*$")
_GREETS = re.compile(
    r"\W*(?:안녕|hello\b|hi\b|hey\b|good (?:morning|afternoon|evening|day)\b|dear\b)", re.IGNORECASE
)
_ENDS_ASKING = re.compile(
    r"(?:(?:까|나|가|지|니|래)요?|(?:은|는|을|인)지|방법|이유|차이점?)[\s.!\"'”’)\]]*$"
    r"|알려|설명해|가르쳐|말해|찾아|보여|궁금|알고 ?싶"
)
_BEGINS_ASKING = re.compile(
    r"\W*(?:(?:please|and|but|so|also)\s+)*(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did"
    r"|can|could|may|must|should|will|would|has|have|tell|explain|list|show|give|describe|compare|find|summari[sz]e)\b",
    re.IGNORECASE,
)


def asking_part(message: str) -> str:
    """The sentences of ``message`` that ask something; all of it where none does, or where these say too little.

    >>> asking_part("Hello! My boss wants to know. How many days may I work from home? Thanks!")
    'How many days may I work from home?'
    """
    read = message[:_LONGEST]
    sentences = [read[start:end] for start, end in sentence_spans(read)]
    if len(sentences) < 2:
        return message
    for asks in (_is_question, _asks):  # beside a question, "I would be glad to be told" is not needed
        asking = " ".join(filter(asks, sentences))
        if len(list(keywords_of(asking))) >= _FEWEST[language_of(asking)]:
            return asking
    return message


def _is_question(sentence: str) -> bool:
    return bool(_IS_QUESTION.search(sentence)) and not _GREETS.match(sentence)


def _asks(sentence: str) -> bool:
    return bool(_ENDS_ASKING.search(sentence[-80:]) or _BEGINS_ASKING.match(sentence))
