"""How a summary is to be told: how long, in which language, as a list. Read out of a question by closed lists.

form_said("다섯 문장으로 영어로 요약해줘") -> Form(5, "sentences", language="en"), "요약해줘"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot.answering.requests.openers import talk_topic, without_opener
from chatbot.answering.requests.plain import plain
from chatbot.text.language import language_of
from chatbot.text.quantities import ENGLISH_NUMBERS, KOREAN_NUMBERS
from chatbot.trace import Turn

Unit = Literal["sentences", "paragraphs", "words", "characters"]
Change = Literal["", "shorter", "longer"]

LANGUAGES = {
    # code or English name: (Korean, English)
    "ko": ("한국어", "Korean"), "en": ("영어", "English"), "Japanese": ("일본어", "Japanese"), "Chinese": ("중국어", "Chinese"),
    "French": ("프랑스어", "French"), "German": ("독일어", "German"), "Spanish": ("스페인어", "Spanish"), "Italian": ("이탈리아어", "Italian"),
    "Portuguese": ("포르투갈어", "Portuguese"), "Russian": ("러시아어", "Russian"), "Vietnamese": ("베트남어", "Vietnamese"),
    "Thai": ("태국어", "Thai"), "Indonesian": ("인도네시아어", "Indonesian"), "Arabic": ("아랍어", "Arabic"), "Dutch": ("네덜란드어", "Dutch"),
}  # fmt: skip
_OTHER_NAMES = {
    "한국말": "ko", "한글": "ko", "우리말": "ko", "국문": "ko", "국어": "ko", "영문": "en", "일어": "Japanese", "중문": "Chinese", "불어": "French",
    "독어": "German", "노어": "Russian",
}  # fmt: skip
_CODES = {
    **{name.casefold(): code for code, names in LANGUAGES.items() for name in names}, **_OTHER_NAMES,
}  # fmt: skip
_LONGEST = 80  # characters of a question that only says how
_BACK = 8  # turns that are looked through for the summary which is meant


@dataclass(frozen=True, slots=True)
class Form:
    """How it is to be told.

    Attributes:
        count: how many of ``unit``; 0 where it is not said.
        change: against the answer before.
        language: "ko", "en", or the English name of another one; empty where none is said.
        is_list: as a list.
    """

    count: int = 0
    unit: Unit = "sentences"
    change: Change = ""
    language: str = ""
    is_list: bool = False


# English

_TENS = {"fifteen": 15, "twenty": 20, "a few": 3, "a couple of": 2, "a": 1, "an": 1, "a single": 1}
_NUMBERS = ENGLISH_NUMBERS | _TENS
_NUMBER = rf"\d{{1,4}}|{'|'.join(sorted(set(_NUMBERS) - {'a', 'an'}, key=len, reverse=True))}"
_ABOUT = r"(?:(?:in|within|with|using|as|to|into|at most|no more than|not more than|max(?:imum)?(?: of)?|about|around|roughly|exactly|only|just|up to|under|less than|fewer than) )*"
_KINDLY = r"(?:(?:short|brief|concise|simple|single|long|full|complete|clear|bullet)[- ])*"  # before what is counted
_EN_COUNT = re.compile(
    rf"\b{_ABOUT}(?:(?:{_NUMBER}) ?(?:-|–|to|or) ?)?(?P<n>\b(?:{_NUMBER})|(?<=in )an?|(?<=as )an?|(?<=into )an?)[- ]{_KINDLY}"
    r"(?P<unit>sentence|line|liner|bullet|point|item|paragraph|word|character|char|letter)s?\b(?: points?\b)?(?: (?:or (?:less|fewer)|at most|max(?:imum)?))?"
)
_EN_POINTS = re.compile(
    rf"\b(?:the )?(?:top )?(?P<n>{_NUMBER}) (?=(?:most )?(?:key|main|important|central|core|essential)\b|takeaways|highlights|essentials)"
)
_EN_LANGUAGE = re.compile(
    rf"\b(?:in|into|to) (?:the )?(?P<name>{'|'.join(name.casefold() for _, name in LANGUAGES.values())})\b(?: language)?"
)
_EN_LIST = re.compile(
    r"\b(?:as|in|with|into|using) (?:a )?(?:bullet(?:ed)? (?:points?|list)|bullets|list)\b|\bbulleted\b"
)
_EN_SHORTER = re.compile(
    r"\b(?:short(?:er|ly)?|brief(?:er|ly)?|concise(?:ly)?|condensed?|compact|shorten(?:ed)?|(?:cut|boil) (?:it |this |that )?down|trim|too (?:long|much)|less (?:detail(?:ed)?|long|text)"
    r"|in (?:short|brief|a nutshell)|tl;?dr|fewer (?:words|sentences|lines|points))\b"
)
_EN_LONGER = re.compile(
    r"\b(?:longer|more (?:details?|detailed|extensive(?:ly)?|sentences|words|lines|points|text)|in (?:(?:more|greater|full) )?detail|detailed|expand(?:ed)?|elaborate|too (?:short|brief)"
    r"|at (?:more )?length|less (?:short|brief|concise))\b"
)
_EN_FILLER = frozenset(
    [
        "please",
        "pls",
        "can",
        "could",
        "would",
        "will",
        "should",
        "you",
        "me",
        "it",
        "its",
        "it's",
        "this",
        "that",
        "the",
        "a",
        "an",
        "again",
        "now",
        "just",
        "only",
        "but",
        "and",
        "so",
        "ok",
        "okay",
        "make",
        "give",
        "show",
        "write",
        "put",
        "say",
        "tell",
        "rewrite",
        "rephrase",
        "redo",
        "do",
        "try",
        "summarize",
        "summarise",
        "summary",
        "sum",
        "up",
        "recap",
        "version",
        "answer",
        "text",
        "same",
        "thing",
        "instead",
        "maybe",
        "even",
        "much",
        "bit",
        "little",
        "lot",
        "for",
        "us",
        "with",
        "as",
        "of",
        "to",
        "in",
        "into",
        "be",
        "how",
        "about",
        "what",
        "i",
        "want",
        "need",
        "like",
        "let's",
        "that's",
        "one",
        "more",
        "less",
        "time",
        "once",
        "translate",
        "translated",
        "is",
        "was",
        "too",
        "list",
        "have",
        "get",
        "another",
        "keep",
        "document",
        "whole",
        "them",
        "those",
        "these",
        "all",
        "then",
        "also",
        "i'd",
        "bit",
        "still",
        "far",
        "cut",
    ]
)

# Korean

_TOGETHER = {
    "한두": 2,
    "두세": 3,
    "두서너": 4,
    "서너": 4,
    "네댓": 5,
    "너댓": 5,
    "대여섯": 6,
    "예닐곱": 7,
    "세네": 4,
}
_KO_NUMBERS = {
    **KOREAN_NUMBERS, **_TOGETHER, "하나": 1, "둘": 2, "셋": 3, "석": 3, "넷": 4, "넉": 4, "열": 10, "스무": 20, "삼": 3, "사": 4, "오": 5,
    "육": 6, "칠": 7, "팔": 8, "구": 9, "십": 10,
}  # fmt: skip
_KO_NUMBER = (
    rf"\d{{1,4}}|(?:열|스물) ?(?:{'|'.join(sorted(KOREAN_NUMBERS, key=len, reverse=True)[:-1])})"
    rf"|{'|'.join(sorted(_KO_NUMBERS, key=len, reverse=True))}"
)
_NOT_INSIDE = r"(?<![가-힣\w])"
_ABOUT_KO = r"(?: ?(?:이내|이하|내외|정도|안팎|미만|가량|분량|짜리|만))*(?:의|으로|로|에|을|를|씩|만|은|는)?(?:만|요(?!약))?"
_KO_COUNT = re.compile(
    rf"{_NOT_INSIDE}(?:(?:최대|딱|약|대략|오직|단) )*(?P<n>{_KO_NUMBER}) ?(?:개(?:의)? ?)?(?:짧은 ?)?(?P<unit>문장|줄|단락|문단|단어|낱말|글자|마디|포인트|항목){_ABOUT_KO}"
)
_KO_BEHIND = re.compile(
    rf"{_NOT_INSIDE}(?P<unit>문장|줄|단락|문단|단어|포인트|항목) ?(?P<n>{_KO_NUMBER}) ?개?{_ABOUT_KO}(?![가-힣])"
)
_KO_LETTERS = re.compile(
    rf"{_NOT_INSIDE}(?P<n>\d{{2,4}}) ?자(?=\s|$|이내|이하|내외|정도|안팎|로|만|요약){_ABOUT_KO}"
)
_KO_POINTS = re.compile(
    rf"(?P<what>(?:핵심|요점|포인트|특징|중요한 ?(?:것|점|내용|사항)?)(?:을|를|은|만)?) ?(?P<n>{_KO_NUMBER}) ?(?:가지|개){_ABOUT_KO}"
    rf"|{_NOT_INSIDE}(?P<m>{_KO_NUMBER}) ?(?:가지|개)의? (?=핵심|요점|중요|주요|포인트)"
)
_WITHOUT_NOUN = re.compile(r"중요한\s*$")
_KO_LANGUAGE = re.compile(
    rf"(?P<name>{'|'.join([*(name for name, _ in LANGUAGES.values()), *_OTHER_NAMES])})(?:로만|로|으로)(?![가-힣]*(?:된|쓰인|쓴|작성))(?:요)?"
)
_KO_LIST = re.compile(r"(?:글머리표|글머리 ?기호|불릿|목록|리스트|개조식|항목별)(?:으로|로)?")
_KO_SHORTER = re.compile(
    r"(?:짧게|짧은|짧막하게|짤막하게|간단히|간단하게|간단한|간략히|간략하게|간결하게|짧았으면|축약|압축|줄여서?|(?:너무 |좀 )?(?:길어요?|길다|길네요?|깁니다))"
)
_KO_LONGER = re.compile(
    r"(?:길게|자세히|자세하게|자세한|상세히|상세하게|상세한|구체적으로|늘려서?|(?:너무 |좀 )?(?:짧아요?|짧다|짧네요?|짧습니다))"
)
_GIVE = r"(?:줘요?|줘라|주라|줄래요?|주세요|주십시오|주실래요?|주시겠어요|주시면|주실 수|달라|봐요?|볼래요?|줬으면|주면)"
_KO_FILLER = re.compile(
    rf"(?:그럼|그러면|그런데|근데|그리고|아니|음|네|다시|한번|번|한|이번엔|이번에는|이번에|이제|지금|그걸|그것을|그거|그것|이걸|이것을|이거|이것|저걸|위|위의|방금|앞의|내용|내용을|답|답변|답변을|대답"
    rf"|전체|전부|문서|글|글을|좀|조금|더|훨씬|많이|아주|정도|버전|버전으로|식|식으로|형식|형식으로|만|로|으로|은|는|도|요|수|있어요?|있을까요?|있나요|가능|가능해요?|가능할까요|돼요?|될까요?|되나요|할게|하자|하면|좋겠어요?|바랍니다|바꿔서"
    rf"|(?:(?:요약|정리|설명|번역|말|작성|얘기|이야기)(?:문|본)?(?:을|를|은|만)?(?:해|하여|해서|하자|하고|하면|부탁\S*)?|해|하여|써|적어|바꿔|만들어|알려|보여|부탁\S*)?{_GIVE}?)"
)

_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("paragraph", "단락", "문단"), "paragraphs"),
    **dict.fromkeys(("word", "단어", "낱말"), "words"),
    **dict.fromkeys(("character", "char", "letter", "글자"), "characters"),
}
_LISTED = {"bullet", "point", "item", "포인트", "항목"}


def form_said(question: str) -> tuple[Form, str]:
    """(how it is to be told, ``question`` as the rules read it without the words for that)."""
    text = plain(question)
    form, rest = (_korean if language_of(text) == "ko" else _english)(text)
    return form, " ".join(rest.split())


def only_says_how(question: str) -> bool:
    """Whether ``question`` is nothing but another form for what was told: "shorter", "한 문장으로", "in Korean please"."""
    text = plain(question)
    if not text or len(text) > _LONGEST:
        return False
    form, rest = form_said(text)
    is_korean = language_of(text) == "ko"
    shorter, longer = (_KO_SHORTER, _KO_LONGER) if is_korean else (_EN_SHORTER, _EN_LONGER)
    rest = longer.sub(" ", shorter.sub(" ", rest))
    if not is_korean:
        words = rest.replace(",", " ").replace(".", " ").split()
        alone = [word for word in words if word in _CODES]
        is_filler = all(word in _EN_FILLER or word in _CODES for word in words)
        return is_filler and (form != Form() or bool(alone))
    is_filler = all(_KO_FILLER.fullmatch(word) for word in rest.replace(",", " ").replace(".", " ").split())
    return is_filler and form != Form()


def meant_before(history: Sequence[Turn]) -> int | None:
    """The place in ``history`` of the turn that such a question is about: the last one that is no talk."""
    places = range(len(history) - 1, max(len(history) - 1 - _BACK, -1), -1)
    return next((place for place in places if not talk_topic(history[place].question)), None)


def form_of(question: str, history: Sequence[Turn], told: Callable[[str], int]) -> Form:
    """How the answer to ``question`` is to be told, with what earlier turns said of it where it only says how.

    Args:
        told: how many sentences an answer has that was given.
    """
    said = without_opener(question)
    own, _ = form_said(said)
    place = meant_before(history) if only_says_how(said) else None
    if place is None:
        return replace(own, change="")
    before = form_of(history[place].question, history[:place], told)
    if not own.language and (name := next((w for w in plain(said).split() if w in _CODES), "")):
        own = replace(own, language=_CODES[name])
    form = replace(
        own,
        language=own.language or before.language,
        is_list=own.is_list or (before.is_list and not own.count),
    )
    if form.count:
        return form
    sentences = told(history[place].answer)
    if form.change == "shorter":
        return replace(form, count=max(sentences // 2, 1))
    if form.change == "longer":
        return replace(form, count=max(2 * sentences, 2))
    if before.count:
        return replace(form, count=before.count, unit=before.unit)
    return form


def asked_first(question: str, history: Sequence[Turn]) -> str:
    """The question that ``question`` gives another form to, with its own words behind it; itself where it does not."""
    place = meant_before(history) if only_says_how(without_opener(question)) else None
    if place is None:
        return question
    first = asked_first(history[place].question, history[:place]).rstrip(" .!?")
    return f"{first}. {question}"


def _english(text: str) -> tuple[Form, str]:
    form = Form()
    if found := _EN_COUNT.search(text):
        unit = found["unit"]
        form = Form(
            _number(found["n"]), _UNITS.get(unit, "sentences"),
            is_list=unit in _LISTED or "bullet" in found[0],
        )  # fmt: skip
        text = text.replace(found[0], " ")
    elif found := _EN_POINTS.search(text):
        form = Form(_number(found["n"]), is_list=True)
        text = text.replace(found[0], " ", 1)
    if found := _EN_LANGUAGE.search(text):
        form = replace(form, language=_CODES[found["name"]])
        text = text.replace(found[0], " ")
    if found := _EN_LIST.search(text):
        form = replace(form, is_list=True)
        text = text.replace(found[0], " ")
    return _changed(form, text, _EN_SHORTER, _EN_LONGER), text


def _korean(text: str) -> tuple[Form, str]:
    form = Form()
    if found := _KO_POINTS.search(text):
        form = Form(_number(found["n"] or found["m"]), is_list=True)
        text = text.replace(found[0], f" {_WITHOUT_NOUN.sub('중요한 것을', found['what'] or '')} ", 1)
    elif found := _KO_LETTERS.search(text):
        form = Form(int(found["n"]), "characters")
        text = text.replace(found[0], " ", 1)
    elif found := _KO_COUNT.search(text) or _KO_BEHIND.search(text):
        unit = found["unit"]
        form = Form(_number(found["n"]), _UNITS.get(unit, "sentences"), is_list=unit in _LISTED)
        text = text.replace(found[0], " ", 1)
    if found := _KO_LANGUAGE.search(text):
        form = replace(form, language=_CODES[found["name"]])
        text = text.replace(found[0], " ", 1)
    if found := _KO_LIST.search(text):
        form = replace(form, is_list=True)
        text = text.replace(found[0], " ", 1)
    return _changed(form, text, _KO_SHORTER, _KO_LONGER), text


def _changed(form: Form, text: str, shorter: re.Pattern[str], longer: re.Pattern[str]) -> Form:
    change: Change = "longer" if longer.search(text) else "shorter" if shorter.search(text) else ""
    return replace(form, change=change)


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    if said in _NUMBERS:
        return _NUMBERS[said]
    if said in _KO_NUMBERS:
        return _KO_NUMBERS[said]
    tens, ones = (10, said.removeprefix("열")) if said.startswith("열") else (20, said.removeprefix("스물"))
    return tens + KOREAN_NUMBERS[ones.strip()]
