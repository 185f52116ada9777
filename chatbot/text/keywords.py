"""Text -> terms for lexical search: one analysis for Korean and English alike.

Scripts that put no spaces between words, or glue particles to them, become overlapping pairs of
characters (``검색엔진`` -> ``검색 색엔 엔진``); everything else becomes lower-case words, which
the store's engine stems. Characters that nobody sees are left out first, so that none of them splits a word.

A chunk is analysed whole. A question loses the words that only make it a question (``에 대해서 알려줄래?``,
``what is the``): they are rare in documents, so BM25 would give them the most weight.

Morphemes (kiwipiepy) are level with this in nDCG@10 (``benchmarks/judging/lexical.py``), but take fifty times the time
per passage, and 400 MB of memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from chatbot.text.invisible import without_invisible

ANALYSIS_VERSION = "bigram-2"  # of the stored terms: another version means analysing every chunk again

_PAIRED = "가-힣ㄱ-ㅣ一-鿿㐀-䶿々ぁ-ヿ"  # Hangul syllables and letters, Han, kana
_RUN = re.compile(rf"[{_PAIRED}]+|[^\W_{_PAIRED}]+")
# pairs of characters, a character alone, and words: ``findall`` takes half the time of going through the runs
_TERM = re.compile(
    rf"(?=([{_PAIRED}]{{2}}|(?<![{_PAIRED}])[{_PAIRED}](?![{_PAIRED}])))[{_PAIRED}]|([^\W_{_PAIRED}]+)"
)
_HANGUL = re.compile("[가-힣]")

_ENGLISH_STOP_WORDS = {
    "a", "about", "an", "and", "are", "as", "at", "be", "by", "can", "did", "do", "does", "for", "from",
    "how", "in", "is", "it", "me", "of", "on", "or", "please", "s", "t", "tell", "that", "the", "to", "was",
    "were", "what", "when", "where", "which", "who", "why", "with",
}  # fmt: skip
_PARTICLE = (
    "(?:에서는|에서의|에게서|으로는|으로써|으로서|이라는|이란|에서|으로|에게|까지|부터|처럼|보다|라는|에는|로는|로써|로서"
    "|이며|이고|이나|와의|과의|은|는|이|가|을|를|의|에|와|과|로|도|만|란)"
)
_ENDING = (
    "(?:[었였했됐있]나|나요|[었였]?(?:는가|는지|을까|습니까)|은가|인가|한가|던가|인지|일까|할까|될까|[입합됩]니까"
    "|이야|이에요|예요|이죠)요?"
)
_TAIL = re.compile(f"(?<=[가-힣]{{2}}){_PARTICLE}$")
_PREDICATE_TAIL = re.compile(f"(?<=[가-힣]{{2}}){_ENDING}$")
_ONLY_PARTICLE = re.compile(f"{_PARTICLE}|{_ENDING}|(?:이?야|이?요)")
_ASKING = re.compile(
    f"{_PARTICLE}|(?:무엇|누구|어디|언제|얼마|뭐|뭔)(?:{_PARTICLE}|{_ENDING}|서|야)*|어떤|어느|어떻게|무슨|몇|왜"
    "|(?:대|관)(?:한|해서?|하여)"
    "|(?:알려|설명해|말해|가르쳐)?(?:줘요?|줄래요?|주세요|주실래요|주십시오)|알려|설명해|말해|가르쳐"
    f"|(?:있|없|하|되|했|됐){_ENDING}|[이입습]니까|인가요|이에요|예요"
)


def analyse(text: str) -> str:
    """The terms of ``text`` in reading order, separated by spaces; what goes into the FTS5 column."""
    return " ".join(_terms(unicodedata.normalize("NFKC", without_invisible(text))))


def question_terms(question: str) -> list[str]:
    """What chunks are searched for that share any term with ``question``, each term once; empty when it has none.

    A question made of nothing but asking words is searched for all of them.
    """
    return list(dict.fromkeys(list(keyword_terms(question)) or analyse(question).split()))


def keyword_terms(question: str) -> Iterator[str]:
    """The terms that say what a question is about, without the words that only make it a question."""
    return (term for word in keywords_of(question) for term in word)


def keywords_of(question: str) -> Iterator[list[str]]:
    """The same, word by word."""
    is_korean = _HANGUL.search(question) is not None
    for run in _runs(question):
        if _HANGUL.match(run):
            if not _ASKING.fullmatch(run):
                yield _terms(without_particle(run))
        # IT, WHO and US are names, and so is any Latin word in a Korean question
        elif is_korean or (run.isupper() and len(run) > 1) or run.lower() not in _ENGLISH_STOP_WORDS:
            yield _terms(run)


def is_particle(text: str) -> bool:
    """Whether ``text`` is a particle, or an ending that makes a noun a question: "는", "이야"."""
    return _ONLY_PARTICLE.fullmatch(text) is not None


def without_particle(word: str) -> str:
    """A Korean word of two syllables or more without what stands behind it: "담임은" -> "담임"."""
    return _TAIL.sub("", _PREDICATE_TAIL.sub("", word))


def word_of(terms: Sequence[str]) -> str:
    """The word that ``keywords_of`` took apart: of overlapping pairs the first, and the last letters of the others."""
    return terms[0] + "".join(term[-1] for term in terms[1:]) if terms else ""


def _runs(text: str) -> Iterator[str]:
    """Stretches of paired characters, and words of all other scripts."""
    return (run.group() for run in _RUN.finditer(unicodedata.normalize("NFKC", without_invisible(text))))


def _terms(text: str) -> list[str]:
    return [pair or word.lower() for pair, word in _TERM.findall(text)]
