"""The Korean words for how a summary is to be told: closed lists, read in plain text; English ones among them."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.answering.requests.forms import english
from chatbot.answering.requests.forms.form import CODES, LANGUAGES, LISTED, OTHER_NAMES, UNITS, Change, Form
from chatbot.text.figures.quantities import KOREAN_NUMBERS

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
_NUMBERS = {
    **KOREAN_NUMBERS, **_TOGETHER, "하나": 1, "둘": 2, "셋": 3, "석": 3, "넷": 4, "넉": 4, "열": 10, "스무": 20, "삼": 3, "사": 4, "오": 5,
    "육": 6, "칠": 7, "팔": 8, "구": 9, "십": 10,
}  # fmt: skip
_NUMBER = (
    rf"\d{{1,4}}|(?:열|스물) ?(?:{'|'.join(sorted(KOREAN_NUMBERS, key=len, reverse=True)[:-1])})"
    rf"|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
)
_NOT_INSIDE = r"(?<![가-힣\w])"
_ABOUT = r"(?: ?(?:이내|이하|내외|정도|안팎|미만|가량|분량|짜리|만))*(?:의|으로|로|에|을|를|씩|만|은|는)?(?:만|요(?!약))?"
_COUNT = re.compile(
    rf"{_NOT_INSIDE}(?:(?:최대|딱|약|대략|오직|단) )*(?P<n>{_NUMBER}) ?(?:개(?:의)? ?)?(?:짧은 ?)?(?P<unit>문장|줄|단락|문단|단어|낱말|글자|마디|포인트|항목){_ABOUT}"
)
_BEHIND = re.compile(
    rf"{_NOT_INSIDE}(?P<unit>문장|줄|단락|문단|단어|포인트|항목) ?(?P<n>{_NUMBER}) ?개?{_ABOUT}(?![가-힣])"
)
_LETTERS = re.compile(
    rf"{_NOT_INSIDE}(?P<n>\d{{2,4}}) ?자(?=\s|$|이내|이하|내외|정도|안팎|로|만|요약){_ABOUT}"
)
_POINTS = re.compile(
    rf"(?P<what>(?:핵심|요점|포인트|특징|중요한 ?(?:것|점|내용|사항)?)(?:을|를|은|만)?) ?(?P<n>{_NUMBER}) ?(?:가지|개){_ABOUT}"
    rf"|{_NOT_INSIDE}(?P<m>{_NUMBER}) ?(?:가지|개)의? (?=핵심|요점|중요|주요|포인트)"
)
_AFTER_ENGLISH = re.compile(r"(?<=\s)(?:으로|로)(?=\s|$)")
_WITHOUT_NOUN = re.compile(r"중요한\s*$")
_LANGUAGE = re.compile(
    rf"(?P<name>{'|'.join([*(name for name, _ in LANGUAGES.values()), *OTHER_NAMES])})(?:로만|로|으로)(?![가-힣]*(?:된|쓰인|쓴|작성))(?:요)?"
)
_LIST = re.compile(r"(?:글머리표|글머리 ?기호|불릿|목록|리스트|개조식|항목별)(?:으로|로)?")
_SHORTER = re.compile(
    r"(?:짧게|짧은|짧막하게|짤막하게|간단히|간단하게|간단한|간략히|간략하게|간결하게|짧았으면|축약|압축|줄여서?|(?:너무 |좀 )?(?:길어요?|길다|길네요?|깁니다))"
)
_LONGER = re.compile(
    r"(?:길게|자세히|자세하게|자세한|상세히|상세하게|상세한|구체적으로|늘려서?|(?:너무 |좀 )?(?:짧아요?|짧다|짧네요?|짧습니다))"
)
_GIVE = r"(?:줘요?|줘라|주라|줄래요?|주세요|주십시오|주실래요?|주시겠어요|주시면|주실 수|달라|봐요?|볼래요?|줬으면|주면)"
_FILLER = re.compile(
    rf"(?:그럼|그러면|그런데|근데|그리고|아니|음|네|다시|한번|번|한|이번엔|이번에는|이번에|이제|지금|그걸|그것을|그거|그것|이걸|이것을|이거|이것|저걸|위|위의|방금|앞의|내용|내용을|답|답변|답변을|대답"
    rf"|전체|전부|문서|글|글을|좀|조금|더|훨씬|많이|아주|정도|버전|버전으로|식|식으로|형식|형식으로|만|로|으로|은|는|도|요|수|있어요?|있을까요?|있나요|가능|가능해요?|가능할까요|돼요?|될까요?|되나요|할게|하자|하면|좋겠어요?|바랍니다|바꿔서"
    rf"|(?:(?:요약|정리|설명|번역|말|작성|얘기|이야기)(?:문|본)?(?:을|를|은|만)?(?:해|하여|해서|하자|하고|하면|부탁\S*)?|해|하여|써|적어|바꿔|만들어|알려|보여|부탁\S*)?{_GIVE}?)"
)


def form_in(text: str) -> tuple[Form, str]:
    """How it is to be told, and ``text`` without the words for that."""
    form = Form()
    if found := _POINTS.search(text):
        form = Form(_number(found["n"] or found["m"]), is_list=True)
        text = text.replace(found[0], f" {_WITHOUT_NOUN.sub('중요한 것을', found['what'] or '')} ", 1)
    elif found := _LETTERS.search(text):
        form = Form(int(found["n"]), "characters")
        text = text.replace(found[0], " ", 1)
    elif found := _COUNT.search(text) or _BEHIND.search(text):
        unit = found["unit"]
        form = Form(
            _number(found["n"]),
            UNITS.get(unit, "sentences"),
            is_list=unit in LISTED,
            is_each="씩" in found[0],
        )
        text = text.replace(found[0], " ", 1)
    elif found := english.COUNT.search(text):  # "handbook을 3 sentences로 요약해줘"
        form, text = english.counted(found, text)
        text = _AFTER_ENGLISH.sub(" ", text)
    if found := _LANGUAGE.search(text) or english.LANGUAGE.search(text):
        form = replace(form, language=CODES[found["name"]])
        text = _AFTER_ENGLISH.sub(" ", text.replace(found[0], " ", 1))
    if found := _LIST.search(text):
        form = replace(form, is_list=True)
        text = text.replace(found[0], " ", 1)
    change: Change = "longer" if _LONGER.search(text) else "shorter" if _SHORTER.search(text) else ""
    return replace(form, change=change), text


def is_filler(rest: str) -> bool:
    """Whether what ``form_in`` left asks for nothing."""
    words = _LONGER.sub(" ", _SHORTER.sub(" ", rest)).replace(",", " ").replace(".", " ").split()
    return all(_FILLER.fullmatch(word) for word in words)


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    if said in _NUMBERS:
        return _NUMBERS[said]
    tens, ones = (10, said.removeprefix("열")) if said.startswith("열") else (20, said.removeprefix("스물"))
    return tens + KOREAN_NUMBERS[ones.strip()]
