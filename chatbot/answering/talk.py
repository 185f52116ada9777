"""What the program itself answers to a greeting or to thanks: no search, no model, no citation."""

from __future__ import annotations

from chatbot.text.language import language_of

_SAID = {
    "greeting": (
        "안녕하세요. 문서에 대해 물어보시면 답을 찾아 출처와 함께 보여 드립니다.",
        "Hello. Ask about your documents, and you get an answer with its sources.",
    ),
    "thanks": (
        "천만에요. 더 궁금한 것이 있으면 물어보세요.",
        "You are welcome. Ask if there is more to find.",
    ),
}


def talk(topic: str, question: str) -> str:
    """The answer, in the language of ``question``."""
    korean, english = _SAID[topic]
    return korean if language_of(question) == "ko" else english
