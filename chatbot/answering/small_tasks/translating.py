"""A question in the other language, so that the words of passages in it are found too. Korean and English.

    "연차는 며칠인가요?" -> "How many days of annual leave are there?"

What a model replies is used only where it is one short line in the right script; it is searched, never shown as an
answer, and what it finds is judged by the question as it was asked.
"""

from __future__ import annotations

import re

from chatbot.answering.writer import LanguageModel
from chatbot.errors import LLMError
from chatbot.text.invisible import clean_line
from chatbot.text.language import hangul_share, language_of

LIMIT_S = 15.0  # seconds; the person is waiting for the search
_LONGEST = 240  # characters of a translation, or three times the question where that is more
_RULES = {
    # by the language of the question
    "ko": """\
Translate the Korean question into English. Keep names, numbers and codes as they are. Do not answer it. Reply with the English question only, on one line.""",
    "en": """\
Translate the question into Korean. Keep names, numbers and codes as they are. Do not answer it. Reply with the Korean question only, on one line.""",
}
_ASK = {"ko": "Korean: {question}\nEnglish:", "en": "English: {question}\nKorean:"}
_LABEL = re.compile(
    r"\A(?:(?:the )?(?:english|korean)(?: (?:question|translation))?|translation|question|영어|한국어|번역|질문)\s*[:：]\s*",
    re.IGNORECASE,
)
_AROUND = "\"'“”‘’`*「」 "
_MARKUP = re.compile(r"[\[【]\d+[\]】]|[<>`{}|]|https?:")
# shares of Hangul among the letters: an English question may hold a Korean name, a Korean one English terms
_MOST_HANGUL, _LEAST_HANGUL = 0.2, 0.3
_SHOWN = 120  # characters of a reply that is none, in the message


def translated(question: str, model: LanguageModel) -> str:
    """``question`` in English where it is Korean, and in Korean where it is not. Raises ``LLMError``."""
    language = language_of(question)
    asked = clean_line(question)
    longest = max(_LONGEST, 3 * len(asked))
    reply = model.reply(
        _RULES[language],
        _ASK[language].format(question=asked),
        longest=longest + 1,
        limit_s=LIMIT_S,
        one_line=True,
    )
    said = _LABEL.sub("", clean_line(reply.text).strip(_AROUND)).strip(_AROUND)
    if not _is_usable(said, language, longest):
        raise LLMError(
            "{label} did not translate the question but said: {words}",
            label=model.label,
            words=clean_line(reply.text)[:_SHOWN],
        )
    return said


def _is_usable(said: str, language: str, longest: int) -> bool:
    share = hangul_share(said)
    if share is None or len(said) > longest or _MARKUP.search(said):
        return False
    return share <= _MOST_HANGUL if language == "ko" else share >= _LEAST_HANGUL
