"""A question -> the kind of request that it is, by closed lists of words in Korean and English.

    recognise("안녕하세요") -> Request("talk", "greeting")

What no rule is sure of is looked up: a wrong guess would cost an answer, and looking up costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chatbot.store import DocumentRow
from chatbot.trace import LOOK_UP, Request, Turn

_TALK = {
    "greeting": r"(?:hello|hi|hey|good (?:morning|afternoon|evening)|안녕(?:하세요|하십니까)?|반가워요?|반갑습니다)(?: there)?",
    "thanks": r"(?:thanks?(?: you)?(?: (?:so|very) much| a lot)?|고마워요?|고맙습니다|감사(?:해요|합니다))",
}
_AROUND = r"[\s!.,~?^ㅎㅋ]*"
_RULES = {topic: re.compile(rf"{_AROUND}{words}{_AROUND}", re.IGNORECASE) for topic, words in _TALK.items()}


def recognise(
    question: str, documents: Callable[[], Sequence[DocumentRow]], history: Sequence[Turn] = ()
) -> Request:
    """What ``question`` asks for.

    Args:
        documents: gives those that are searched, whose names and titles a question may say; asked only where a
            rule needs them, for there may be 100,000.
        history: earlier turns, oldest first; "summarise it" means a document of theirs.
    """
    for topic, rule in _RULES.items():
        if rule.fullmatch(question):
            return Request("talk", topic)
    return LOOK_UP
