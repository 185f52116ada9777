"""Rules that find questions in documents: FAQ pairs, definitions and headings, Korean and English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chatbot.store import ChunkRow, View
from chatbot.store.records import DocumentRow

Origin = Literal["faq", "definition", "heading", "llm"]
_TELLING = (
    160  # characters of an answer that are kept as the passage to find: enough to be found in one place
)

_QUESTION_LINE = re.compile(
    r"^[ \t>*_#-]*(?:(?:Q|질문|문의)[ \t]*\d*[ \t]*[.::)][ \t]*(?P<marked>[^\n|]{4,200})|(?P<bare>[^\n|#]{8,200}[??]))"
    r"[ \t*_]*$",
    re.MULTILINE,
)
_ANSWER_MARK = re.compile(r"[ \t>*_-]*(?:A|답변|답)[ \t]*\d*[ \t]*[.::)][ \t]*")
_QUESTION_CELL = re.compile(r"\|[ \t]*(?P<question>[^|\n]{6,200}[??])[ \t]*\|[ \t]*(?P<answer>[^|\n]{8,})\|")
_ENTRY = re.compile(
    r"^(?P<term>[^\n:|.]{1,60})\n+(?:정의|Definition)[ \t]*[::][ \t]*(?P<text>[^\n]{8,})", re.MULTILINE
)
_SENTENCE_START = r"(?:^[ \t]*|(?<=[.!?] ))"
_KOREAN = re.compile(
    _SENTENCE_START + r"(?P<term>[^\s.,:;!?|#-][^.,:;!?|\n]{0,38}?)"
    r"(?:(?:이란|란)[ \t]+(?P<exact>[^\n]{8,240}?(?:입니다|이다|말한다|말합니다|뜻한다|뜻합니다|것이다)\.)"
    r"|(?:은|는)[ \t]+(?P<loose>[^\n]{8,240}?(?:말한다|말합니다|뜻한다|뜻합니다|의미한다|의미합니다|가리킨다|가리킵니다|것이다|것입니다)\.))",
    re.MULTILINE,
)
_ENGLISH = re.compile(
    _SENTENCE_START + r"(?P<article>An? )?(?P<term>[A-Za-z][\w/+-]*(?: [\w()/+-]+){0,4}?) "
    r"(?P<verb>is|are|means|refers to) (?P<text>(?:an?|the|any|one of) [^\n]{8,240}?[.])(?=\s|$)",
    re.MULTILINE,
)
_NO_TERM = re.compile(
    r"(?:the|this|that|these|those|it|there|here|he|she|they|we|you|what|which|who|if|when|each|one|another|all|some|both"
    r"|its|our|your|their|my|because|so|but|and|or|for|in|on|at|as|with)\b|(?:이|그|저|이것|그것|여기|위|아래|다음|또|또한|이러한|그러한|이런|그런|우리|모든|각)(?:\s|$)",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^(?:제?\s*\d+(?:[.-]\d+)*\s*(?:장|절|조|항)?[.)]?\s+|[IVX]+\.\s+|[가-하]\.\s+)")
_HANGUL = re.compile("[가-힣]")
_ASKING = re.compile(r"(?:why|how|what|when|where|who|which) ", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2}")
_SHORTEST = 20  # characters under a heading that can answer something


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question and the words of the passage that seems to answer it."""

    question: str
    document: str
    page: int | None
    passage: str
    origin: Origin


def mine_questions(view: View, document: DocumentRow) -> Iterator[Proposal]:
    """What the text of one document offers, the surest first."""
    text, chunks = view.document_text(document.uri), view.chunks_of(document.uri)

    def proposal(question: str, start: int, end: int, origin: Origin) -> Proposal:
        at = next((c for c in chunks if c.start <= start < c.end), None)
        shown = text[start : min(end, start + _TELLING)].strip()
        return Proposal(" ".join(question.split()), document.uri, at.page if at else None, shown, origin)

    for question, span in _faq(text):
        yield proposal(question, *span, "faq")
    for question, span in _definitions(text):
        yield proposal(question, *span, "definition")
    for question, span, origin in _headings(chunks):
        yield proposal(question, *span, origin)


def _faq(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _QUESTION_CELL.finditer(text):
        yield match["question"], match.span("answer")
    for match in _QUESTION_LINE.finditer(text):
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
        if mark := _ANSWER_MARK.match(text, start):
            start = mark.end()
        end = text.find("\n\n", start)
        answer = text[start : end if end >= 0 else len(text)]
        first = answer.split("\n", 1)[0].rstrip()
        if len(first) >= 8 and not first.endswith(("?", "？")) and not first.startswith(("#", "|")):
            yield match["marked"] or match["bare"].strip(), (start, start + len(answer))


def _definitions(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _ENTRY.finditer(text):
        yield _what_is(match["term"].strip(), match["text"]), match.span("text")
    for match in _KOREAN.finditer(text):
        term = match["term"].strip()
        words = term.split()
        if match["loose"] and (len(words) > 3 or not _HANGUL.search(match["loose"])):
            continue
        if len(term) > 1 and len(words) <= 5 and not _NO_TERM.match(term):
            yield _what_is(term, match.group()), match.span()
    for match in _ENGLISH.finditer(text):
        term, article = match["term"], (match["article"] or "").lower()
        if len(term) > 1 and not _NO_TERM.match(term):
            yield f"What {'are' if match['verb'] == 'are' else 'is'} {article}{term}?", match.span()


def _headings(chunks: list[ChunkRow]) -> Iterator[tuple[str, tuple[int, int], Origin]]:
    """A heading that stands in one place only, and not above everything: it would ask for too much."""
    firsts: dict[tuple[str, ...], ChunkRow] = {}
    for chunk in chunks:
        if chunk.heading:
            firsts.setdefault(chunk.heading, chunk)
    names = Counter(heading[-1] for heading in firsts)
    for heading, chunk in firsts.items():
        name = _NUMBERING.sub("", heading[-1].strip(" #*_")).rstrip(" :")
        is_title = len(firsts) > 1 and all(other[: len(heading)] == heading for other in firsts)
        if is_title or names[heading[-1]] > 1 or not (3 <= len(name) <= 60 and _WORD.search(name)):
            continue
        at = chunk.text.find(heading[-1])
        body = at + len(heading[-1]) if 0 <= at < 8 else 0
        body += len(chunk.text[body:]) - len(chunk.text[body:].lstrip(" \n\r\t=-#*:"))
        if len(chunk.text) - body >= _SHORTEST:
            is_asked = name.endswith(("?", "？"))
            yield (
                name if is_asked else _about(name, chunk.text),
                (chunk.start + body, chunk.end),
                ("faq" if is_asked else "heading"),
            )


def _what_is(term: str, said: str) -> str:
    """In the language of what is said about it; the particle depends on the last sound, which Latin does not tell."""
    bare = re.sub(r"\s*\([^)]*\)$", "", term) or term
    if not _HANGUL.search(term + said):
        return f"What is {bare}?"
    if not _HANGUL.match(bare[-1]):
        return f"{bare}의 뜻은 무엇인가요?"
    has_final_consonant = (ord(bare[-1]) - ord("가")) % 28 > 0
    return f"{bare}{'이란' if has_final_consonant else '란'} 무엇인가요?"


def _about(name: str, said: str) -> str:
    if _HANGUL.search(name + said):
        return f"{name}에 대해 알려주세요"
    return f"{name}?" if _ASKING.match(name) else f"What should I know about {name}?"
