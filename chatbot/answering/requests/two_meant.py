"""What a comparison means that does not name its sides: the things that the conversation spoke of last.

two_meant: "둘이 뭐가 달라?", "Which of the two is cheaper?"     compared_with: "compare it with IVF", "IVF와는 뭐가 달라?"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from chatbot.answering.requests.openers import talk_topic
from chatbot.answering.requests.sides import sides_of
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.language import language_of
from chatbot.text.leaning import has_own_subject, without_connective
from chatbot.trace import Turn

_LONGEST = 60  # characters: who writes more says what is meant
_MOST_WORDS = 4  # of the name of a thing
_BACK = 6  # turns
_ARTICLE = re.compile(r"^(?:the|a|an) +", re.IGNORECASE)
_ENGLISH = re.compile(
    r"(?:so |and |then )?(?:which (?:one )?of (?:the two|them|both|these|those)\b(?: two)? (?P<aspect>.+)"
    r"|(?:what(?:'s| is| are)|how about|tell me)? ?(?:the )?(?:main )?differences?(?: between (?:the two|them|these|those|both)(?: two)?)?"
    r"|how (?:do|are) (?:they|the two|these|those|both) (?:differ|different)(?: from each other)?"
    r"|compare (?:them|the two|both|these two|those two)(?: for me)?)",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"(?:그럼 |그러면 |그래서 )?(?:그 )?(?:둘|두 ?개|두 ?가지)(?:이|은|을|의|를)? ?(?:"
    r"중(?:에서|에)? ?(?:뭐가|무엇이|어느\s?\S*|어떤\s?\S*|누가) ?(?:더 ?)?(?P<aspect>.+)"
    r"|(?:사이의? ?)?(?:차이(?:점)?|다른 ?점)\S*(?: .{1,20})?|비교\S*(?: .{1,10})?"
    r"|(?:서로 ?)?(?:뭐가|무엇이|어떻게|어디가) ?(?:달라|다른|다르|다릅)\S*)"
)
_IT = r"(?:it|that|this|them|those|these|that one|this one|the same)"
_IT_ALONE = re.compile(rf"{_IT}|(?:그|이|저)(?:것|거|게|건|걸)(?:들)?", re.IGNORECASE)
_FIRST = r"(?:(?:and|so|then|now|ok|please|can you|could you|but),? )*"
_ONE_ENGLISH = (
    re.compile(
        rf"{_FIRST}(?:compare|contrast) (?:{_IT} )?(?:with|to|against|vs\.?|and) (?P<other>.+)", re.IGNORECASE
    ),
    re.compile(
        rf"{_FIRST}(?:how (?:does|do|is|are)|is|are) {_IT.replace('them', 'they')} (?:compare|comparable|differ|different)d?(?: to| with| from)+ (?P<other>.+)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_FIRST}(?:what(?:'s| is| are) )?(?:the )?(?:main )?differences? (?:to|from|with|compared (?:to|with)|between {_IT} and) (?P<other>.+)",
        re.IGNORECASE,
    ),
    re.compile(rf"{_FIRST}(?:(?:as )?compared (?:to|with)|versus|vs\.?) (?P<other>.+)", re.IGNORECASE),
)
_ONE_KOREAN = (
    re.compile(
        r"(?:그럼 |그러면 |그런데 |근데 |이제 |혹시 )*(?:(?:그|이|저)(?:것|거|걸)(?:을|를|은|는)? )?(?P<other>\S.{0,40}?)(?:이랑|와|과|랑|하고)(?:는|은|의)? ?"
        r"(?:비교\S*(?: .{1,12})?|(?:서로 )?(?:어떻게|뭐가|무엇이|어디가|얼마나) ?(?:달라|다른|다르|다릅)\S*(?: .{1,8})?|(?:차이(?:점)?|다른 ?점)\S*(?: .{1,12})?)"
    ),
)
# another time, what nobody has named; or a question that has a subject of its own
_NO_THING = re.compile(
    r"\b(?:ones?|others?|else|before|usual|now|today|yesterday|(?:last|next|this|previous) (?:year|month|week|quarter|time)|20\d\d)$"
    r"|(?:작년|지난해|올해|내년|전년|재작년|지난달|이번 ?달|지난주|이전|예전|전|지금|평소|어제|오늘|다른 ?것|나머지)$|\S[은는이가] ",
    re.IGNORECASE,
)
# what is asked of a thing, and no part of its name
_NO_NAME = {
    "work", "works", "mean", "means", "use", "used", "uses", "cost", "costs", "explain", "tell", "about", "describe", "long", "many", "much", "days", "definition",
    "동작", "작동", "설명", "뜻", "의미", "원리", "정의", "쓰임", "사용", "가격", "기간", "며칠", "얼마", "방법", "알려", "쓰이",
}  # fmt: skip


def compared_with(question: str) -> tuple[str, str]:
    """(the side that is named, what is compared) of a comparison with what was spoken of; no side where it is none."""
    asked = question.strip(" ?!.~")
    if len(asked) > _LONGEST:
        return "", ""
    sides, aspect = sides_of(asked)
    named = [side for side in sides if not is_pointing(side)]
    if sides:
        return (named[0], aspect) if len(sides) == 2 and len(named) == 1 else ("", "")
    rules = _ONE_KOREAN if language_of(asked) == "ko" else _ONE_ENGLISH
    found = next((found for rule in rules if (found := rule.fullmatch(asked))), None)
    other = _ARTICLE.sub("", found["other"].strip()) if found else ""
    return ("", "") if is_pointing(other) or _NO_THING.search(other) else (other, "")


def is_pointing(side: str) -> bool:
    """Whether a side is a word that stands for something else."""
    return _IT_ALONE.fullmatch(side) is not None


def thing_before(history: Sequence[Turn]) -> str:
    """What was asked about last, where that is one thing."""
    for turn in reversed(history[-_BACK:]):
        if talk_topic(turn.question) or compared_with(turn.question)[0]:
            continue  # what was compared with something else is meant still
        if sides_of(turn.question)[0]:
            return ""
        if name := _name_in(turn.question):
            return name
    return ""


def two_meant(question: str, history: Sequence[Turn]) -> tuple[tuple[str, ...], str]:
    """(the sides, what they are compared in) of a comparison that does not name its sides; no sides where it is none."""
    asked = question.strip(" ?!.~")
    found = (_ENGLISH.fullmatch(asked) or _KOREAN.fullmatch(asked)) if len(asked) <= _LONGEST else None
    if found is None:
        return (), ""
    names: list[str] = []
    for turn in reversed(history[-_BACK:]):
        sides, _ = sides_of(turn.question)
        if sides:
            return (sides, found["aspect"] or "") if not names else ((), "")
        name = _name_in(turn.question)
        if name and name.casefold() not in {each.casefold() for each in names}:
            names.append(name)
        if len(names) == 2:
            return tuple(reversed(names)), found["aspect"] or ""
    return (), ""


def _name_in(question: str) -> str:
    """The thing that a question asks about, where it asks nothing else of it: "What is HNSW?", "그럼 FastText는?"."""
    if not has_own_subject(question):
        return ""
    said = without_connective(question)
    words = [word for terms in keywords_of(said) if (word := word_of(terms)).casefold() not in _NO_NAME]
    found = [spot for word in words if (spot := re.search(re.escape(word), said, re.IGNORECASE))]
    if not 0 < len(words) <= _MOST_WORDS or not found:
        return ""
    found.sort(key=re.Match.start)
    name = found[0][0]
    for before, spot in pairwise(found):  # "TF-IDF" is one word
        between = said[before.end() : spot.start()]
        name += (between if between in ("-", "/", ".", "·", "") else " ") + spot[0]
    return name
