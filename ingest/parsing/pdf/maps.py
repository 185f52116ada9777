"""Does a page read as language? A font's character map may name other letters than it shows: ``Pda s]nn]jpu``.

Judged by the commonest pairs of letters in languages with Latin letters, and by the commonest Korean syllables. Other
scripts are not judged.
"""

from __future__ import annotations

import re
from functools import lru_cache

# two thirds of the pairs of letters in English, German, French, Spanish, Italian, Dutch and Portuguese words
_COMMON = (
    "thheineranrendatonnthaesstenedtoitoueahiisortiasteetngofaldeselesasiarveraldurliriioicrocomenellchma"
    "ellanoomtausildiunqueiiegebescueuiosaiceausstrpeemiadoadmohoutwawincnsaccaecctsopoprninamiidolopamim"
    "eeoopaagabirsursrtfofipldashlyowghayevotulefifffckrdkerytytsduepapavivviigcilowewhttmpmmnnrrucudumup"
    "ubgrbrcrfr"
)
_PAIRS = frozenset(_COMMON[place : place + 2] for place in range(0, len(_COMMON), 2))
# 70 of 100 syllables of Korean text
_SYLLABLES = frozenset(
    "이다의가을는에고하지은로사자한대기인리도를시어아서그나일으과해수정라부들만보제장여국전상동원주중경구성있것면적관조공위연미계생년"
    "비마용방우현게거유무물내실세식학오법모요화신단문재개소발회할진결또했안체였된야양군반러며당속행금분와든직접건품업권영출입등월세율본"
    "설치명산통약험료처청규칙항호심평가격급여납표차임민형선간후때려까없않같말스트드크니습까합될받음"
)
_TOKEN = re.compile(r"[!-~]{4,40}")
# addresses, code and numbers
_SKIPPED = re.compile(r"[0-9/@.=&#_]|--")
_ACRONYM = 5  # capitals of fewer letters
_HANGUL = re.compile(r"[가-힣]")
# fewer say nothing; shares below are nonsense. Of 467 pages the lowest has .65 (Polish .60), shifted letters .06 to .32;
# of Korean ones .52, shifted syllables .07 to .34
_LEAST_PAIRS, _LEAST_SYLLABLES = 40, 25
_PAIR_SHARE, _SYLLABLE_SHARE = 0.38, 0.42
_LEAST_SWAPPED = 8  # letters
_MAX_CHARS = 4_000


def is_nonsense(text: str) -> bool:
    """Whether enough of the text is in letters that could be judged, and in none of the languages known here.

    Or in letters whose two bytes were exchanged: ``䴀甀氀`` for ``Mul``.
    """
    if _is_byte_swapped(text[:_MAX_CHARS]):
        return True
    shares = language_shares(text)
    return any(
        share < least
        for share, least in zip(shares, (_PAIR_SHARE, _SYLLABLE_SHARE), strict=True)
        if share >= 0
    )


def _is_byte_swapped(text: str) -> bool:
    """Whether most letters beyond ASCII end in a zero byte; of Chinese text it is one in 256."""
    if text.isascii():
        return False
    beyond = [code for code in map(ord, text) if code > 0xFF]
    swapped = sum(code & 0xFF == 0 and 0x20 < code >> 8 < 0x7F for code in beyond)
    return swapped >= _LEAST_SWAPPED and swapped > len(beyond) / 2


def language_shares(text: str) -> tuple[float, float]:
    """The share of common pairs among Latin letters and of common syllables in Hangul; -1 where there are too few."""
    text = text[:_MAX_CHARS]
    pairs = common = 0
    for token in _TOKEN.findall(text):
        both = _pairs(token)
        pairs += both[0]
        common += both[1]
    syllables = [] if text.isascii() else _HANGUL.findall(text)
    return (
        common / pairs if pairs >= _LEAST_PAIRS else -1.0,
        sum(syllable in _SYLLABLES for syllable in syllables) / len(syllables)
        if len(syllables) >= _LEAST_SYLLABLES
        else -1.0,
    )


@lru_cache(maxsize=8_000)  # words come again and again
def _pairs(token: str) -> tuple[int, int]:
    """How many pairs of letters a token has, and how many of them are common; none where it is no word."""
    token = token.strip("\"'()[]{}<>,.;:!?-_")
    if len(token) < 4 or _SKIPPED.search(token) or (token.isupper() and len(token) < _ACRONYM):
        return 0, 0
    token = token.lower()
    return len(token) - 1, sum(token[place : place + 2] in _PAIRS for place in range(len(token) - 1))
