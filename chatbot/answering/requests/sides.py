"""The sides of a comparison, and what is collected: taken out of the question by rules.

sides_of("What is the price difference between Solo and Team?") -> (("Solo", "Team"), "price")
collected("List all safety warnings") -> "safety warnings"
"""

from __future__ import annotations

import re

from chatbot.text.language import language_of

MOST_SIDES = 4
_LONGEST_SIDE = 60  # characters
_LONGEST = 160  # of the question, as for the other rules
_MORE = r"(?: (?:in terms of|with regard to|regarding|with respect to|when it comes to|for) (?P<more>.+))?"
_ENGLISH = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        r"(?:what(?:'s| is| are) |explain |tell me |show me |describe )?(?:the )?(?P<aspect>(?:[\w-]+ ){0,3}?)"
        rf"(?:differences?|comparison) (?:between|of) (?P<sides>.+?){_MORE}",
        rf"(?:(?:can|could|would) you |please )*(?:compare|contrast) (?P<sides>.+?){_MORE}",
        r"how (?:does|do|is|are) (?P<sides>.+?) (?:differ|different)(?: from (?P<other>.+?))?",
        r"which (?:one )?(?P<more>(?:is|are|has|costs?|offers?|gives?|takes?|lasts?) [^,]+?)[,:] (?P<sides>.+? or .+?)",
        rf"(?P<sides>.+? (?:vs\.?|versus) .+?){_MORE}",
    )
)
_KOREAN = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        r"(?P<sides>.+)(?:의| 간의?| 사이의?) +(?P<aspect>\S{0,12}) *(?:차이점?|다른 ?점|비교).{0,20}",
        r"(?P<sides>.+?)(?:의|간|사이)? *(?:차이점?|다른 ?점|비교).{0,20}",
        r"(?P<sides>.+?)[은는이가]? *(?:어떻게|뭐가|무엇이|어디가) *(?:달라|다른|다르|다릅).{0,10}",
        r"(?P<sides>.+?) 중(?:에서|에)? *(?:어느|어떤|뭐|무엇)\S*(?: ?(?:것|쪽|게|거)\S*)? +(?:더 *)?(?P<aspect>.{1,30})",
        r"(?P<sides>.+? vs\.? .+)",
    )
)
_STRONG = re.compile(r" +(?:vs\.?|versus|against|with|from) +", re.IGNORECASE)
_WEAK = re.compile(r" *, *(?:and |or )?| +(?:and|or|&|to) +", re.IGNORECASE)
_KOREAN_BETWEEN = re.compile(
    r"(?<=[\w)])(?:이랑|와|과|랑|하고) +| +(?:및|그리고|vs\.?) +| *, *", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:the|a|an|both|between) +", re.IGNORECASE)
_KOREAN_TAIL = re.compile(r"(?<=[\w)]{2})(?:이랑|랑|[은는을를의])$")
_SAYS_NOTHING = re.compile(
    r"\b(?:is|are|has|main|key|biggest|major|exact|the|me|better|more|difference)\b *", re.IGNORECASE
)
_AROUND = " \t\n?!.,~\"'“”"

_COLLECT_ENGLISH = re.compile(
    r"(?:(?:can|could|would) you |please |i want to see )*(?:(?:list|enumerate|show|give|find|name|tell|collect|what are|which are)(?: me| us)?\b *)?"
    r"(?:out )?(?:(?:all|every|each)\b(?: of)?(?: the)? *)?(?:mentions? of )?(?P<what>.+?)(?:,? please| for me)*",
    re.IGNORECASE,
)
_PLACE = re.compile(r" (?:in|from|within|across) (?:the|this|that|my|our|your|these|all)\b.*$", re.IGNORECASE)
_KOREAN_PLACE = re.compile(r"^.+(?:에서|에 있는|에 나오는) +(?:모든 +)?(?=\S)")
# what is said to be mentioned somewhere: "passages about X", "places where the handbook mentions X", "X가 나오는 곳"
_SPOTS = r"(?:passages?|places?|parts?|sections?|paragraphs?|sentences?|lines?|pages?|spots?|quotes?|mentions?|references?|everything|anything)"
_SAYING = r"(?:mention(?:s|ing)?|contain(?:s|ing)?|discuss(?:es|ing)?|(?:says?|said|saying|talks?|talking|speaks?|tells?|is|are)(?: something| anything)? (?:about|of|on))"
_ABOUT_IT = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        r"(?:mentions?|references?) (?:of|to) (?P<it>.+)",
        r"(?:passages?|parts?|sections?|paragraphs?|sentences?|pages|quotes?|everything|anything) (?:about|on|regarding|concerning) (?P<it>.+)",
        rf"{_SPOTS} (?:(?:where|in which|which|that) )?(?:(?:(?:the|this|that|my|our|your|these) )?(?:[\w-]+ ){{1,4}})?{_SAYING} (?P<it>.+)",
        rf"{_SPOTS} (?:where|in which) (?P<it>.+?) (?:is|are) (?:mentioned|discussed|named|used|described|explained)",
        rf"{_SPOTS} (?:where|in which) (?P<it>.+?) (?:appears?|occurs?|comes? up)",
        r"(?P<it>.{2,}?)(?:[이가을를]|에 대해서?|에 관해서?)? *(?:나오|나온|언급|등장하|등장한|들어 ?있|들어간|다루|다룬|말하|말한|설명하|설명한|이야기하|적힌|적혀 ?있)\S{0,3} *"
        r"(?:모든 +)?(?:곳|부분|대목|구절|문장|문단|발췌문|글|내용|자리)들?",
        r"(?P<it>.{2,}?)(?:에 (?:대한|관한)|[와과] 관련된) *(?:모든 +)?(?:곳|부분|대목|구절|문장|문단|발췌문|글|내용|언급|자리)들?",
        r"(?P<it>.{2,}?) 언급",
    )
)
_COLLECT_KOREAN_TAIL = re.compile(
    r" *(?:[을를] *)?(?:(?:모두|전부|다|싹|빠짐없이|목록으로) *)*(?:(?:나열|열거|정리|알려|보여|찾아|모아|뽑아|말)\S*(?: *(?:줘|주세요|주십시오|줄래)\S*)?) *$"
)
_COLLECT_KOREAN_HEAD = re.compile(r"^(?:모든|전체|각) +")


def sides_of(question: str) -> tuple[tuple[str, ...], str]:
    """(two to four sides, what they are compared in); no sides where the rules find none."""
    text = " ".join(question.split()).strip(_AROUND)
    if len(text) > _LONGEST:
        return (), ""
    is_korean = language_of(text) == "ko"
    for rule in _KOREAN if is_korean else _ENGLISH:
        found = rule.fullmatch(text)
        if found is None:
            continue
        said = found.groupdict()
        both = f"{said['sides']} from {said['other']}" if said.get("other") else said["sides"]
        sides = _korean_sides(both) if is_korean else _english_sides(both)
        if sides:
            aspect = " ".join(filter(None, (said.get("aspect"), said.get("more"))))
            return sides, _SAYS_NOTHING.sub("", aspect).strip(_AROUND)
    return (), ""


def collected(question: str) -> str:
    """What is to be listed, without the words that ask for a list and without where it stands."""
    text = " ".join(question.split()).strip(_AROUND)
    if language_of(text) == "ko":
        bare = _COLLECT_KOREAN_HEAD.sub("", _COLLECT_KOREAN_TAIL.sub("", text[:_LONGEST])).strip(_AROUND)
    else:
        found = _COLLECT_ENGLISH.fullmatch(text[:_LONGEST])
        bare = found["what"] if found else ""
    place = _KOREAN_PLACE if language_of(text) == "ko" else _PLACE
    return _mentioned(place.sub("", bare) or bare or text)


def _mentioned(what: str) -> str:
    """What ``what`` is about, where it asks for what is said of it: the words around it stand in no passage."""
    found = next(filter(None, (rule.fullmatch(what) for rule in _ABOUT_IT)), None)
    if found is None:
        return what
    return _ARTICLE.sub("", found["it"]).strip(_AROUND) or what


def _english_sides(both: str) -> tuple[str, ...]:
    two = _STRONG.split(both)
    is_strong = len(two) > 1  # "with", "vs": the sides share no word
    sides = [_ARTICLE.sub("", part.strip(_AROUND)) for part in (two if is_strong else _WEAK.split(both))]
    return _checked(sides if is_strong else _with_head(sides))


def _with_head(sides: list[str]) -> list[str]:
    """ "parental and sick leave" -> parental leave, sick leave; names keep to themselves."""
    *others, last = sides
    words = last.split()
    if len(words) != 2 or not last.islower():
        return sides
    return [f"{side} {words[1]}" if " " not in side and side.islower() else side for side in others] + [last]


def _korean_sides(both: str) -> tuple[str, ...]:
    return _checked([_KOREAN_TAIL.sub("", part.strip(_AROUND)) for part in _KOREAN_BETWEEN.split(both)])


def _checked(sides: list[str]) -> tuple[str, ...]:
    different = tuple(dict.fromkeys(sides))
    fits = all(0 < len(side) <= _LONGEST_SIDE and any(map(str.isalnum, side)) for side in different)
    return different if fits and 2 <= len(different) <= MOST_SIDES and len(different) == len(sides) else ()
