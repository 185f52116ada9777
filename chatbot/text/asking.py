"""The sentences of a message that ask, without the greeting, the reasons and the thanks around them."""

from __future__ import annotations

import re

from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.sentences import sentence_spans

LONGEST_QUESTION = 4000  # characters, on the page, the command line and from Python; longer ones are refused
_LITTLE = (  # keywords that do not say what a sentence asks about: "What should I do?"
    "i we you he she they it this that these those my our your me us should must may might could would will have has do"
    " done now then there here so help need want know go get 왜죠 왜요 뭐죠 어쩌죠 어떡하죠 어떡해요 그런가요 맞나요 되죠"
)
_SAYS_LITTLE = frozenset(_LITTLE.split())
_LEADS_IN = re.compile(
    r"^\W*(?:(?:could|can|would|will) you (?:please |kindly )?(?:tell|show|explain to) (?:me|us)(?: this)?"
    r"|바쁘신데(?: 죄송합니다만| 죄송하지만)?|실례지만|죄송하지만|죄송합니다만|죄송한데)[,:]?\s+",
    re.IGNORECASE,
)
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
    read = message[:LONGEST_QUESTION]
    sentences = [read[start:end] for start, end in sentence_spans(read)]
    for asks in (_is_question, _asks):  # beside a question, "I would be glad to be told" is not needed
        asking = [_LEADS_IN.sub("", sentence, count=1) for sentence in sentences if asks(sentence)]
        if any(_says_what(sentence) for sentence in asking):
            return " ".join(asking)
    return message


def _says_what(sentence: str) -> bool:
    return any(word_of(terms) not in _SAYS_LITTLE for terms in keywords_of(sentence))


def _is_question(sentence: str) -> bool:
    return bool(_IS_QUESTION.search(sentence)) and not _GREETS.match(sentence)


def _asks(sentence: str) -> bool:
    return bool(_ENDS_ASKING.search(sentence[-80:]) or _BEGINS_ASKING.match(sentence))
