"""The sentences of a message that ask, without the greeting, the reasons and the thanks around them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.language import hangul_share, language_of
from chatbot.text.sentences import sentence_spans

LONGEST_QUESTION = 4000  # characters, on the page, the command line and from Python; longer ones are refused
_LITTLE = (  # keywords that do not say what a sentence asks about: "What should I do?"
    "i we you he she they it this that these those my our your me us should must may might could would will have has do"
    " done now then there here so help need want know go get 왜죠 왜요 뭐죠 어쩌죠 어떡하죠 어떡해요 그런가요 맞나요 되죠 뭘 해야 해 해요 하나 하지 하죠 돼 돼요 되나 되나요"
)
_SAYS_LITTLE = frozenset(_LITTLE.split())
# what is asked of a thing without naming another one: "What does nprobe change?", "nprobe는 무엇을 바꾸나요?"
_OF_A_NAME = (
    "change changes changed mean means meaning meant work works used use uses set chosen choose affect affects explain explained"
    " stand stands called defined define definition purpose role effect describe description exactly actually"
)
_ASKED_OF_A_NAME = frozenset(_OF_A_NAME.split())
_ASKED_OF_A_NAME_KOREAN = re.compile(
    r"(?:바꾸|바꿔|바뀌|달라지|뜻|의미|정의|역할|용도|효과|영향|설명|개념|정하|정해|고르|골라|쓰이|쓰는|쓰나|사용|작동|하는|하나|일|무슨|무엇|값|것)\S{0,4}"
)
_FEW, _MOST = 0.3, 0.5  # share of Hangul in a passage that is not Korean, and in one that is
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_A_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]{3,}")
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


def says_little(word: str) -> bool:
    """Whether ``word``, a keyword in lower case, does not say what is asked about: "What does Samir have to do?"."""
    return word in _SAYS_LITTLE


def only_names(question: str, text: str, others: Iterable[str]) -> bool:
    """Whether ``question`` names nothing but Latin words that stand in ``text``, in the other language, and not in ``others``.

    A question of one name, "What does nprobe change?" over Korean passages, has nothing to compare but this.
    """
    names = _names_alone(question)
    share = hangul_share(text)
    if not names or share is None or (share > _FEW if language_of(question) == "ko" else share < _MOST):
        return False
    return _latin_words(text).issuperset(names) and all(_latin_words(o).isdisjoint(names) for o in others)


def _names_alone(question: str) -> list[str]:
    """The Latin words that are all which ``question`` names, lower case; none where it names anything else."""
    words = [word_of(terms) for terms in keywords_of(asking_part(question))]
    names = [
        word
        for word in words
        if word not in _SAYS_LITTLE | _ASKED_OF_A_NAME and not _ASKED_OF_A_NAME_KOREAN.fullmatch(word)
    ]
    return names if all(_A_NAME.fullmatch(name) for name in names) else []


def _latin_words(text: str) -> set[str]:
    return set(_LATIN_WORD.findall(text.casefold()))


def _says_what(sentence: str) -> bool:
    return any(not says_little(word_of(terms)) for terms in keywords_of(sentence))


def _is_question(sentence: str) -> bool:
    return bool(_IS_QUESTION.search(sentence)) and not _GREETS.match(sentence)


def _asks(sentence: str) -> bool:
    return bool(_ENDS_ASKING.search(sentence[-80:]) or _BEGINS_ASKING.match(sentence))
