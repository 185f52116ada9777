"""Questions that a passage may answer, made of what it defines and of its heading, each wholly in one language.

A question is in the language that is wanted where its subject can stand in it, else in the language of the passage: never
"What is 양자화?", nor "Asking for leave에 대해 알려 주세요".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from chatbot.store import ChunkRow
from chatbot.text.invisible import clean_line
from chatbot.text.language import hangul_share
from chatbot.text.particles import final_of

Language = Literal["ko", "en"]

_LONGEST = 50  # characters of what a question is about
_KOREAN_FROM = 0.3  # share of Hangul among the letters of a passage
_TERM_WORDS = 2  # of Latin letters that Korean prose uses as one name: "Word2Vec", "Cross Encoder"
_NUMBER = re.compile(r"^(?:[\dIVX]{1,4}[.)]\s*|제\s*\d{1,3}\s*[장절조]\s*|#+\s*)+")
_DEFINED_EN = re.compile(
    r"^((?:An?|The) )\*{0,2}([A-Za-z][\w -]{2,40}?)\*{0,2} is (?:an?|the) ", re.MULTILINE
)
_DEFINED_KO = re.compile(
    r"^(?:정의:\s*)?([가-힣A-Za-z0-9][가-힣A-Za-z0-9 -]{1,25}?)(?:은|는) [^\n]{5,200}?(?:입니다|이다|말합니다|말한다)\.",
    re.MULTILINE,
)
# "더 적은 비트로 ...", "사용자가 원하는 것은 ...": no definition, the ending is that of an adjective or a verb
_NO_NOUN = re.compile(r"\S[을를에의이가로와과]\s|(?:^|\s)더\s|(?:하|되|있|없|않|같)$|(?:^|\s)[많적작좋큰]$")
# "시작하기 전에", "아플 때": no noun that "에 대해" could follow
_NO_NOUN_AT_ITS_END = re.compile(
    r"(?:전에|후에|에서|에게|으로|부터|까지|할 때|을 때|는 때|때|려면|하면|으면|는데|하고|하며|하는|되는|있는|없는|[를는])$"
)
_USABLE = re.compile(r"[^\W\d_]{2}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_ASKS = re.compile(r"\?$|(?:나요|까요|가요|은가|는가|인가)$")
# parts that every document has; nobody asks about them
_NO_SUBJECT = re.compile(
    r"(?:table of )?contents|introduction|overview|conclusions?|references|bibliography|appendix(?: \w)?|abstract|summary|in short|index|notes?"
    r"|목차|차례|개요|서론|머리말|들어가며|맺음말|결론|부록|참고\s?문헌|요약|소개|색인|주석|총칙",
    re.IGNORECASE,
)


def questions_of(chunks: Sequence[ChunkRow], wanted: Language) -> list[tuple[str, str]]:
    """Questions that ``chunks`` may answer, each with what it is about: what they define, then their headings."""
    defined: dict[str, str] = {}
    headed: dict[str, str] = {}
    for chunk in chunks:
        passage: Language = "ko" if (hangul_share(chunk.text) or 0.0) >= _KOREAN_FROM else "en"
        for article, term in _defined(chunk.text):
            if name := subject(term):
                defined.setdefault(name, _definition(article, name, _fits(name, passage, wanted)))
        if name := subject(chunk.heading[-1]) if chunk.heading else "":
            headed.setdefault(name, _about(name, chunk.text, _fits(name, passage, wanted)))
    made = defined | {name: question for name, question in headed.items() if not defined.get(name)}
    return [(question, name) for name, question in made.items() if question]


def subject(text: str) -> str:
    """What a question can be about, on one line without its number; empty where that is too long or no word."""
    name = _NUMBER.sub("", clean_line(text)).strip(" .:*#-")
    usable = len(name) <= _LONGEST and _USABLE.search(name) and not _NO_SUBJECT.fullmatch(name)
    return name if usable else ""


def _defined(text: str) -> list[tuple[str, str]]:
    """What ``text`` defines, with the article that its sentence has."""
    english = [(found[1].lower(), found[2]) for found in _DEFINED_EN.finditer(text)]
    return english + [("", found[1]) for found in _DEFINED_KO.finditer(text) if not _NO_NOUN.search(found[1])]


def _fits(name: str, passage: Language, wanted: Language) -> Language | None:
    """In which language one can ask about ``name``, ``None`` where in neither; ``passage``: that of the text around it."""
    if _HANGUL.search(name):
        return "ko"
    if not all(map(_LATIN.match, _LETTER.findall(name))):
        return None  # a name in a third script
    if passage == "en":
        return "en"
    if len(name.split()) <= _TERM_WORDS:
        return wanted
    return "en" if wanted == "en" else None


def _definition(article: str, name: str, language: Language | None) -> str:
    if language == "en":
        return f"What is {article}{_lowered(name) if article else name}?"
    if language == "ko":
        final = final_of(name)
        # how a Latin word ends in Korean speech is not known: without a particle that depends on it
        return (
            f"{name}에 대해 알려 주세요"
            if final is None
            else f"{name}{'이란' if final else '란'} 무엇인가요?"
        )
    return ""


def _about(name: str, text: str, language: Language | None) -> str:
    """A heading that asks is the question; ``text`` is that of the passage."""
    if language and _ASKS.search(name):
        return name if name.endswith("?") else f"{name}?"
    if language == "en" and re.match(r"(?:when|if)\b", name, re.IGNORECASE):
        return f"What happens {_in_a_sentence(name, text)}?"
    if language == "en":
        return f"What do the documents say about {_in_a_sentence(name, text)}?"
    return f"{name}에 대해 알려 주세요" if language == "ko" and not _NO_NOUN_AT_ITS_END.search(name) else ""


def _lowered(name: str) -> str:
    """With a small first letter, unless the first word is written like a name: "FAISS", "Word2Vec"."""
    return name[:1].lower() + name[1:] if re.match(r"[A-Z]?[a-z-]+(?!\S)", name) else name


def _in_a_sentence(name: str, text: str) -> str:
    """``name`` as it is written in the middle of a sentence: small, unless ``text`` writes its first word large there."""
    first = name.split()[0]
    others = name[len(first) :]
    is_title = bool(re.search(r"\b[A-Z]", others))  # "Paris Office": all of it is a name, or written like one
    is_name = re.search(rf"[a-z,;] {re.escape(first)}\b", text)
    return name if is_title or is_name else _lowered(name)
